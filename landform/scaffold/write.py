"""The texts of a new construct's files."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any

from landform.constructs.naming import kebab
from landform.errors import Code, LandformError
from landform.iam.actions import actions_on
from landform.schema.pack import BlockSchema, Pack

_TEMPLATES = Path(__file__).parent / "templates"

# Where the first word of a Terraform type is not the service's prefix in IAM.
_SERVICES: Mapping[str, str] = {
    "cloudwatch_event": "events",
    "cloudwatch_log": "logs",
    "db": "rds",
    "efs": "elasticfilesystem",
    "lb": "elasticloadbalancing",
    "sfn": "states",
}
# AWS's access levels as verbs; what changes permissions is left to be written by hand.
_VERBS: Mapping[str, str] = {"List": "list", "Read": "read", "Write": "write", "Tagging": "tag"}
_EXAMPLES: Mapping[str, Any] = {"string": "example", "number": 1, "bool": True}
_ANNOTATIONS: Mapping[type, str] = {
    str: "Input[str]",
    bool: "Input[bool]",
    int: "Input[float]",
    list: "Sequence[Any]",
    dict: "Mapping[str, Any]",
}


def construct_files(pack: Pack, terraform_type: str, name: str, package: str) -> dict[str, str]:
    """The files of a new construct, by path relative to the project.

    Args:
        pack: the provider's schemas.
        terraform_type: the resource that the construct makes.
        name: the construct's class name, ``LedgerTable``.
        package: the folder of the constructs, ``acme/constructs``.

    Raises:
        LandformError: ``usage`` for a name or a folder that Python could not import, ``unknown-type``.
    """
    _check_names(name, package)
    schema = pack.resource(terraform_type)
    module = kebab(name).replace("-", "_")
    folder = f"{package}/{module}"
    verbs = _verbs(terraform_type, pack.name)
    values = {
        "Name": name,
        "module": module,
        "imported": folder.replace("/", "."),
        "type": terraform_type,
        "words": kebab(name).replace("-", " "),
        "Words": kebab(name).replace("-", " ").capitalize(),
        "protected": f"Terraform may not destroy the {kebab(name).replace('-', ' ')}",
        **_arguments(schema),
        **_grants(name, folder.replace("/", "."), verbs, "arn" if "arn" in schema.attributes else "id"),
    }
    values["tags_test"] = _text("tags_test", values).rstrip("\n") if schema.taggable else ""
    files = {
        f"{folder}/__init__.py": _text("face.py", values),
        f"{folder}/{module}.py": _text("construct.py", values),
        f"{folder}/controls.py": _text("controls.py", values),
        f"tests/test_{module}.py": _text("test.py", values),
        f"docs/{name}.md": _text("page.md", values),
    }
    if verbs:
        files[f"{folder}/grants.py"] = _text("grants.py", values)
    return files


def _check_names(name: str, package: str) -> None:
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name, re.ASCII):
        raise LandformError(
            Code.USAGE,
            "This is no name of a construct.",
            given=repr(name),
            expected="for example LedgerTable",
        )
    parts = package.split("/")
    importable = all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
    if not importable or package == "constructs":
        raise LandformError(
            Code.USAGE,
            "Constructs cannot be imported from this folder.",
            given=repr(package),
            expected="a package below the project, as acme/constructs; one named constructs alone would hide the "
            "library of that name, which cdktf imports",
        )


def _text(template: str, values: Mapping[str, str]) -> str:
    return Template((_TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")).substitute(values)


def _arguments(schema: BlockSchema) -> dict[str, str]:
    """What the templates say of the arguments: those that the schema requires, and the name that landform gives."""
    given = schema.attributes.get("name")
    named = given is not None and given.settable
    required = {name: _example(schema, name) for name in sorted(schema.required - {"name"})}
    annotations = {name: _ANNOTATIONS[type(value)] for name, value in required.items()}
    used = set(annotations.values())
    collections = sorted(each.partition("[")[0] for each in used if not each.startswith("Input"))
    inputs = ["Input"] if used - {"Sequence[Any]", "Mapping[str, Any]"} else []
    entries = [*(["name"] if named else []), *required]
    values = {"name": "self.name"} if named else {}
    return {
        "typing_imports": (
            f"\nfrom collections.abc import {', '.join(collections)}\nfrom typing import Any\n"
            if collections
            else ""
        ),
        "core_imports": ", ".join(["Construct", *inputs, "Lifecycle", "Ref"]),
        "parameters": _joined(f"{name}: {annotation}" for name, annotation in annotations.items()),
        "example_arguments": "".join(
            f", {name}={json.dumps(value) if isinstance(value, str) else repr(value)}"
            for name, value in required.items()
        ),
        "argument_docs": "".join(f"        {name}: Terraform's ``{name}``.\n" for name in required)
        or "        scope: where it stands in the tree.\n        id: unique in the scope.\n",
        "argument_rows": "".join(
            f"| `{name}` | Terraform's `{name}`, {annotation} |\n" for name, annotation in annotations.items()
        )
        or "| - | none is needed |\n",
        "name_line": "        self.name = stack.physical_name(self, 63)\n" if named else "",
        "arguments": ", ".join(f'"{name}": {values.get(name, name)}' for name in entries),
    }


def _joined(parameters: Iterable[str]) -> str:
    text = ", ".join(parameters)
    return f", *, {text}" if text else ""


def _example(schema: BlockSchema, name: str) -> Any:
    """The least that the schema takes for an argument."""
    if name in schema.attributes:
        return _of_type(schema.attributes[name].type)
    nested = schema.blocks[name]
    one = {inner: _example(nested.block, inner) for inner in sorted(nested.block.required)}
    return [one] * max(nested.min_items, 1)


def _of_type(expected: Any) -> Any:
    if isinstance(expected, str):
        return _EXAMPLES.get(expected, "example")
    kind, inner = expected
    if kind == "map":
        return {"example": _of_type(inner)}
    if kind == "object":
        return {name: _of_type(each) for name, each in inner.items()}
    return [_of_type(inner)]


def _verbs(terraform_type: str, provider: str) -> dict[str, tuple[str, ...]]:
    """The actions that a policy can limit to such a resource, by verb; none where AWS's names are others."""
    name = terraform_type.removeprefix(f"{provider}_")
    prefix = next((word for word in _SERVICES if name.startswith(f"{word}_")), name.partition("_")[0])
    resource = name.removeprefix(prefix).strip("_").replace("_", "-")
    found: dict[str, list[str]] = {}
    for action, level in actions_on(_SERVICES.get(prefix, prefix), resource):
        verb = "delete" if "Delete" in action else _VERBS.get(level)
        if verb:
            found.setdefault(verb, []).append(action)
    return {verb: tuple(sorted(actions)) for verb, actions in sorted(found.items())}


def _grants(name: str, imported: str, verbs: Mapping[str, tuple[str, ...]], arn: str) -> dict[str, str]:
    """What the templates say of the grants: nothing where there are no verbs."""
    constants = {verb: verb.upper() for verb in verbs}
    values = {
        "arn": arn,
        "arn_words": "ARN" if arn == "arn" else "id",
        "verbs": "\n".join(
            f'{constants[verb]} = Verb(\n    "{verb}",\n    (\n'
            + "".join(f'        "{action}",\n' for action in actions)
            + '    ),\n    ("{arn}",),\n)'
            for verb, actions in verbs.items()
        ),
        "verb_names": ", ".join(constants.values()) + ("," if len(constants) == 1 else ""),
    }
    if not verbs:
        return {**values, "grants_import": "", "grants_base": "", "grants_line": "", "grants_class": ""}
    methods = "".join(
        f'\n    def {verb}(self, principal: Grantee) -> Grant:\n        """Grant what {constants[verb]} names."""\n'
        f"        return self._grant({constants[verb]}, principal)\n"
        for verb in verbs
    )
    return {
        **values,
        "grants_import": f"\nfrom {imported}.grants import {', '.join(sorted(constants.values()))}\n",
        "grants_base": "from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target\n",
        "grants_line": f"        self.grants = {name}Grants(Target(self, self.{arn}))\n",
        "grants_class": f'\n\nclass {name}Grants(ResourceGrants):\n    """What may be granted on it."""\n{methods}',
    }

"""Users' checks for checkov, from ``policies/checkov/``: Python that registers them, and graph checks in YAML.

Written as checkov's documentation of custom policies says. checkov keeps every check for the life of the process, and
leaves out in silence what it cannot parse or has an id of already; here its registries are as before when a file has
been read, the checks are a value, and what is left out is an error.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from landform.checks.checkov_engine import shipped_rules
from landform.checks.checkov_surroundings import own_surroundings
from landform.checks.environment import ask
from landform.errors import Code, LandformError, Place, did_you_mean, raise_all
from landform.org.document import Document, read_document, read_text
from landform.org.models import Severity
from landform.policies.python_rules import literal_lines, module_failed
from landform.policies.severity import SEVERITIES, UNLISTED
from landform.policies.user_rules import CHECKOV, CheckovCheck, UserRules, files_in, read_rules, unread

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_KINDS = ("resource", "data", "provider", "module")
_METADATA = ("id", "name", "category")


def read_users(project: Path, checks_python: Path | None = None) -> UserRules:
    """All users' rules of a project: those of ``read_rules``, and those for checkov.

    Args:
        project: its folder.
        checks_python: the interpreter in whose environment checkov is, unless it is this one. Checks for checkov are
            read there.

    Raises:
        LandformError: as ``read_rules`` and ``read_checks``, all in one go; ``checks-environment``.
    """
    errors: list[LandformError] = []
    users = UserRules()
    try:
        users = read_rules(project)
    except LandformError as error:
        errors += error.each()
    found: tuple[CheckovCheck, ...] = ()
    try:
        if checks_python is None:
            found = read_checks(project)
        elif _files(project):
            found = ask(checks_python, "checks", str(project))
    except LandformError as error:
        errors += error.each()
    raise_all(errors)
    checks = MappingProxyType({each.id: each for each in found})
    return replace(users, checkov=checks, checks_python=checks_python, project=project)


def read_checks(project: Path) -> tuple[CheckovCheck, ...]:
    """The checks for checkov of a project, by id.

    Imports checkov where there are some, which takes about two seconds.

    Raises:
        LandformError: ``policy-rule`` for checks that are none, ``spec-...`` for YAML that is not what it must be;
            all in one go. ``extra-missing`` where there are some, and no checkov.
    """
    errors: list[LandformError] = []
    found: list[CheckovCheck] = []
    files = _files(project)
    if files:
        with own_surroundings():
            known = shipped_rules()
            for file in files:
                try:
                    found += _read(project, file)
                except LandformError as error:
                    errors += error.each()
    if found:
        ids = dict.fromkeys(known.ids, "checkov's own")
        for check in found:
            errors += _mistakes(check, ids)
            ids.setdefault(str(check.id), f"at {check.place} too")
    raise_all(errors)
    return tuple(sorted(found, key=_id_of))


def _files(project: Path) -> list[str]:
    # checkov's own command line wants one there; it says which modules to run, and here all of them are.
    return [file for file in files_in(project, CHECKOV) if not file.endswith("/__init__.py")]


def _id_of(check: CheckovCheck) -> str:
    return check.id


def _read(project: Path, file: str) -> list[CheckovCheck]:
    if file.endswith(".py"):
        return list(_read_python(project, file))
    if file.endswith(".yaml"):
        return [_read_graph(read_document(project, file))]
    raise unread(file, "<name>.py that registers checks, or <name>.yaml with one graph check")


def _read_python(project: Path, file: str) -> Iterator[CheckovCheck]:
    text = read_text(project, file)
    path = str(project / file)
    module = ModuleType(f"landform_policies_checkov_{Path(file).stem}")
    module.__file__ = path
    sys.modules[module.__name__] = module
    try:
        tree = ast.parse(text, path)
        with _registered() as checks:
            exec(compile(tree, path, "exec"), vars(module))
    except (Exception, SystemExit) as error:
        raise module_failed(error, path, file) from error
    if not checks:
        raise LandformError(
            Code.POLICY_RULE,
            "The module registers no check.",
            place=Place(file),
            expected="an instance of each class, made in the module: check = MyCheck()",
        )
    lines = literal_lines(tree)
    for check in checks:
        place = Place(file, lines.get(str(check.id)))
        is_terraform = any(base.__module__.startswith("checkov.terraform.") for base in type(check).__mro__)
        if not is_terraform or check.block_type not in _KINDS:
            raise LandformError(
                Code.POLICY_RULE,
                "This is not a check of Terraform.",
                place=place,
                given=f"a check of {type(check).__mro__[1].__module__}",
                expected=f"a check of a Terraform block: {', '.join(_KINDS)}",
            )
        prefix = "" if check.block_type == "resource" else f"{check.block_type}."
        types = tuple(f"{prefix}{name}" for name in check.supported_entities)
        severity = _severity(getattr(check.severity, "name", check.severity), place)
        yield CheckovCheck(check.id, check.name, severity, types, place, check.block_type, check)


def _read_graph(document: Document) -> CheckovCheck:
    value = document.value
    metadata = value.get("metadata")
    missing = [
        f"metadata.{name}" for name in _METADATA if not (isinstance(metadata, Mapping) and metadata.get(name))
    ]
    missing += ["definition"] if not isinstance(value.get("definition"), dict | list) else []
    if missing or not isinstance(metadata, Mapping):
        raise LandformError(
            Code.POLICY_RULE,
            "The graph check is not whole.",
            place=document.place("metadata"),
            given=f"no {', no '.join(missing)}",
            expected="metadata with id, name and category, and a definition",
        )
    place = document.place("metadata", "id")
    known = shipped_rules()
    raw = json.loads(json.dumps(value))
    try:
        check = known.parser.parse_raw_check(
            raw, resources_types=known.types_of(raw), check_path=document.file
        )
    except Exception as error:  # foreign code, on what a user wrote: whatever it raises is reported
        raise LandformError(
            Code.POLICY_RULE,
            "checkov cannot read the definition of a graph check.",
            place=document.place("definition"),
            given=type(error).__name__,
            expected="a definition as checkov's documentation of YAML policies has it",
        ) from error
    severity = _severity(metadata.get("severity"), document.place("metadata", "severity"))
    return CheckovCheck(check.id, check.name, severity, tuple(check.resource_types), place, "graph", check)


def _severity(given: object, place: Place) -> Severity:
    if given is None:
        return UNLISTED
    found = next((severity for severity in SEVERITIES if severity == str(given).lower()), None)
    if found is None:
        raise LandformError(
            Code.POLICY_RULE,
            "The severity of a check is not what it must be.",
            place=place,
            given=str(given),
            expected=f"one of {', '.join(SEVERITIES)}",
            fix=did_you_mean(str(given).lower(), SEVERITIES),
        )
    return found


def _mistakes(check: CheckovCheck, ids: Mapping[str, str]) -> Iterator[LandformError]:
    if not (isinstance(check.id, str) and _ID.fullmatch(check.id)) or check.id.startswith("LF_"):
        yield LandformError(
            Code.POLICY_RULE,
            "The id of a check is not what it must be.",
            place=check.place,
            given=repr(check.id),
            expected="letters, digits and underscores that do not begin with LF_, such as CKV2_ACME_1",
        )
    elif check.id in ids:
        yield LandformError(
            Code.POLICY_RULE,
            "Two rules have one id.",
            place=check.place,
            given=f"{check.id}, which is {ids[check.id]}",
            fix="Give one of them another id.",
        )
    if not isinstance(check.title, str) or not check.title.strip():
        yield LandformError(
            Code.POLICY_RULE, "A check has no name.", place=check.place, expected="a text that is not empty"
        )


@contextmanager
def _registered() -> Iterator[list[Any]]:
    """The checks that are registered meanwhile; afterwards the registries are as they were."""
    from checkov.common.checks.base_check_registry import BaseCheckRegistry

    every = BaseCheckRegistry.get_all_registered_checks()
    before = len(every)
    kept = [
        (checks, {name: list(of_type) for name, of_type in checks.items()})
        for registry in shipped_rules().registries
        for checks in (registry.checks, registry.wildcard_checks)
    ]
    found: list[Any] = []
    try:
        yield found
    finally:
        # What the module imports may register checks of checkov's, for other frameworks.
        found += [check for check in every[before:] if not type(check).__module__.startswith("checkov.")]
        every[before:] = [check for check in every[before:] if check not in found]
        for checks, as_it_was in kept:
            checks.clear()
            checks.update(as_it_was)

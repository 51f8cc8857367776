"""The pages of the constructs: one a construct, one a service, and the list of all."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import landform.constructs
from landform.constructs import AwsStack
from landform.constructs.grants import Verb
from landform.core import Construct
from landform.testing.examples import made
from rendering.markdown import code, prose, table

_SECTION = re.compile(r"^(Args|Raises):\n((?:(?:    .*)?\n)+)", re.MULTILINE)
_ENTRY = re.compile(r"^    (\w+): (.*(?:\n     .*)*)", re.MULTILINE)
_DOCTEST = re.compile(r"^(>>>|\.\.\.) ")


def construct_pages() -> dict[str, str]:
    """Every page below ``constructs``, by its path below ``docs``."""
    services = [module.name for module in iter_modules(landform.constructs.__path__) if module.ispkg]
    pages = {"constructs/README.md": index_page(services)}
    for service in services:
        pages[f"constructs/{service}/README.md"] = service_page(service)
        for construct in constructs_of(service):
            pages[f"constructs/{service}/{construct.__name__}.md"] = construct_page(service, construct)
    return pages


def index_page(services: Sequence[str]) -> str:
    """All constructs on one page."""
    parts = ["# Constructs\n"]
    for service in services:
        parts.append(f"## [{service}]({service}/README.md)\n")
        parts.append(listed(service, f"{service}/"))
    return "\n".join(parts)


def service_page(service: str) -> str:
    """A service's constructs, and what else its face has."""
    parts = [
        f"# landform.constructs.{service}\n",
        f"{prose(module_of(service).__doc__)}\n",
        listed(service, ""),
    ]
    for item in exported(service):
        if not issubclass(item, Construct):
            parts += value_section(item)
    return "\n".join(parts)


def listed(service: str, folder: str) -> str:
    """The constructs of a service, each with a link to its page."""
    return table(
        ("construct", "is"),
        (
            (f"[{construct.__name__}]({folder}{construct.__name__}.md)", summary(construct))
            for construct in constructs_of(service)
        ),
    )


def value_section(value: type[Any]) -> Iterator[str]:
    """The part of a page that is about something a construct takes or gives."""
    yield f"## {value.__name__}\n"
    yield f"{prose((inspect.getdoc(value) or '').partition('>>>')[0])}\n"
    methods = list(methods_of(value))
    if methods:
        yield table(("", "is"), methods)


def construct_page(service: str, construct: type[Construct]) -> str:
    """What a construct takes, holds, grants and makes."""
    return "\n".join(construct_parts(service, construct))


def construct_parts(service: str, construct: type[Construct]) -> Iterator[str]:
    """The parts of a construct's page, in order."""
    text = inspect.getdoc(construct) or ""
    sections = dict(_SECTION.findall(f"{text}\n"))
    yield f"# {construct.__name__}\n"
    yield f"{prose(_SECTION.sub('', text + chr(10)).partition('>>>')[0])}\n"
    yield f"```python\nfrom landform.constructs.{service} import {construct.__name__}\n\n{example_of(text)}\n```\n"
    arguments = list(arguments_of(construct, sections.get("Args", "")))
    if arguments:
        yield "## Arguments\n"
        yield table(("argument", "type", "default", "is"), arguments)
    if "Raises" in sections:
        yield "## Errors\n"
        yield table(("error", "where"), errors_of(sections["Raises"]))
    methods = list(methods_of(construct))
    if methods:
        yield "## Attributes and methods\n"
        yield table(("", "is"), methods)
    yield "## Holds\n"
    yield table(("holds", "checks", "sized by the tier's"), controls_of(service, construct))
    granted = list(grants_of(service, construct))
    if granted:
        yield "## Grants\n"
        yield table(("verb", "actions", "on", "and on its key"), granted)
    blocks = emitted(construct)
    yield "## Resources\n"
    yield "\n".join(
        f"- `{kind}`{f' x {len(named)}' if len(named) > 1 else ''}" for kind, named in sorted(blocks.items())
    )
    yield "\nThe example gives this Terraform JSON in the tier prod, without the metadata of each resource:\n"
    yield f"```json\n{json.dumps({'resource': blocks}, indent=2, sort_keys=True, ensure_ascii=False)}\n```"


def constructs_of(service: str) -> list[type[Construct]]:
    """The constructs that a service's face exports."""
    return [item for item in exported(service) if issubclass(item, Construct)]


def exported(service: str) -> list[type[Any]]:
    """The classes that a service's face exports."""
    face = module_of(service)
    return [getattr(face, name) for name in face.__all__]


def module_of(service: str, name: str = "") -> ModuleType:
    """A service's face, or one of its modules."""
    return import_module(f"landform.constructs.{service}{name and '.' + name}")


def summary(item: object) -> str:
    """The first sentence of a docstring."""
    return prose((inspect.getdoc(item) or "").partition("\n\n")[0])


def example_of(docstring: str) -> str:
    """The example of a docstring as plain code, results as comments."""
    lines = docstring[docstring.index(">>>") :].splitlines()
    return "\n".join(
        _DOCTEST.sub("", line) if _DOCTEST.match(line) else f"# {line}" for line in lines if line.strip()
    )


def arguments_of(construct: type[Construct], described: str) -> Iterator[tuple[str, ...]]:
    """The keyword arguments of a construct: name, type, default, meaning."""
    meanings = {name: prose(text) for name, text in _ENTRY.findall(described)}
    for parameter in inspect.signature(construct).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            required = parameter.default is parameter.empty
            default = "required" if required else f"`{parameter.default!r}`"
            yield f"`{parameter.name}`", f"`{parameter.annotation}`", default, meanings[parameter.name]


def methods_of(owner: type[Any]) -> Iterator[tuple[str, str]]:
    """The public methods and properties of a class and what it is made of: how to call it, first sentence."""
    members = {
        name: member
        for base in reversed(owner.__mro__)
        if base.__module__.startswith("landform.constructs")
        for name, member in vars(base).items()
        if not name.startswith("_")
    }
    for name, member in members.items():
        if isinstance(member, property):
            yield f"`{name}`", summary(member)
        elif isinstance(member, (classmethod, staticmethod)):
            yield f"`{owner.__name__}.{name}{signature_of(member.__func__)}`", summary(member)
        elif inspect.isfunction(member):
            yield f"`{name}{signature_of(member)}`", summary(member)


def signature_of(function: Callable[..., Any]) -> str:
    """The parameters of a function as written, without the one that it is called on."""
    written = []
    parameters = inspect.signature(function).parameters.values()
    for parameter in (p for p in parameters if p.name not in ("self", "cls")):
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in written:
            written.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        written.append(f"{parameter.name}: {parameter.annotation}{default}")
    return f"({', '.join(written)})"


def errors_of(described: str) -> Iterator[tuple[str, str]]:
    """The errors of a docstring: the code and where it is raised."""
    for _, text in _ENTRY.findall(described):
        code, _, where = prose(text).partition(" ")
        yield f"[{code.strip('`')}](../../errors.md)", where.removeprefix("for ").rstrip(".")


def controls_of(service: str, construct: type[Construct]) -> Iterator[tuple[str, str, str]]:
    """What a construct holds, and which checks that satisfies."""
    for control in module_of(service, "controls").CONTROLS[construct.__name__]:
        yield control.holds, ", ".join(control.checks), f"`{control.tier}`" if control.tier else ""


def grants_of(service: str, construct: type[Construct]) -> Iterator[tuple[str, ...]]:
    """The verbs of a construct: those its ``grants`` has, or all that its own roles have."""
    face = [module.name for module in iter_modules(module_of(service).__path__)]
    if "grants" not in face:
        return
    given = getattr(made_of(construct)[1], "grants", None)
    verbs: Iterable[Verb] = module_of(service, "grants").VERBS
    for verb in verbs:
        if given is None or hasattr(given, verb.name):
            on = code(verb.resources) if verb.unscoped is None else f"`*`: {verb.unscoped}"
            yield f"`{verb.name}`", code(verb.actions), on, code(verb.key_actions)


@cache
def made_of(construct: type[Construct]) -> tuple[AwsStack, Construct]:
    """What a construct's own example makes, in a stack of the tier prod."""
    return made(construct, example_of(inspect.getdoc(construct) or ""))


def emitted(construct: type[Construct]) -> dict[str, dict[str, Any]]:
    """The resource blocks that a construct's example gives in the tier prod, by type and name."""
    stack, example = made_of(construct)
    synthesis = stack.synthesise()
    blocks: dict[str, dict[str, Any]] = {}
    for kind, named in json.loads(synthesis.text)["resource"].items():
        for name, block in named.items():
            path, _ = synthesis.origins[f"{kind}.{name}"]
            # A key or log group of its own stands beside it, under its id and one word more.
            if path.startswith(example.node.path):
                del block["//"]
                blocks.setdefault(kind, {})[name] = block
    return blocks

"""Renders the reference pages of the docs from the code, so that they say what the code does.

``python docs/render.py`` writes them; ``--check`` writes nothing and exits with 1 where one is not up to date.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import typer
from typer.main import get_command

import landform.constructs
from landform.cli.main import app as commands
from landform.constructs import AwsStack
from landform.constructs.grants import Verb
from landform.core import Construct
from landform.errors import Code, Exit
from landform.testing.examples import made

DOCS = Path(__file__).parent
HEADER = "<!-- Rendered by docs/render.py. Change the code, then run `make docs`. -->\n\n"
WIDTH = 100
BAR = "\\|"

_SECTION = re.compile(r"^(Args|Raises):\n((?:(?:    .*)?\n)+)", re.MULTILINE)
_ENTRY = re.compile(r"^    (\w+): (.*(?:\n     .*)*)", re.MULTILINE)
_DOCTEST = re.compile(r"^(>>>|\.\.\.) ")


def pages() -> dict[str, str]:
    """Every rendered page, by its path below ``docs``."""
    services = [module.name for module in iter_modules(landform.constructs.__path__) if module.ispkg]
    rendered = {f"constructs/{service}.md": service_page(service) for service in services}
    rendered["constructs/README.md"] = index_page(services)
    rendered["errors.md"] = errors_page()
    rendered["commands.md"] = commands_page()
    return {path: HEADER + text.rstrip() + "\n" for path, text in rendered.items()}


def index_page(services: Sequence[str]) -> str:
    """All constructs on one page."""
    rows = [
        (f"[{construct.__name__}]({service}.md#{construct.__name__.lower()})", summary(construct))
        for service in services
        for construct in constructs_of(service)
    ]
    return "\n".join(["# Constructs\n", table(("construct", "is"), rows)])


def service_page(service: str) -> str:
    """A service's constructs: what each takes, holds, grants and makes."""
    face = module_of(service)
    parts = [f"# landform.constructs.{service}\n", f"{prose(face.__doc__)}\n"]
    for item in exported(service):
        parts += construct_section(service, item) if issubclass(item, Construct) else value_section(item)
    return "\n".join(parts)


def value_section(value: type[Any]) -> Iterator[str]:
    """The part of a page that is about something a construct takes or gives."""
    yield f"## {value.__name__}\n"
    yield f"{prose((inspect.getdoc(value) or '').partition('>>>')[0])}\n"
    methods = list(methods_of(value))
    if methods:
        yield table(("", "is"), methods)


def construct_section(service: str, construct: type[Construct]) -> Iterator[str]:
    """The part of a page that is about one construct."""
    text = inspect.getdoc(construct) or ""
    sections = dict(_SECTION.findall(f"{text}\n"))
    about = _SECTION.sub("", f"{text}\n").partition(">>>")[0]
    yield f"## {construct.__name__}\n"
    yield f"{prose(about)}\n"
    yield f"```python\n{example_of(text)}\n```\n"
    arguments = list(arguments_of(construct, sections.get("Args", "")))
    if arguments:
        yield "### Arguments\n"
        yield table(("argument", "type", "default", "is"), arguments)
    if "Raises" in sections:
        yield "### Errors\n"
        yield table(("error", "where"), errors_of(sections["Raises"]))
    methods = list(methods_of(construct))
    if methods:
        yield "### Attributes and methods\n"
        yield table(("", "is"), methods)
    yield "### Holds\n"
    yield table(("holds", "checks", "sized by the tier's"), controls_of(service, construct))
    granted = list(grants_of(service, construct))
    if granted:
        yield "### Grants\n"
        yield table(("verb", "actions", "on", "and on its key"), granted)
    yield "### Resources\n"
    yield (
        "\n".join(f"- `{kind}`{f' x {count}' if count > 1 else ''}" for kind, count in emitted(construct))
        + "\n"
    )


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
        yield f"[{code.strip('`')}](../errors.md)", where.removeprefix("for ").rstrip(".")


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


def code(texts: Iterable[str]) -> str:
    """Texts as code, one a line of a table's cell."""
    return "<br>".join(f"`{text}`" for text in texts)


def made_of(construct: type[Construct]) -> tuple[AwsStack, Construct]:
    """What a construct's own example makes, in a stack of the tier prod."""
    return made(construct, example_of(inspect.getdoc(construct) or ""))


def emitted(construct: type[Construct]) -> list[tuple[str, int]]:
    """The resource types that a construct's example gives in the tier prod, and how many of each."""
    stack, example = made_of(construct)
    prefix = example.node.path
    types = [
        address.partition(".")[0]
        for address, (path, _) in stack.synthesise().origins.items()
        if path.startswith(prefix)
    ]
    return [(kind, types.count(kind)) for kind in sorted(set(types))]


def errors_page() -> str:
    """Every error code."""
    statuses = [(str(int(status)), status.name.lower().replace("_", " ")) for status in Exit]
    codes = [(f"`{code.slug}`", str(int(code.status)), code.meaning) for code in Code]
    return "\n".join(
        [
            "# Errors\n",
            "An error names its code, the file, line and column or the construct path, what was given, what was "
            "expected and what to do. With `--json` it is one JSON document on stdout.\n",
            "## Exit statuses\n",
            table(("status", "means"), statuses),
            "## Codes\n",
            table(("code", "exit status", "means"), codes),
        ]
    )


def commands_page() -> str:
    """Every command's own help."""
    root = get_command(commands)
    return "\n".join(["# Commands\n", *command_sections(root, "landform", None)])


def command_sections(command: Any, name: str, parent: typer.Context | None) -> Iterator[str]:
    """A command's help, and that of the commands below it."""
    context = command.context_class(command, info_name=name, parent=parent, terminal_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    yield f"## {context.command_path}\n"
    yield f"```text\n{command.get_help(context).rstrip()}\n```\n"
    children = getattr(command, "commands", {})
    for child in sorted(children):
        yield from command_sections(children[child], child, context)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines) + "\n"


def prose(text: str | None) -> str:
    """A docstring's text as Markdown: paragraphs on one line each, code in single backticks."""
    paragraphs = re.split(r"\n\s*\n", (text or "").strip())
    joined = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return "\n\n".join(joined).replace("``", "`")


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or say which are not up to date."""
    rendered = pages()
    stale = [path for path, text in rendered.items() if not _is(DOCS / path, text)]
    stale += [
        str(path.relative_to(DOCS)) for path in (DOCS / "constructs").glob("*.md") if _gone(path, rendered)
    ]
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"docs/{path} is not up to date; run `make docs`\n")
        return bool(stale)
    for path in stale:
        target = DOCS / path
        if path in rendered:
            target.parent.mkdir(exist_ok=True)
            target.write_text(rendered[path], encoding="utf-8")
        else:
            target.unlink()
    return 0


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _gone(path: Path, rendered: Mapping[str, str]) -> bool:
    return str(path.relative_to(DOCS)) not in rendered


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

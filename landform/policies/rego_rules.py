"""Rules in Rego, the language of Open Policy Agent: one a module, ``deny contains message if { ... }``.

What a rule is called stands where OPA has it ("Annotations" of its documentation of policies): in the comment
``# METADATA`` above the package, as YAML. regopy runs the module in this process; it is Microsoft's rego-cpp.

Rego takes a value that Terraform alone knows for the text it is written as. So the paths below ``input`` that a module
reads are found in its text, and where such a value is on one of them, the rule says that it cannot tell.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from landform.errors import Code, LandformError, Place
from landform.org.document import Document, parse, read_text
from landform.org.jsonschema import schema_id
from landform.org.load import model_of
from landform.org.models import Model, Severity, Text
from landform.policies.arguments import is_made_at_plan, is_text, typed_arguments
from landform.policies.rule import Breach, Judge, Rule, Undecided, Verdict
from landform.policies.user_rules import UserRule
from landform.policies.view import Block, is_known

_FORM = (
    """\"# METADATA" above the package, and below it as comments the YAML of title, description and custom"""
)
_PACKAGE = re.compile(r"^package[ \t]+([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)[ \t\r]*(?:#.*)?$", re.MULTILINE)
_METADATA = re.compile(r"^# METADATA[ \t\r]*\n((?:#.*\n)*)", re.MULTILINE)
_LITERAL = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`]*`|#[^\n]*')
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_STEP = r'(?:\.[A-Za-z_]\w*|\[(?:"[^"\\\n]*"|[A-Za-z_]\w*|\d+)\])'
_INPUT = re.compile(rf"\binput\b({_STEP}*)")
_IS_NOT_THERE = re.compile(rf"\bnot[ \t]+input\.resource({_STEP})[ \t]*(?=[;}}\r\n]|$)")
_GET = re.compile(rf'\bobject\.get\(\s*(input{_STEP}*)\s*,\s*("[^"\\\n]*")\s*,')
_ERROR = re.compile(r"\(error \d+:[^|\s]*\|(\d+)\|\d+\s*\(errormsg \d+:([^)]*)\)")
_ANY = "*"
_MOST = 2**63
_PRINT = re.compile(r"\bprint\s*\(")
# Of another package there is nothing, which looks like a condition that does not hold.
_ELSEWHERE = r'(?<![.\w"])data[.\[](?!{}\b)'

_Example = dict[str, dict[str, dict[str, Any]]]
_Path = tuple[str, ...]


class RegoError(Exception):
    """A module raised, or said what is no message."""


class RegoCustom(Model):
    """What landform needs to know of a rule, and OPA has no name for."""

    id: Text
    severity: Severity
    types: Annotated[tuple[Text, ...], Field(min_length=1)]
    remediation: Text
    controls: tuple[Text, ...] = ()
    good: tuple[_Example, ...] = ()
    bad: tuple[_Example, ...] = ()


class RegoMetadata(Model):
    """OPA's annotations of a package; those below ``custom`` are for people and for other programs."""

    schema_: Literal["landform/rego/v1"] = Field(alias="schema")
    title: Text
    description: Text
    custom: RegoCustom
    scope: Literal["package"] = "package"
    authors: Any = None
    organizations: Any = None
    related_resources: Any = None


def read_rego(project: Path, file: str) -> tuple[UserRule, ...]:
    """The rule of one module.

    Args:
        project: the project's folder.
        file: the module in it, relative.

    Raises:
        LandformError: ``extra-missing`` where regopy is not installed; ``policy-rule`` for what is no Rego, has no
            annotations or no ``deny``; ``spec-...`` where it cannot be read, or its annotations are not what they
            must be.
    """
    if importlib.util.find_spec("regopy") is None:
        raise LandformError(
            Code.EXTRA_MISSING,
            "A rule in Rego needs regopy, which is not installed.",
            place=Place(file),
            fix="pip install 'landform[rego]'",
        )
    text = read_text(project, file)
    document = _annotations(text, file)
    said = model_of(document, RegoMetadata)
    rule = Rule(
        id=said.custom.id,
        title=said.title,
        severity=said.custom.severity,
        types=said.custom.types,
        rationale=said.description,
        remediation=said.custom.remediation,
        controls=said.custom.controls,
        judge=_judge(text, file),
        good=said.custom.good,
        bad=said.custom.bad,
    )
    return (UserRule(rule, document.place("custom", "id"), "Rego"),)


def _package(text: str) -> str:
    found = _PACKAGE.search(text)
    return found[1] if found else ""


def _annotations(text: str, file: str) -> Document:
    package = _PACKAGE.search(text)
    found = _METADATA.search(text, 0, package.start()) if package else None
    if found is None or not found[1].strip("# \r\n"):
        raise LandformError(
            Code.POLICY_RULE,
            "The module does not say what its rule is." if package else "The module has no package.",
            place=Place(file, 1),
            expected=_FORM if package else "package acme.queues",
        )
    yaml = re.sub("^#", " ", found[1], flags=re.MULTILINE)
    # Every line stays where it is. OPA's mark takes the place of the line that says what other files are.
    before = "\n" * text.count("\n", 0, found.start())
    indent = " " * (len(yaml.lstrip("\r\n")) - len(yaml.lstrip()))
    return parse(f"{before}{indent}schema: {schema_id(RegoMetadata)}\n{yaml}", file)


def _judge(text: str, file: str) -> Judge:
    package = _package(text)
    code = _LITERAL.sub(_without_words, text)
    for sign, given, fix in (
        (_PRINT, "print(), which writes into the report", "Leave it out."),
        (re.compile(_ELSEWHERE.format(re.escape(package))), "another package", "Copy what it needs."),
    ):
        if found := sign.search(code):
            line = code.count("\n", 0, found.start()) + 1
            raise LandformError(
                Code.POLICY_RULE,
                "A module of rules stands alone.",
                place=Place(file, line),
                given=given,
                fix=fix,
            )
    denied = _Module(text, file, package)
    code = _GET.sub(lambda match: f"{match[1]}[{match[2]}]", code)
    asked = tuple(_path(match[1])[0] for match in _IS_NOT_THERE.finditer(code))
    read = {_path(match[1]) for match in _INPUT.finditer(_IS_NOT_THERE.sub(" ", code))}
    every = (*read, *(("resource", name) for name in asked))
    named = {".".join(step for step in path[1:] if step != _ANY) for path in every}
    keys = tuple(sorted(named - {""}))

    def judge(block: Block) -> Iterator[Verdict]:
        resource = typed_arguments(block)
        given = {"type": block.kinds[0], "name": block.name, "resource": resource}
        paths = {*read, *(("resource", name) for name in asked if not is_text(block, name))}
        unknown = sorted(path for path in paths if not all(map(is_known, _values(given, path))))
        unknown += [("resource", name) for name in asked if is_made_at_plan(resource.get(name))]
        if unknown:
            yield Undecided(f"{'.'.join(unknown[0][1:]) or 'an argument'} is known only to Terraform")
            return
        for message in sorted({_words(said, text) for said in denied(given)}):
            yield Breach(message, keys)

    return judge


class _Module:
    """A compiled module."""

    def __init__(self, text: str, file: str, package: str) -> None:
        # Imported here, because most projects have no rule in it.
        from regopy import Interpreter
        from regopy import RegoError as Refused
        from regopy.rego_shared import LogLevel

        self._maker = Interpreter()
        # It writes to the standard output, which is the report's.
        self._maker.log_level = LogLevel.NONE
        try:
            self._maker.add_module("rule", text)
            self._bundle = self._maker.build(f"data.{package}.deny")
        except Refused as error:
            raise _no_rego(text, file, str(error)) from None
        self._runner = Interpreter()
        self._runner.log_level = LogLevel.NONE
        # What a function cannot do with an argument is undefined otherwise, which looks like a pass.
        self._runner.strict_built_in_errors = False
        self._try(file)
        self._runner.strict_built_in_errors = True

    def _try(self, file: str) -> None:
        try:
            self({"type": "", "name": "", "resource": {}})
        except RegoError as error:
            raise LandformError(
                Code.POLICY_RULE,
                "The module does not say what it denies.",
                place=Place(file),
                given=str(error),
                expected='deny contains "message" if { ... }, and functions that regopy has',
            ) from None

    def __call__(self, given: Mapping[str, Any]) -> Sequence[Any]:
        """What ``deny`` holds.

        Raises:
            RegoError: where it is anything else than a set that was made to the end.
        """
        if not _is_exact(given):
            raise RegoError("a value that regopy would change")
        self._runner.set_input(given)
        try:
            output = self._runner.query_bundle(self._bundle)
        except ValueError:
            # What could not be planned, such as an unknown function or a recursion, gives an empty text.
            raise RegoError("a function that is not there, or that calls itself") from None
        if not output.ok():
            raise RegoError("an error while it was run")
        said = [value for result in output.results for value in result.expressions]
        if len(said) != 1:
            raise RegoError("no deny, or one that is not a set")
        # `deny[message] { ... }`, the older form, gives an object.
        if isinstance(said[0], dict) and all(value is True for value in said[0].values()):
            return tuple(said[0])
        if not isinstance(said[0], list):
            raise RegoError("a deny that is not a set")
        return said[0]


def _is_exact(value: Any) -> bool:
    """Whether regopy takes a value as it is: it cuts a text at a zero byte, and a number at 64 bits."""
    if isinstance(value, Mapping):
        return all(map(_is_exact, (*value, *value.values())))
    if isinstance(value, list):
        return all(map(_is_exact, value))
    if isinstance(value, str):
        return "\0" not in value
    return not isinstance(value, int | float) or abs(value) < _MOST


def _no_rego(text: str, file: str, told: str) -> LandformError:
    found = _ERROR.search(told)
    # It counts bytes.
    line = text.encode("utf-8")[: int(found[1])].count(b"\n") + 1 if found else None
    return LandformError(
        Code.POLICY_RULE,
        "A module of rules is not Rego.",
        place=Place(file, line),
        given=found[2] if found else None,
        expected="Rego as of OPA 1.0",
    )


def _words(said: Any, text: str) -> str:
    """A message that holds no value: one that the module's text has; of any other, that there is one."""
    message = said.get("msg") if isinstance(said, dict) else said
    if not isinstance(message, str) or not message.strip():
        raise RegoError("a message that is neither a text nor an object with msg")
    is_literal = json.dumps(message, ensure_ascii=False) in text or f"`{message}`" in text
    return f"breaks the rule: {message.strip().rstrip('.')}" if is_literal else "breaks the rule"


def _without_words(match: re.Match[str]) -> str:
    """A literal without what is no name of an argument, so that no word in it looks like code; lines stay."""
    literal = match[0]
    if literal.startswith("#"):
        return ""
    if match.string[: match.start()].endswith("$"):
        # A template, in which there is code.
        return literal
    is_name = _NAME.fullmatch(literal[1:-1]) and literal != '"input"'
    return literal if is_name else f'"{_ANY}"' + "\n" * literal.count("\n")


def _path(steps: str) -> _Path:
    found = re.findall(r'\.(\w+)|\["([^"]*)"\]|\[(\w+)\]', steps)
    return tuple(_ANY if index else name or text for name, text, index in found)


def _values(value: Any, path: _Path) -> Iterator[Any]:
    """All that a module can read at a path and below."""
    if not path:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, path[1:] if path[0] == _ANY else path)
    elif isinstance(value, Mapping):
        for name in value if path[0] == _ANY else (path[0],):
            if name in value:
                yield from _values(value[name], path[1:])
    else:
        yield value

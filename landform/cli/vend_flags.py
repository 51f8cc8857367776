"""A request given on the command line: by name, like another account, with single keys set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landform.errors import Code, LandformError, Place, did_you_mean

# What one account says that another cannot take over.
_OWN = ("schema", "name", "email", "account_id", "status", "change", "expires", "quotas", "stacks")


@dataclass(frozen=True, slots=True)
class Flags:
    """What the flags of a request say."""

    name: str | None
    like: str | None
    values: tuple[str, ...]
    requested_by: str | None
    reason: str | None
    key: str | None

    @property
    def given(self) -> bool:
        """Whether any was given."""
        return any((self.name, self.like, self.values, self.requested_by, self.reason, self.key))


def request_text(flags: Flags, project: Path) -> str:
    """The request that flags make, as YAML.

    Raises:
        LandformError: ``usage`` where it has no name, or a value has no key; ``spec-reference`` for an account to be
            like that there is not.
    """
    from landform.org.round_trip import written
    from landform.vending.request import SCHEMA

    if flags.name is None:
        raise LandformError(Code.USAGE, "A request needs a name.", expected="--name NAME")
    value: dict[str, Any] = {"schema": SCHEMA}
    if flags.key:
        value["key"] = flags.key
    value |= {"name": flags.name, **(_like(flags.like, project) if flags.like else {})}
    for given in flags.values:
        path, sign, text = given.partition("=")
        if not sign or not all(path.split(".")):
            raise LandformError(
                Code.USAGE,
                "--set takes a key and a value.",
                given=given,
                expected="KEY=VALUE, as owner.team=ledger",
            )
        _put(value, path.split("."), _value(text, given), given)
    asked = {"requested_by": flags.requested_by, "reason": flags.reason}
    if any(asked.values()):
        value["change"] = value.get("change", {}) | {name: text for name, text in asked.items() if text}
    return written(value)


def _like(name: str, project: Path) -> dict[str, Any]:
    from landform.org.document import read_document
    from landform.org.spec import ACCOUNTS, account_file

    known = [path.stem for path in (project / ACCOUNTS).glob("*.yaml")]
    if name not in known:
        raise LandformError(
            Code.SPEC_REFERENCE,
            f"There is no account {name!r} to be like.",
            place=Place(account_file(name)),
            given=f"--like {name}",
            fix=did_you_mean(name, known),
        )
    document = read_document(project, account_file(name))
    return {key: value for key, value in document.value.items() if key not in _OWN}


def _value(text: str, given: str) -> Any:
    """What a value says: YAML, as in a file."""
    from landform.org.document import parse

    return parse(f"value: {text}\n", f"--set {given}").value["value"]


def _put(value: dict[str, Any], path: list[str], said: Any, given: str) -> None:
    at: Any = value
    for part in path[:-1]:
        at = at.setdefault(part, {})
        if not isinstance(at, Mapping):
            raise LandformError(Code.USAGE, "--set puts a key into what is no mapping.", given=given)
    at[path[-1]] = said

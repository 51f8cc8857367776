"""Takes the secrets out of a plan document, before anything of it is printed or stored.

``terraform show -json`` writes every value in clear and only marks the secret ones, in trees beside the values
(``before_sensitive``, ``after_sensitive``, ``sensitive_values``). The same value stands unmarked in
``variables``, in constants of ``configuration`` and inside larger texts. So marked places are replaced first,
whatever they hold, and then every text anywhere that holds a marked value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landform.terraform.secrets import PROVIDER_SECRETS, SENSITIVE, Secrets, texts

# (key of a value, key of the tree that marks its secrets), wherever both stand in one object.
MARKED = (
    ("before", "before_sensitive"),
    ("after", "after_sensitive"),
    ("values", "sensitive_values"),
    ("value", "sensitive"),
    ("constant_value", "sensitive"),
    ("default", "sensitive"),
)
# Terraform's own words on a resource change, which must stay readable where a secret happens to equal one.
VOCABULARY = ("mode", "action_reason")

StandIn = Callable[[Any], str]
"""What is written for a secret value."""


def redact(
    document: Mapping[str, Any], known: Secrets, stand_in: StandIn = lambda _: SENSITIVE
) -> dict[str, Any]:
    """A copy of a plan document without its secrets.

    Every marked value becomes ``(sensitive value)``, or what ``stand_in`` gives. A marked text of four characters or
    more, or a number of as many digits, is replaced wherever else it stands, also within longer texts and in keys; a
    shorter text wherever it is the whole text. True, false and shorter numbers are replaced where they are marked,
    and null never.

    Args:
        document: what ``terraform show -json`` gave.
        known: secrets to take out beside those that the document marks.
        stand_in: what to write for a secret.
    """
    secrets = Secrets([*known.values, *_secrets(document)])
    copy: dict[str, Any] = _without(_masked(document, stand_in), secrets, stand_in)
    copy["format_version"] = document.get("format_version")
    for raw, change in zip(
        document.get("resource_changes", ()), copy.get("resource_changes", ()), strict=True
    ):
        change["change"]["actions"] = raw["change"]["actions"]
        change.update({key: raw[key] for key in VOCABULARY if key in raw})
    return copy


def _secrets(document: Mapping[str, Any]) -> Iterator[str]:
    yield from _marked_texts(document)
    configuration = document.get("configuration", {})
    for name, variable in configuration.get("root_module", {}).get("variables", {}).items():
        if variable.get("sensitive"):
            yield from texts(document.get("variables", {}).get(name))
    for provider in configuration.get("provider_config", {}).values():
        for name in PROVIDER_SECRETS:
            yield from texts(provider.get("expressions", {}).get(name, {}).get("constant_value"))


def _marked_texts(node: object) -> Iterator[str]:
    """The texts of every marked value, wherever in the document marks and values stand side by side."""
    if isinstance(node, Mapping):
        for key, marks in MARKED:
            if key in node and marks in node:
                yield from _chosen(node[key], node[marks])
        for item in node.values():
            yield from _marked_texts(item)
    elif isinstance(node, list):
        for item in node:
            yield from _marked_texts(item)


def _chosen(value: object, marks: object) -> Iterator[str]:
    """The texts of a value that its tree of marks chooses."""
    if marks is True:
        yield from texts(value)
    elif isinstance(marks, Mapping) and isinstance(value, Mapping):
        for key, mark in marks.items():
            yield from _chosen(value.get(key), mark)
    elif isinstance(marks, list) and isinstance(value, list):
        for item, mark in zip(value, marks, strict=False):
            yield from _chosen(item, mark)


def _masked(node: object, stand_in: StandIn) -> Any:
    """A copy with every marked value replaced, whatever its type."""
    if isinstance(node, Mapping):
        copy = {key: _masked(item, stand_in) for key, item in node.items()}
        for key, marks in MARKED:
            if key in node and marks in node:
                copy[key] = _mask(copy[key], node[marks], stand_in)
        return copy
    if isinstance(node, list):
        return [_masked(item, stand_in) for item in node]
    return node


def _mask(value: Any, marks: object, stand_in: StandIn) -> Any:
    if marks is True:
        return stand_in(value) if value is not None else None
    if isinstance(marks, Mapping) and isinstance(value, Mapping):
        return {key: _mask(item, marks.get(key), stand_in) for key, item in value.items()}
    if isinstance(marks, list) and isinstance(value, list):
        rest = [None] * (len(value) - len(marks))
        return [_mask(item, mark, stand_in) for item, mark in zip(value, [*marks, *rest], strict=False)]
    return value


def _without(node: object, secrets: Secrets, stand_in: StandIn) -> Any:
    """A copy with every secret text taken out of keys and values."""
    match node:
        case str():
            return secrets.scrub(node, stand_in)
        case bool() | None:
            return node
        case int() | float():
            return stand_in(node) if secrets.values.intersection(texts(node)) else node
        case Mapping():
            return {
                secrets.scrub(key, stand_in): _without(item, secrets, stand_in) for key, item in node.items()
            }
        case list():
            return [_without(item, secrets, stand_in) for item in node]
    return node

"""The scan copy: what of a stack's Terraform JSON the rules are shown.

checkov drops a whole file, with exit status 0, when it holds ``terraform.required_version``, ``import``,
``moved`` or ``removed``, or writes a label level as an array. None of these is judged by a rule, so the
rules get a copy that holds only what can be judged, in the one form that checkov reads. Of ``terraform`` it holds
the providers that are asked for: landform's own rules judge those, and checkov is not shown them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LABELS = {"resource": 2, "data": 2, "module": 1, "variable": 1, "output": 1, "locals": 0}
"""The kinds of block that are kept, and how many labels stand before the body. Providers are kept too."""

COMMENT = "//"


def scan_copy(stack: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a stack that rules can judge, without comments and with label levels as objects.

    Raises:
        ValueError: where a block is not in the form that Terraform's JSON syntax allows.
    """
    document = _object(stack)
    copy = {kind: _block(document[kind], labels) for kind, labels in LABELS.items() if kind in document}
    if "provider" in document:
        copy["provider"] = {
            name: [
                _without_comments(_object(body))
                for body in (bodies if isinstance(bodies, list) else [bodies])
            ]
            for name, bodies in _object(document["provider"]).items()
            if name != COMMENT
        }
    providers = _object(_object(document.get("terraform", {})).get("required_providers", {}))
    if providers:
        copy["terraform"] = {"required_providers": _without_comments(providers)}
    return copy


def merged(copies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Scan copies of the files of one folder as the one configuration that they are.

    Raises:
        ValueError: where two files hold a block of one address.
    """
    whole: dict[str, Any] = {}
    for copy in copies:
        for kind, block in copy.items():
            whole[kind] = _united(whole.get(kind, {}), block, LABELS.get(kind, 1), kind)
    return whole


def _united(first: Mapping[str, Any], second: Mapping[str, Any], labels: int, place: str) -> dict[str, Any]:
    united = dict(first)
    for name, body in second.items():
        if name not in united:
            united[name] = body
        elif labels > 1:
            united[name] = _united(united[name], body, labels - 1, f"{place}.{name}")
        elif isinstance(body, list):
            united[name] = [*united[name], *body]
        else:
            raise ValueError(f"{place}.{name} stands in two files")
    return united


def _block(value: Any, labels: int) -> Any:
    if labels == 0:
        return _without_comments(_object(value))
    return {name: _block(body, labels - 1) for name, body in _object(value).items() if name != COMMENT}


def _object(value: Any) -> dict[str, Any]:
    """An object, or an array of objects as the one object it stands for."""
    parts = value if isinstance(value, list) else [value]
    merged: dict[str, Any] = {}
    for part in parts:
        if not isinstance(part, dict):
            raise ValueError(f"an object was expected, not {type(part).__name__}")
        for key, body in part.items():
            merged[key] = _joined(merged[key], body) if key in merged else body
    return merged


def _joined(first: Any, second: Any) -> list[Any]:
    return [
        *(first if isinstance(first, list) else [first]),
        *(second if isinstance(second, list) else [second]),
    ]


def _without_comments(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_comments(item) for key, item in value.items() if key != COMMENT}
    if isinstance(value, list):
        return [_without_comments(item) for item in value]
    return value

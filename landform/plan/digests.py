"""The digest of a plan: of everything that it would do, and of nothing else.

Two plans of the same thing have equal digests, however Terraform orders them and whenever they were made; any change
of effect gives another. A redacted plan would hide a secret that changed, so the digest is taken while the plan is
in memory as Terraform wrote it, with a keyed HMAC (RFC 2104) in the place of each secret: whoever has no key can
neither guess a secret from the digest nor tell whether two are equal. Only the digest leaves.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from landform.digest import canonical_json, digest
from landform.plan.redact import StandIn, redact
from landform.terraform.secrets import Secrets

FORMAT = "landform/plan-digest/v1"

# Lists of the plan document that say what would happen. Others only repeat them, or say how Terraform came to it.
_LISTS = ("resource_changes", "deferred_changes", "action_invocations")
# Marks tell of secrets what their stand-ins tell; generated configuration is a proposal that nothing applies.
_BESIDE = frozenset({"before_sensitive", "after_sensitive", "generated_config"})
_IDLE = ["no-op"]


def plan_digest(
    raw: Mapping[str, Any],
    *,
    known: Secrets,
    key: bytes,
    stack_sha256: str,
    state: str,
    providers: Mapping[str, str],
) -> str:
    """The digest of all that a plan would do, and to what.

    Args:
        raw: what ``terraform show -json`` gave, secrets in clear.
        known: secrets that are known before the plan marks any.
        key: of the HMACs; plans that are compared need the same.
        stack_sha256: of the synthesised stack.
        state: which state it is a plan for: the backend's bucket and key, or what else tells it from others.
        providers: the version of each provider by source address.
    """
    return digest(
        {
            "format": FORMAT,
            "stack_sha256": stack_sha256,
            "state": state,
            "providers": dict(providers),
            "terraform_version": raw.get("terraform_version"),
            **effects(redact(raw, known, keyed(key))),
        }
    )


def keyed(key: bytes) -> StandIn:
    """Stand-ins that are equal for equal secrets and say nothing of them without the key."""
    return lambda value: (
        f"hmac-sha256:{hmac.digest(key, canonical_json(value).encode(errors='surrogatepass'), 'sha256').hex()}"
    )


def effects(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan document says would happen, in one order: changes, outputs, and the drift that it would undo."""
    changed = {entry["address"] for entry in document.get("resource_changes", ()) if _acts(entry)}
    outputs: Mapping[str, Mapping[str, Any]] = document.get("output_changes") or {}
    return {
        **{name: _sorted(filter(_acts, document.get(name) or ())) for name in _LISTS},
        "output_changes": {
            name: _change(change) for name, change in outputs.items() if change.get("actions") != _IDLE
        },
        "resource_drift": _sorted(
            entry for entry in document.get("resource_drift") or () if entry["address"] in changed
        ),
    }


def _acts(entry: Mapping[str, Any]) -> bool:
    """Whether something happens to a resource, were it only to its address."""
    change = entry.get("change", {})
    return change.get("actions") != _IDLE or "previous_address" in entry or bool(change.get("importing"))


def _sorted(entries: Iterator[Mapping[str, Any]]) -> Sequence[dict[str, Any]]:
    return sorted(
        (
            {**entry, "change": _change(entry["change"])} if "change" in entry else dict(entry)
            for entry in entries
        ),
        key=digest,
    )


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in change.items() if name not in _BESIDE}
    if "replace_paths" in kept:
        kept["replace_paths"] = sorted(kept["replace_paths"], key=digest)
    return kept

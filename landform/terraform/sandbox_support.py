"""What the sandbox cannot answer, and how a stack is planned and applied without it.

A plan of a new stack calls AWS for its data sources alone: a resource that does not exist yet is not read. So
only data sources are listed. One that moto cannot answer would fail its whole stack, so it is left out of the
stack's copy, together with everything that refers to it, and each is named.

An apply calls AWS for everything. A plan that is made to be applied in the sandbox therefore leaves out the resource
types that moto cannot make, in the same way. Where moto makes a resource and forgets one of its attributes, changes of
that attribute are ignored, or each later plan would set it again.

A few arguments are left out by themselves, and their resource stays: of an apply those with which moto cannot make it,
and of any plan where they refer to what is left out.

An ``import`` block is read too: what it takes over stands in the real AWS and not in the sandbox, where every stack
begins with nothing. So it is left out, and its resource is planned as new; but for what is known to stand in this
sandbox (``sandbox_imports``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from importlib.resources import files
from typing import Any

from landform.terraform.secrets import listed, texts

UNANSWERED_FILE = "sandbox_unanswered.txt"
UNAPPLIED_FILE = "sandbox_unapplied.txt"
UNSET_FILE = "sandbox_unset.txt"
# Kinds of blocks, with the beginning of a reference to one.
TYPED = (("", "resource"), ("data.", "data"))
UNTYPED = (("local", "locals"), ("module", "module"), ("output", "output"))
IMPORT = "import"
_REFERENCE = re.compile(r"(?<![\w.])((?:data\.)?\w+\.\w[\w-]*)")


def unanswered() -> frozenset[str]:
    """The data sources that the sandbox cannot answer."""
    return frozenset(_lines(UNANSWERED_FILE))


def unapplied() -> dict[str, str]:
    """The resource types that the sandbox cannot apply, and attributes (``type.attribute``) it forgets, and why."""
    return _reasons(UNAPPLIED_FILE)


def unset() -> dict[str, str]:
    """The arguments (``type.argument``) that the sandbox makes a resource without, and why."""
    return _reasons(UNSET_FILE)


def _reasons(name: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in _lines(name))


def _lines(name: str) -> Iterator[str]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def leave_out(
    config: Mapping[str, Any], *, to_apply: bool = False, standing: Collection[str] = ()
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A stack's document without what the sandbox cannot plan, and a notice for each thing left out.

    Resources, data sources, outputs, locals and modules that refer to something left out are left out too, unless by
    an argument that they can be planned without. What the stack would take over is planned as new.

    Args:
        config: the stack's ``cdk.tf.json``.
        to_apply: whether the plan is made to be applied.
        standing: addresses of what the stack may take over in this sandbox.
    """
    imports = listed(config.get(IMPORT, []))
    taken_over = [block["to"] for block in imports if block["to"] not in standing]
    config = {kind: block for kind, block in config.items() if kind != IMPORT}
    types = unanswered() if config.get("data") else frozenset[str]()
    out = {
        f"data.{terraform_type}.{name}": "moto, the sandbox, does not answer this data source."
        for terraform_type in types.intersection(config.get("data", {}))
        for name in config["data"][terraform_type]
    }
    cannot = unapplied() if to_apply else {}
    out |= {
        f"{terraform_type}.{name}": f"{cannot[terraform_type]}."
        for terraform_type, named in config.get("resource", {}).items()
        if terraform_type in cannot
        for name in named
    }
    waiting = list(out)
    referrers = _referrers(dict(_blocks(_without_arguments(config, lambda _: True)[0]))) if out else {}
    while waiting:
        gone = waiting.pop()
        for address in sorted(referrers.get(gone, ())):
            if address not in out:
                out[address] = f"it refers to {gone}, which is left out."
                waiting.append(address)
    left_out = (f"{address} is left out of the sandbox's plan: {out[address]}" for address in sorted(out))
    as_new = (
        f"{address} is planned as new: the sandbox has nothing to take over."
        for address in taken_over
        if address not in out
    )
    kept, ignored = _ignoring(_kept(config, out) if out else config, cannot)
    kept, dropped = _without_arguments(
        kept, lambda value: to_apply or not out.keys().isdisjoint(_named(value))
    )
    ignored += dropped
    here = [block for block in imports if block["to"] in standing and block["to"] not in out]
    kept |= {IMPORT: here} if here else {}
    return kept, (*left_out, *as_new, *ignored)


def _ignoring(config: dict[str, Any], cannot: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The document in which changes of what moto forgets are ignored, and a notice for each type and attribute."""
    resources, notices = dict(config.get("resource", {})), []
    for key, reason in cannot.items():
        terraform_type, _, attribute = key.partition(".")
        if attribute and terraform_type in resources:
            notices.append(f"{terraform_type}: changes of {attribute} are not seen in the sandbox: {reason}.")
            resources[terraform_type] = {
                name: _with_ignored(block, attribute) for name, block in resources[terraform_type].items()
            }
    return ({**config, "resource": resources} if notices else config), notices


def _without_arguments(
    config: dict[str, Any], dropped: Callable[[Any], bool]
) -> tuple[dict[str, Any], list[str]]:
    """The document without the arguments of ``unset`` whose value is to be dropped, and a notice for each of them."""
    resources, notices = dict(config.get("resource", {})), []
    for key, reason in unset().items():
        terraform_type, _, argument = key.partition(".")
        named = resources.get(terraform_type, {})
        gone = {name for name, block in named.items() if argument in block and dropped(block[argument])}
        if gone:
            notices.append(f"{terraform_type}: {argument} is left out of the sandbox: {reason}.")
            resources[terraform_type] = {
                name: {key: value for key, value in block.items() if name not in gone or key != argument}
                for name, block in named.items()
            }
    return ({**config, "resource": resources} if notices else config), notices


def _with_ignored(block: Mapping[str, Any], attribute: str) -> dict[str, Any]:
    (lifecycle,) = listed(block.get("lifecycle", {}))
    ignored = lifecycle.get("ignore_changes", [])
    # "all" ignores this one, too.
    more = ignored if ignored == "all" else [*ignored, attribute]
    return {**block, "lifecycle": {**lifecycle, "ignore_changes": more}}


def _blocks(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Everything that can refer or be referred to, by the address that a reference uses."""
    for prefix, kind in TYPED:
        for terraform_type, named in config.get(kind, {}).items():
            for name, block in named.items():
                yield f"{prefix}{terraform_type}.{name}", block
    for prefix, kind in UNTYPED:
        for name, block in config.get(kind, {}).items():
            yield f"{prefix}.{name}", block


def _referrers(blocks: Mapping[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for address, block in blocks.items():
        for name in _named(block):
            if name in blocks:
                found.setdefault(name, set()).add(address)
    return found


def _named(value: Any) -> Iterator[str]:
    """What a value may refer to, by address."""
    return (name for text in texts(value) for name in _REFERENCE.findall(text))


def _kept(config: Mapping[str, Any], out: Mapping[str, str]) -> dict[str, Any]:
    kept = dict(config)
    for prefix, kind in TYPED:
        kept[kind] = {
            terraform_type: left
            for terraform_type, named in config.get(kind, {}).items()
            if (left := {n: b for n, b in named.items() if f"{prefix}{terraform_type}.{n}" not in out})
        }
    for prefix, kind in UNTYPED:
        kept[kind] = {n: b for n, b in config.get(kind, {}).items() if f"{prefix}.{n}" not in out}
    # Terraform refuses a kind without a block.
    emptied = {kind for _, kind in (*TYPED, *UNTYPED) if not kept[kind]}
    return {key: value for key, value in kept.items() if key not in emptied}

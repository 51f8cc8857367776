"""What a waiver is bound to: the digest of a resource, in words that are the same in every account.

The same code makes a resource in hundreds of accounts, each with the account's own id and names in it. What somebody
looked at and approved is that resource, and not three hundred. So the digest is of the resource with what the spec
says of its place taken out: account, region, stack, and the tags that the spec gives it. The tier and the class of data
count, whether or not they are among the tags. Nothing is lost by that: what a resource is in one place can be told from
what is left, so any other change to it shows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import yaml

from landform.checks.finding import Finding
from landform.digest import digest
from landform.org.format import format_text
from landform.org.yaml_tree import Fields, Items, Node, read_tree
from landform.org.yaml_write import write_tree
from landform.policies.view import StackView
from landform.synth.bundle import StackRecord

Forms = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By Terraform address the digests of the forms that a resource has, and by digest the stacks where it has the form."""

# A text that holds it has it twice in the digest, so that nothing passes for a name.
_MARK = "\0"
# A resource that is to hold more sensitive data is no longer the one that was looked at.
_DATA_CLASS = "data-class"


def resource_digest(copy: Mapping[str, Any], address: str, record: StackRecord) -> str:
    """The digest of a resource or data source, without its comments and without what the spec says of its place.

    Anything else, as a provider, stands for its whole stack.

    Args:
        copy: the stack's scan copy.
        address: Terraform's.
        record: the stack.
    """
    return _digest_in(StackView("", copy), copy, address, record)


def digests_of(
    copies: Mapping[str, Mapping[str, Any]], records: Mapping[str, StackRecord]
) -> Callable[[Finding], str]:
    """The digest of a finding's resource, for findings of some stacks.

    Args:
        copies: the stacks' scan copies by name.
        records: the stacks by name.
    """

    # Findings come stack by stack, and a fleet's stacks do not fit into the memory.
    @functools.lru_cache(maxsize=2)
    def read(name: str) -> tuple[StackView, Mapping[str, Any]]:
        copy = copies[name]
        return StackView("", copy), copy

    def of(finding: Finding) -> str:
        return _digest_in(*read(finding.stack), finding.address, records[finding.stack])

    return of


def forms_of(findings: Iterable[Finding], digest_of: Callable[[Finding], str]) -> Forms:
    """The forms of the resources of some findings, everything sorted."""
    found: dict[str, dict[str, set[str]]] = {}
    for finding in findings:
        forms = found.setdefault(finding.address, {})
        forms.setdefault(digest_of(finding), set()).add(finding.stack)
    return {
        address: {form: tuple(sorted(stacks)) for form, stacks in sorted(forms.items())}
        for address, forms in sorted(found.items())
    }


def bind_of(forms: Forms) -> dict[str, list[str]]:
    """What a waiver's ``bind`` holds."""
    return {address: list(each) for address, each in forms.items()}


def bound_text(text: str, file: str, forms: Forms) -> str:
    """A waiver's file bound to some forms, in the form of ``landform org fmt``.

    Its comments are kept, but for those in what bound it before. Beside each digest stands where it was seen.

    Raises:
        LandformError: as ``format_text``.
    """
    (entry,) = read_tree(yaml.safe_dump({"bind": bind_of(forms)}, width=10**6)).entries
    if isinstance(entry.value, Fields):
        for address in entry.value.entries:
            _remark(address.value, forms[address.name])
    tree = read_tree(text)
    known = tree.get("bind")
    if known:
        known.value = entry.value
    else:
        tree.entries.append(entry)
    return format_text(write_tree(tree), file)


def _remark(digests: Node, stacks: Mapping[str, Sequence[str]]) -> None:
    if isinstance(digests, Items):
        for entry, (first, *more) in zip(digests.entries, stacks.values(), strict=True):
            entry.beside = f"# {first}" + (f" and {len(more)} more" if more else "")


def _digest_in(view: StackView, copy: Mapping[str, Any], address: str, record: StackRecord) -> str:
    block = view.by_address.get(address)
    if block is None or block.kind not in ("resource", "data"):
        return digest(_elsewhere(copy, record))
    body, tags, missing = dict(block.body), block.body.get("tags"), None
    if isinstance(tags, Mapping):
        given = record.tags
        body["tags"] = {key: value for key, value in tags.items() if given.get(key) != value}
        missing = sorted(key for key, value in given.items() if tags.get(key) != value)
    here = [record.tier, record.tags.get(_DATA_CLASS)]
    return digest([here, missing, _elsewhere(body, record)])


def _elsewhere(value: Any, record: StackRecord) -> Any:
    """A value with marks in place of what says where it is."""
    marks = {
        record.region: "region",
        record.account: "account",
        record.account_id: "account_id",
        record.name: "stack",
    }
    names = sorted(filter(None, marks), key=len, reverse=True)
    pattern = re.compile(rf"{_MARK}|(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, names))})(?![A-Za-z0-9])")

    def marked(text: str) -> str:
        return pattern.sub(lambda found: f"{_MARK}{marks.get(found[0], '')}{_MARK}", text)

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return marked(value)
        if isinstance(value, dict):
            return {marked(key): walk(inner) for key, inner in value.items()}
        return [walk(inner) for inner in value] if isinstance(value, list) else value

    return walk(value)

"""Policies of an organisation, kept within what AWS takes: how long a document is, and how many stand at one place.

Follows "Quotas and service limits for AWS Organizations". A document of ``org/policies`` is one policy under its own
name for as long as that can be, so that what is in AWS is the text that somebody reviewed, and a new document touches
no other. Where a document is too long, or a place would get more of them than AWS takes, that place has policies of
its own instead: the statements of all its documents, in as few as hold them.

Of several policies at one place AWS adds up what allows and what denies, so that it does not matter which of them a
statement stands in.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

VERSION = "2012-10-17"
ROOT = "Root"
"""How a unit names the root of the organisation."""

Kind = Literal["scp", "rcp", "tag", "backup", "ai", "ec2"]


@dataclass(frozen=True, slots=True)
class Limits:
    """A kind of policy: AWS's name of it, the characters of a document, and how many stand at one place.

    AWS's own FullAWSAccess and RCPFullAWSAccess, which stand everywhere, are not among them.
    """

    type: str
    characters: int
    attached: int


KINDS: Mapping[Kind, Limits] = {
    "scp": Limits("SERVICE_CONTROL_POLICY", 5_120, 4),
    "rcp": Limits("RESOURCE_CONTROL_POLICY", 5_120, 4),
    "tag": Limits("TAG_POLICY", 10_000, 10),
    "backup": Limits("BACKUP_POLICY", 10_000, 10),
    "ai": Limits("AISERVICES_OPT_OUT_POLICY", 2_500, 5),
    "ec2": Limits("DECLARATIVE_POLICY_EC2", 10_000, 10),
}

# What the organisation's own stack puts there beside the documents of the spec: its guardrails at the root, at an
# account what its status says.
_TAKEN_AT_ROOT: Mapping[Kind, int] = {"scp": 2, "rcp": 1, "tag": 1, "ai": 1}
_TAKEN_AT_ACCOUNT: Mapping[Kind, int] = {"scp": 1}

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arranged:
    """One policy: its content, where it is attached, and the documents that it holds.

    ``name`` is that of its document, or the place's with a number, as ``Workloads/Prod-1``.
    """

    name: str
    content: Document
    places: tuple[str, ...]
    documents: tuple[str, ...]

    @property
    def packed(self) -> bool:
        """Whether it is not a document as it is."""
        return (self.name,) != self.documents


def room(kind: Kind, place: str, *, account: bool) -> int:
    """How many policies of the spec a place takes: the root, a unit, or an account."""
    taken = _TAKEN_AT_ACCOUNT if account else _TAKEN_AT_ROOT if place == ROOT else {}
    return KINDS[kind].attached - taken.get(kind, 0)


def arrange(
    kind: Kind,
    documents: Mapping[str, Document],
    attached: Mapping[str, Sequence[str]],
    accounts: Iterable[str] = (),
) -> tuple[Arranged, ...]:
    """The policies that there are to be, sorted by name.

    Where a place has more than ``room`` of them nothing could be done about it; the caller says so, with
    ``sizes``.

    Args:
        kind: of which kind they are.
        documents: by name.
        attached: the names of the documents at each place: the root, units by path, accounts by name.
        accounts: which of the places are accounts.
    """
    members = frozenset(accounts)
    places: dict[str, list[str]] = {}
    packed: list[Arranged] = []
    for place, names in sorted(attached.items()):
        held = sorted(set(names))
        if _whole(kind, documents, held, room(kind, place, account=place in members)):
            for name in held:
                places.setdefault(name, []).append(place)
            continue
        most = room(kind, place, account=place in members)
        for number, (content, of) in enumerate(pack(kind, documents, held, most=most), start=1):
            packed.append(Arranged(f"{place}-{number}", content, (place,), of))
    whole = [Arranged(name, documents[name], tuple(at), (name,)) for name, at in places.items()]
    return tuple(sorted((*whole, *packed), key=lambda policy: (policy.packed, policy.name)))


def pack(
    kind: Kind, documents: Mapping[str, Document], names: Iterable[str], *, most: int
) -> list[tuple[Document, tuple[str, ...]]]:
    """The statements of some documents in as few policies as hold them, each with the documents they came from.

    They are taken by document and id, each into the first policy with room, so that one more moves few of the others.
    Where that takes more than ``most`` policies, the longest go first, which needs fewer. What is no document of
    statements or entries as AWS's grammar has it stays as it is.
    """
    ordered = sorted(set(names))
    rigid: list[tuple[Document, tuple[str, ...]]] = [
        (documents[name], (name,)) for name in ordered if not _divisible(documents[name])
    ]
    pieces = _pieces(documents, [name for name in ordered if _divisible(documents[name])])
    found = _first_fit(kind, pieces)
    if len(found) + len(rigid) > most:
        by_size = sorted(pieces, key=lambda piece: -size(_assembled([piece])))
        found = min(found, _first_fit(kind, by_size), key=len)
    return [*rigid, *((_assembled(each), tuple(sorted({one.document for one in each}))) for each in found)]


def size(document: Document) -> int:
    """The characters of a document as it is handed to AWS, without spaces that mean nothing."""
    return len(minified(document))


def minified(document: Document) -> str:
    """A document as it is handed to AWS."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def sizes(documents: Mapping[str, Document], names: Iterable[str]) -> str:
    """The length of each document, for an error."""
    return ", ".join(f"{name} of {size(documents[name])}" for name in sorted(set(names)))


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never taken apart: a statement, or what a document of another kind has at ``path``."""

    document: str
    path: tuple[str, ...]
    value: Any


def _whole(kind: Kind, documents: Mapping[str, Document], names: Sequence[str], most: int) -> bool:
    return len(names) <= most and all(size(documents[name]) <= KINDS[kind].characters for name in names)


def _divisible(document: Document) -> bool:
    if "Statement" not in document:
        return all(isinstance(entries, Mapping) for entries in document.values())
    return (
        document.keys() == {"Version", "Statement"}
        and document["Version"] == VERSION
        and all(
            isinstance(each, Mapping) and isinstance(each.get("Sid", ""), str)
            for each in _listed(document["Statement"])
        )
    )


def _pieces(documents: Mapping[str, Document], names: Sequence[str]) -> list[_Piece]:
    statements = [(name, each) for name in names for each in _statements(documents[name])]
    said = Counter(each.get("Sid") for _, each in statements)
    pieces = []
    for name, each in statements:
        # An id stands once in a policy; one that two documents have gets the document's name before it.
        twice = each.get("Sid") and said[each["Sid"]] > 1
        pieces.append(_Piece(name, (), {**each, "Sid": _words(name) + each["Sid"]} if twice else each))
    for name in names:
        if "Statement" not in documents[name]:
            for top, entries in sorted(documents[name].items()):
                pieces += [_Piece(name, (top, key), value) for key, value in sorted(entries.items())]
    return pieces


def _statements(document: Document) -> list[Document]:
    given = _listed(document.get("Statement", []))
    return sorted(given, key=lambda each: (each.get("Sid", ""), minified(each)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _first_fit(kind: Kind, pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    policies: list[list[_Piece]] = []
    for piece in pieces:
        for policy in policies:
            # What two documents say at one path stays two policies: AWS knows how to merge them.
            apart = piece.path and any(other.path == piece.path for other in policy)
            if not apart and size(_assembled([*policy, piece])) <= KINDS[kind].characters:
                policy.append(piece)
                break
        else:
            policies.append([piece])
    return policies


def _assembled(pieces: Sequence[_Piece]) -> Document:
    ordered = sorted(
        pieces, key=lambda piece: (piece.document, piece.path, _sid(piece), minified(piece.value))
    )
    if not ordered[0].path:
        return {"Version": VERSION, "Statement": [piece.value for piece in ordered]}
    document: dict[str, Any] = {}
    for piece in ordered:
        document.setdefault(piece.path[0], {})[piece.path[1]] = piece.value
    return document


def _sid(piece: _Piece) -> str:
    return str(piece.value.get("Sid", "")) if isinstance(piece.value, Mapping) else ""


def _words(name: str) -> str:
    """``deny-gpus`` as ``DenyGpus``."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))

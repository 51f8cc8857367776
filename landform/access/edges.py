"""Access from one account to another: both halves of it, or the half that is missing.

Between accounts both sides must allow: the policy of the resource, and a policy of who asks ("Cross-account policy
evaluation logic" of the IAM guide). A half alone gives nothing today, and gives everything the day somebody adds the
other; so it is told too.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from landform.access.matrix import EVERYONE, Row, Wanted, accounts_named, matrix, resource_of
from landform.access.model import Holdings, Principal
from landform.access.rights import Right

COMPLETE = "complete"
NO_IDENTITY = "the other account's half is not in the bundle"
NOBODY = "nobody in the other account has the other half"
NO_RESOURCE = "the resource's half is missing"
NOT_MADE = "the resource is not in the bundle"


@dataclass(frozen=True)
class Edge:
    """One principal that reaches, or would reach, a resource of another account.

    Attributes:
        source: who, as people call it.
        source_account: its account by name, or by id where the bundle does not have it; empty for everyone.
        target: the ARN of the resource.
        target_accounts: the accounts that have such a resource, by name.
        halves: ``complete``, or which half is missing.
        rights: what is allowed, or would be.
        row: the row of the matrix; None where the bundle does not make the resource.
        patterns: where there is no row, what the policies name there.
    """

    source: str
    source_account: str
    target: str
    target_accounts: tuple[str, ...]
    halves: str
    rights: tuple[Right, ...] = ()
    row: Row | None = None
    patterns: tuple[str, ...] = ()


def edges(
    holdings: Holdings, wanted: Wanted, on_progress: Callable[[int, int], None] | None = None
) -> tuple[Edge, ...]:
    """Every edge that is wanted, by source and target."""
    asked = Wanted(wanted.stacks, wanted.principals, wanted.resources, wanted.levels, across=True)
    rows = matrix(holdings, asked, on_progress)
    found = [edge for row in rows for edge in _of_row(row, holdings)]
    made = {target.arn for target in holdings.targets}
    found += _to_nobody(rows, asked, holdings)
    found += [
        edge
        for account in holdings.accounts
        for principal in account.principals
        if (wanted.stacks is None or principal.origin.stack in wanted.stacks)
        for edge in _to_elsewhere(principal, account.name, made, holdings)
    ]
    return tuple(sorted(found, key=lambda edge: (edge.source_account, edge.source, edge.target)))


def _of_row(row: Row, holdings: Holdings) -> Iterator[Edge]:
    identity = row.who.identity
    if identity.type not in ("AWS", "*") and row.who.kind != EVERYONE:
        return
    allowed = tuple(right for right in row.rights if right.state != "stopped")
    there = row.who.account or _account_name(identity.account or "", holdings)
    if identity.account == row.target.origin.account_id:
        # Of the same account, and made by none of the bundle's stacks.
        return
    if allowed:
        halves = COMPLETE if row.who.account or row.who.kind == EVERYONE else NO_IDENTITY
        yield Edge(row.who.name, there, row.target.arn, row.accounts, halves, allowed, row)
        return
    half = tuple(right for right in row.rights if "resource policy" in right.decision.missing)
    if half and row.who.account:
        yield Edge(row.who.name, there, row.target.arn, row.accounts, NO_RESOURCE, half, row)


def _account_name(id: str, holdings: Holdings) -> str:
    return holdings.by_id[id].name if id in holdings.by_id else id


def _to_nobody(rows: tuple[Row, ...], wanted: Wanted, holdings: Holdings) -> list[Edge]:
    """Accounts of the bundle that a resource's policy names as a whole, and none of whose principals uses it."""
    used = {(row.who.account, row.target.arn) for row in rows if row.reaches}
    found: dict[object, tuple[Edge, list[str]]] = {}
    for account in holdings.accounts:
        for target in account.targets:
            if not wanted.target(target) or not (
                wanted.stacks is None or target.origin.stack in wanted.stacks
            ):
                continue
            for id in accounts_named(target):
                there = holdings.by_id.get(id)
                if there is None or there is account or (there.name, target.arn) in used:
                    continue
                edge = Edge(f"account {id}", there.name, target.arn, (), NOBODY)
                found.setdefault((id, target.alike(account)), (edge, []))[1].append(account.name)
    return [replace(edge, target_accounts=tuple(names)) for edge, names in found.values()]


def _to_elsewhere(
    principal: Principal, account: str, made: Container[str], holdings: Holdings
) -> Iterator[Edge]:
    """What a principal's policies name of accounts that the bundle does not have, or does not make there."""
    named: dict[str, list[str]] = {}
    for document in principal.documents:
        for statement in document.read().statements if document.text else ():
            resources = statement.resources
            if not statement.allows or resources is None or resources.excluded:
                continue
            for text in resources.patterns:
                parts = text.split(":", 5)
                other = len(parts) == 6 and parts[4].isdigit() and parts[4] != principal.identity.account
                if other and resource_of(text) not in made:
                    named.setdefault(parts[4], []).append(text)
    for id, patterns in named.items():
        there = _account_name(id, holdings)
        yield Edge(
            principal.name,
            account,
            patterns[0] if len(patterns) == 1 else f"{len(patterns)} resources of {there}",
            (there,),
            NOT_MADE,
            patterns=tuple(patterns),
        )

"""Requests taken into the spec: judged against the whole organisation, with addresses allotted. Writes nothing.

A request that is there already is no second account: its digest and its key stand in the account's file, so that
whoever has to ask twice may.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from landform.errors import Code, LandformError, LandformErrors, raise_all
from landform.org.addresses import allot
from landform.org.document import Document
from landform.org.format import format_text
from landform.org.load import in_order, model_of
from landform.org.lock import LOCK, Lock, lock_text
from landform.org.models import Account
from landform.org.reach import Reach
from landform.org.round_trip import read_round_trip, written
from landform.org.spec import ORGANIZATION, OrgSpec, account_file
from landform.org.validate import validate
from landform.org.validate_network import demands, pool_errors
from landform.vending.request import Request

# Places of what was accepted lead into the request; places of the rest into the spec.
Errors = Iterator[LandformError]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Requests and the spec with their accounts.

    Attributes:
        before: the spec without them.
        spec: the spec with them.
        requests: all of them, in the order that they came.
        accounts: the account of each, in the same order.
        new: the names of those that the spec did not have.
        files: what is to be written, by file; nothing where all were there.
    """

    before: OrgSpec
    spec: OrgSpec
    requests: tuple[Request, ...]
    accounts: tuple[Account, ...]
    new: frozenset[str]
    files: Mapping[str, str]


def accept(
    spec: OrgSpec,
    requests: Sequence[Request],
    *,
    today: dt.date,
    approvals: Mapping[str, Collection[str]] | None = None,
    waiting: Lock | None = None,
) -> Accepted:
    """Take requests into a spec, all or none.

    Args:
        spec: all of the organisation, with its lock file.
        requests: one or more.
        today: the day of the requests that do not say theirs.
        approvals: who has approved each request, by its digest.
        waiting: the blocks of changes that are not merged yet, which nobody else gets.

    Raises:
        LandformError: ``request-replayed`` where a key was used for something else, ``request`` for an account that is
            there and was not made from this request, ``spec-...`` for what breaks a rule of the spec; all in one go.
    """
    raise_all([*_repeated(requests), *_too_many(spec, requests)])
    errors: list[LandformError] = []
    there: dict[str, Account] = {}
    documents: dict[str, Document] = {}
    made: dict[str, Account] = {}
    for request in requests:
        try:
            found = _found(spec, request)
            if found is not None:
                there[request.digest] = found
                continue
            document = _document(spec, request, today, (approvals or {}).get(request.digest, ()))
            made[request.digest] = model_of(document, Account)
            documents[account_file(request.name)] = document
        except LandformError as error:
            errors.extend(error.each())
    raise_all(in_order(errors))
    after = replace(
        spec,
        # What two accounts cannot share is told of the second.
        accounts=(*spec.accounts, *made.values()),
        documents={**spec.documents, **documents},
    )
    accounts = tuple(there.get(request.digest) or made[request.digest] for request in requests)
    lock = _allotted(after, {account.name for account in accounts}, today, waiting or Lock({}))
    files = {file: _text(document) for file, document in documents.items()}
    if lock.blocks != spec.lock.blocks:
        files[LOCK] = lock_text(lock)
    return Accepted(
        before=spec,
        spec=replace(after, lock=lock),
        requests=tuple(requests),
        accounts=accounts,
        new=frozenset(account.name for account in made.values()),
        files=files,
    )


def _repeated(requests: Sequence[Request]) -> Errors:
    """Two requests for one account, or of one key."""
    for what in ("name", "key"):
        first: dict[str, Request] = {}
        for request in requests:
            value = getattr(request, what)
            if value is not None and first.setdefault(value, request) is not request:
                yield LandformError(
                    Code.REQUEST,
                    f"Two requests have one {what}.",
                    place=request.place(what),
                    given=f"{value}, first at {first[value].place(what)}",
                    fix="Take one of them out.",
                )


def _too_many(spec: OrgSpec, requests: Sequence[Request]) -> Errors:
    most = spec.organization.max_accounts
    names = {account.name for account in spec.accounts}
    # An account that AWS has closed counts no longer.
    standing = sum(account.status != "closed" for account in spec.accounts)
    new = sum(request.name not in names for request in requests)
    if most is not None and new and standing + new > most:
        yield LandformError(
            Code.REQUEST,
            "The organisation would have more accounts than its quota.",
            place=requests[0].place("name"),
            given=f"{standing} accounts and {new} requested",
            expected=f"at most {most}, max_accounts of {ORGANIZATION}",
            fix="Have AWS raise the quota `Default maximum number of accounts`, then max_accounts.",
        )


def _found(spec: OrgSpec, request: Request) -> Account | None:
    """The account that was made from this request, if one was.

    Raises:
        LandformError: ``request-replayed`` and ``request``.
    """
    for account in spec.accounts:
        record = account.change.request if account.change else None
        if record and request.key is not None and record.key == request.key:
            if record.digest == request.digest:
                return account
            raise LandformError(
                Code.REQUEST_REPLAYED,
                "The key of this request was used before, for a request that says something else.",
                place=request.place("key"),
                given=f"{request.key}, now for {request.name} and {request.digest}",
                expected=f"the request for {account.name} of {record.digest}",
                fix="Give a new request a new key; send a retried one as it was.",
            )
        if account.name == request.name:
            if record and record.digest == request.digest:
                return account
            made_from = record.digest if record else "no request"
            raise LandformError(
                Code.REQUEST,
                f"There is an account {account.name!r}, and it was not made from this request.",
                place=request.place("name"),
                given=f"{request.digest}, and {made_from} in {account_file(account.name)}",
                expected="a name that no account has, or the very request that it was made from",
                fix="Choose another name, or change the account's own file.",
            )
    return None


def _document(spec: OrgSpec, request: Request, today: dt.date, approved: Collection[str]) -> Document:
    """The file that a request becomes, as a document whose places lead into the request."""
    change = request.values.get("change")
    if not isinstance(change, Mapping):
        raise LandformError(
            Code.SPEC_MISSING_KEY,
            "The request does not say who asks, and why.",
            place=request.place(),
            expected="change: { requested_by: NAME, reason: TEXT }",
        )
    record = {"digest": request.digest, **({"key": request.key} if request.key else {})}
    approvers = [*change.get("approved_by", ()), *sorted(approved)]
    extra: dict[str, Any] = {
        "status": "requested",
        "change": {
            **change,
            **({"approved_by": list(dict.fromkeys(approvers))} if approvers else {}),
            "date": change.get("date", today.isoformat()),
            "request": record,
        },
    }
    if "email" not in request.values:
        template = spec.organization.naming.email
        if template is None:
            raise LandformError(
                Code.SPEC_MISSING_KEY,
                "The key 'email' is missing.",
                place=request.place(),
                expected=f"email: an address that no account has, or naming.email in {ORGANIZATION}",
            )
        extra["email"] = template.format(account=request.name)
    return request.account_document(extra)


def _allotted(spec: OrgSpec, names: Collection[str], today: dt.date, waiting: Lock) -> Lock:
    """The lock file with the blocks of some accounts; where one cannot have its own, all that is wrong is told."""
    errors = list(pool_errors(spec, Reach(spec)))
    if not errors:
        wanted = [demand for demand in demands(spec) if demand.account in names]
        try:
            pools = {pool.name: pool for pool in spec.pools}
            return allot(spec.lock, pools, wanted, as_of=today, waiting=waiting)
        except LandformError as error:
            errors = list(error.each())
    without = replace(
        spec,
        accounts=tuple(
            account.model_copy(update={"network": None}) if account.name in names else account
            for account in spec.accounts
        ),
    )
    found = {str(error): error for error in (*errors, *validate(without, Reach(without)))}
    raise LandformErrors(in_order(list(found.values())))


def _text(document: Document) -> str:
    """An account's file: the request's own text where it is YAML, its comments too, in the spec's one form."""
    if document.text.lstrip().startswith("{"):
        return format_text(written(document.value), document.file)
    tree = read_round_trip(document.text)
    tree.pop("key", None)
    for name, value in document.value.items():
        if tree.get(name) != value:
            tree[name] = value
    return format_text(written(tree), document.file)

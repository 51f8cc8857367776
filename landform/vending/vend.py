"""From requests to a checked preview: what ``landform vend`` and ``landform serve`` do before anything is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.pool import Pool
from pathlib import Path

from landform.access.gather import gather
from landform.access.matrix import Wanted, matrix
from landform.checks.cache import cache_of
from landform.checks.run import check
from landform.errors import Code, LandformError, raise_all
from landform.org.fleet import Fleet, StackInstance
from landform.org.load import in_order, load
from landform.org.models import Account
from landform.org.reach import Reach
from landform.org.resolve import expand, judge_spec, resolve
from landform.org.spec import OrgSpec
from landform.synth.bundle import Bundle
from landform.synth.run import synth
from landform.vending.accept import Accepted, accept
from landform.vending.approvals import approved_by
from landform.vending.change import SpecChange
from landform.vending.preview import Preview, preview_of
from landform.vending.preview_markdown import markdown
from landform.vending.request import Request, read_request
from landform.vending.waiting import waiting

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Vended:
    """What requests come to: a change of the spec, and everything that can be said of it before it is made.

    Attributes:
        change: what is to be written; it has no files where every request was granted before.
        preview: what the accounts get.
        bundle: the stacks of the preview, synthesised and checked.
    """

    change: SpecChange
    preview: Preview
    bundle: Bundle

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.change.files)


def vend(
    project: Path,
    requests: Sequence[tuple[str, str]],
    *,
    today: dt.date,
    out: Path,
    signatures: Sequence[tuple[str, str]] = (),
    checks_python: Path | None = None,
    pool: Pool | None = None,
    on_step: OnStep = lambda step: None,
) -> Vended:
    """Judge requests, and synthesise and check what they add or change. Nothing of the project is written.

    Args:
        project: the project's folder.
        requests: what errors call each, and its text.
        today: the day for which waivers are judged, and of the requests that do not say theirs.
        out: a folder for the preview's bundle.
        signatures: of a single request: what errors call each, and its text.
        checks_python: the interpreter in whose environment checkov is, unless it is this one.
        pool: processes for the checks that are there already, if there are any (``rules_ahead``).
        on_step: called with each step before it begins.

    Raises:
        LandformError: everything that is wrong with the requests in one go; what keeps stacks from being synthesised
            or checked. Findings are no error: the preview has them.
    """
    on_step("reading the requests")
    read = _read(requests)
    on_step("reading the organisation")
    spec = load(project)
    on_step("judging the requests")
    approved = {
        request.digest: approved_by(request, signatures, spec.approvers, today)
        for request in read
        if signatures
    }
    accepted = accept(spec, read, today=today, approvals=approved, waiting=waiting(project, spec.lock))
    shown, instances, unchanged = _instances(accepted)
    on_step(f"synthesising {len(instances)} stacks")
    result = synth(replace(shown, instances=instances), instances, project=project, out=out)
    on_step("checking")
    report = check(
        result.bundle,
        tuple(result.bundle.stacks.values()),
        as_of=today,
        project=project,
        checks_python=checks_python,
        cache=cache_of(project, checks_python),
        pool=pool,
    )
    on_step("working out who can do what")
    holdings = gather(result.bundle)
    rows = matrix(holdings, Wanted())
    preview = preview_of(
        accepted, shown, instances, result.bundle, report, holdings=holdings, rows=rows, unchanged=unchanged
    )
    return Vended(_change(accepted, preview), preview, result.bundle)


def _read(requests: Sequence[tuple[str, str]]) -> list[Request]:
    errors: list[LandformError] = []
    read = []
    for file, text in requests:
        try:
            read.append(read_request(text, file))
        except LandformError as error:
            errors.extend(error.each())
    raise_all(in_order(errors))
    return read


def _instances(accepted: Accepted) -> tuple[Fleet, tuple[StackInstance, ...], int]:
    """The organisation as it would be, the stacks that come or change, and how many of those compared stay.

    An account that AWS has not made has no id, and its stacks need one: in the preview it is a number that no account
    has. Stacks of other accounts see the account as it is requested.
    """
    names = [account.name for account in accepted.accounts]
    own = judge_spec(_with_ids(accepted), only=names)
    requested = {request.document.file for request in accepted.requests}
    weakened = [each for each in own.refused if each.said.place.file in requested]
    raise_all(
        [
            LandformError(
                Code.REQUEST_WEAKENS,
                f"The request asks for a weaker {'.'.join(map(str, each.path))} than the layers above allow.",
                place=each.said.place,
                given=str(each.said.value),
                expected=str(each.holds),
                fix="Leave it out, or have the layer that says it changed.",
            )
            for each in weakened
        ]
    )
    raise_all(list(_without_budget(accepted, own.fleet)))
    readers = sorted(
        {account.name for account in accepted.spec.accounts} & _readers(accepted.spec) - set(names)
    )
    if not readers:
        return own.fleet, own.fleet.instances, 0
    before = {each.key: each.digest for each in expand(accepted.before, only=readers)}
    after = resolve(accepted.spec, only=readers).instances
    changed = [each for each in after if before.get(each.key) != each.digest]
    found = sorted((*own.fleet.instances, *changed), key=lambda instance: instance.key)
    return own.fleet, tuple(found), len(after) - len(changed)


def _readers(spec: OrgSpec) -> set[str]:
    """The accounts with stacks that read the whole organisation: no other account's change with a new account."""
    rules = {rule.id for rule in spec.stacks if rule.tree}
    if not rules:
        return set()
    return {name for name, stacks in Reach(spec).stacks.items() if rules & stacks.keys()}


def _with_ids(accepted: Accepted) -> OrgSpec:
    """The spec in which the requested accounts are there, each with an id that no account has."""
    taken = {account.account_id for account in accepted.spec.accounts}
    free = (f"{number:012}" for number in range(len(taken) + len(accepted.accounts) + 1))
    ids = (id for id in free if id not in taken)
    names = {account.name for account in accepted.accounts}

    def there(account: Account) -> Account:
        if account.name not in names:
            return account
        known = account.account_id or next(ids)
        return account.model_copy(update={"account_id": known, "status": "active"})

    return replace(accepted.spec, accounts=tuple(map(there, accepted.spec.accounts)))


def _without_budget(accepted: Accepted, fleet: Fleet) -> list[LandformError]:
    """What a month of an account may cost is said before there is one."""
    places = {request.name: request.place() for request in accepted.requests}
    unbounded = {
        instance.account.name
        for instance in fleet.instances
        if not (instance.settings.budget and instance.settings.budget.monthly_usd)
    }
    return [
        LandformError(
            Code.REQUEST,
            f"Nothing says what the account {name!r} may cost in a month.",
            place=places[name],
            expected="budget: { monthly_usd: DOLLARS }, here or in a layer above",
        )
        for name in sorted(unbounded & accepted.new)
    ]


def _change(accepted: Accepted, preview: Preview) -> SpecChange:
    names = sorted(accepted.new)
    if not names:
        return SpecChange({}, "nothing to vend: every request was granted before")
    few = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return SpecChange(accepted.files, f"vend {few}", markdown(preview))

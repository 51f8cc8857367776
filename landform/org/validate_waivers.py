"""The rules of waivers: how long, by whom, over what. Their tiers set the limits."""

from __future__ import annotations

from landform.errors import Code, LandformError, Place
from landform.org.models import Tier, Waiver
from landform.org.problems import Errors, own_approval, unknown, unmatched
from landform.org.reach import Reach
from landform.org.select import among
from landform.org.spec import OrgSpec, waiver_file


def waiver_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """What waivers may not do in the tiers that they reach, and scopes that hold nothing."""
    for waiver in spec.waivers:
        file = waiver_file(waiver.id)
        if spec.whole:
            yield from _scope(spec, reach, waiver, file)
        tiers = reach.tiers_reached_by(waiver)
        yield from _approvers(spec, waiver, file, tiers)
        yield from _days(spec, waiver, file, tiers)
        yield from _never(spec, waiver, file, tiers)


def approval_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Waivers that whoever asked for them approved, and those that end before they begin."""
    for waiver in spec.waivers:
        file = waiver_file(waiver.id)
        for index, approver in own_approval(waiver.requested_by, waiver.approved_by):
            yield _broken(
                "Who asks for a waiver cannot approve it.",
                spec.place(file, "approved_by", index),
                given=approver,
                expected="somebody else",
                fix="Take the name out, and have somebody else approve it.",
            )
        if waiver.expires < waiver.created:
            yield _broken(
                "The waiver expires before it begins.",
                spec.place(file, "expires"),
                given=f"{waiver.expires.isoformat()}, created {waiver.created.isoformat()}",
                expected="a date after `created`",
                fix="Correct one of the two dates.",
            )


def _approvers(spec: OrgSpec, waiver: Waiver, file: str, tiers: list[Tier]) -> Errors:
    for tier in tiers:
        approvers = tier.waivers.approvers
        if approvers is not None and not {*approvers} & {*waiver.approved_by}:
            yield _broken(
                f"Nobody who may approve waivers of the tier {tier.name!r} has approved this one.",
                spec.place(file, "approved_by"),
                given=", ".join(waiver.approved_by),
                expected=f"at least one of {', '.join(approvers)}" if approvers else "no waiver at all",
                fix="Have one of them approve it, or narrow the scope to other tiers.",
            )


def _scope(spec: OrgSpec, reach: Reach, waiver: Waiver, file: str) -> Errors:
    scope = waiver.scope
    ids = {rule.id for rule in spec.stacks}
    errors = unmatched(
        spec,
        file,
        ("scope",),
        {
            "accounts": ("account", scope.accounts, reach.accounts),
            "tiers": ("tier", scope.tiers, reach.tiers),
        },
    )
    errors += [
        unknown(spec.place(file, "scope", "stacks", index), "stack", glob, ids)
        for index, glob in enumerate(scope.stacks)
        if not among([glob], ids) and not among([glob], reach.full_names)
    ]
    yield from errors
    if not errors and not reach.may_reach(waiver):
        yield LandformError(
            Code.SPEC_REFERENCE,
            "The waiver reaches no stack.",
            place=spec.place(file, "scope"),
            expected="a scope that holds at least one stack of one account",
            fix="Correct the scope, or remove the waiver.",
        )


def _days(spec: OrgSpec, waiver: Waiver, file: str, tiers: list[Tier]) -> Errors:
    days = (waiver.expires - waiver.created).days
    for tier in tiers:
        if days > tier.waivers.max_days:
            yield _broken(
                f"The waiver lasts longer than the tier {tier.name!r} allows.",
                spec.place(file, "expires"),
                given=f"{days} days",
                expected=f"at most {tier.waivers.max_days} days",
                fix="Choose an earlier date, or narrow the scope to other tiers.",
            )


def _never(spec: OrgSpec, waiver: Waiver, file: str, tiers: list[Tier]) -> Errors:
    for tier in tiers:
        for index, check in enumerate(waiver.checks):
            if check in tier.waivers.never:
                yield _broken(
                    f"The tier {tier.name!r} allows no waiver of this check.",
                    spec.place(file, "checks", index),
                    given=check,
                    expected="a check that is not in the tier's `waivers.never`",
                    fix="Put right what the check finds, or narrow the scope to other tiers.",
                )


def _broken(message: str, place: Place, *, given: str, expected: str, fix: str) -> LandformError:
    return LandformError(Code.SPEC_WAIVER, message, place=place, given=given, expected=expected, fix=fix)

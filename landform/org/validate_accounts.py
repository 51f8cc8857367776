"""The rules of accounts: who they are, where they may be, what they may hold, and who lets them in.

A suspended or closed account is a record of what was: it is not asked to be put right.
"""

from __future__ import annotations

from collections.abc import Callable

from landform.errors import Code, LandformError
from landform.org.combine import Channel
from landform.org.leaves import LEAVES, seconds
from landform.org.models import Account
from landform.org.problems import Errors, duplicate, own_approval, repeated, unknown
from landform.org.reach import Reach
from landform.org.select import matches, ou_path
from landform.org.spec import BASELINES, ORGANIZATION, OUS, STACKS, TIERS, OrgSpec, account_file

_GONE = ("suspended", "closed")
# AWS gives the id when it makes the account.
_WITHOUT_ID = ("requested", "provisioning")
# The providers whose identity tokens name the environment that a job runs in.
_WITH_ENVIRONMENTS = ("github", "gitlab")
# IAM Identity Center, "Set session duration".
_SHORTEST, _LONGEST = "1h", "12h"
_RANK = LEAVES[("max_data_class",)].rank


def account_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Units, tiers, regions and ids of every account; the rest of those that live."""
    of_all, of_living = ([rule for rule, needs in rules if spec.knows(*needs)] for rules in (_ALL, _LIVING))
    for account in spec.accounts:
        for rule in of_all if account.status in _GONE else (*of_all, *of_living):
            yield from rule(spec, reach, account)


def unique_accounts(spec: OrgSpec, reach: Reach) -> Errors:
    """Ids and e-mail addresses that two accounts have."""
    # AWS takes an e-mail address for one account, in whatever case it is written.
    for key, fold in (("account_id", str), ("email", str.lower)):
        first: dict[str, Account] = {}
        for account in spec.accounts:
            value = getattr(account, key)
            other = first.setdefault(fold(value), account) if value else account
            if other is not account:
                place = spec.place(account_file(account.name), key)
                yield duplicate(place, key, value, spec.place(account_file(other.name), key))


def read_account_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Accounts whose ids stacks read, and that have none."""
    organization = spec.organization
    named = [
        (ORGANIZATION, ("management_account",), organization.management_account),
        (ORGANIZATION, ("log_archive_account",), organization.log_archive_account),
        *(
            (STACKS, ("stacks", index, "accounts", at), name)
            for index, rule in enumerate(spec.stacks)
            for at, name in enumerate(rule.accounts)
        ),
    ]
    for file, loc, name in named:
        if name not in reach.accounts:
            if spec.knows(account_file(name)):
                yield unknown(spec.place(file, *loc), "account", name, reach.accounts)
        elif not reach.accounts[name].account_id:
            yield LandformError(
                Code.SPEC_REFERENCE,
                f"Stacks need the id of the account {name!r}, which AWS has not made yet.",
                place=spec.place(file, *loc),
                given=name,
                expected="an account that has an account_id",
            )


def _names(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    file = account_file(account.name)
    yield from repeated(spec, file, ("regions",), account.regions)
    if not account.account_id and account.status not in _WITHOUT_ID:
        yield LandformError(
            Code.SPEC_MISSING_KEY,
            "The key 'account_id' is missing.",
            place=spec.place(file),
            expected="account_id: a quoted string of 12 digits",
            fix="Give the id, or `status: requested` or `provisioning` until AWS has made the account.",
        )


def _known_tier(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    if account.tier not in reach.tiers:
        place = spec.place(account_file(account.name), "tier")
        yield unknown(place, "tier", account.tier, reach.tiers)


def _known_unit(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    if account.ou not in reach.ous:
        place = spec.place(account_file(account.name), "ou")
        yield unknown(place, "organizational unit", account.ou, reach.ous)


def _tier(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    for path in ou_path(account.ou):
        allowed = reach.ous[path].tiers if path in reach.ous else ()
        if allowed and account.tier in reach.tiers and account.tier not in allowed:
            yield LandformError(
                Code.SPEC_REFERENCE,
                f"The organizational unit {path} has no accounts of the tier {account.tier!r}.",
                place=spec.place(account_file(account.name), "tier"),
                given=account.tier,
                expected=f"one of {', '.join(allowed)}",
                fix=f"Move the account to another unit, or allow the tier in {OUS}.",
            )


def _regions(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    allowing = [
        (layer.name, said)
        for layer in reach.layers.of(account)[:-1]
        for _, said in (layer.sections["regions"].statements() if "regions" in layer.sections else ())
        if said.channel is Channel.VALUES
    ]
    for index, region in enumerate(account.regions):
        refusing = next(((name, said) for name, said in allowing if region not in said.value), None)
        if refusing:
            name, said = refusing
            yield LandformError(
                Code.SPEC_REFERENCE,
                f"The account {account.name!r} asks for the region {region}, which the {name} does not allow.",
                place=spec.place(account_file(account.name), "regions", index),
                given=region,
                expected=f"one of {', '.join(said.value)}, the `regions` at {said.place}",
                fix=f"Remove it here, or allow it in {said.place.file}.",
            )


def _data_class(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    if not reach.known(account):
        return
    most = reach.layers.effective(account).settings.max_data_class
    if most is not None and _RANK(account.data_class) < _RANK(most):
        yield _broken(
            spec,
            account,
            f"An account of the tier {account.tier!r} in {account.ou} may not hold {account.data_class} data.",
            ("data_class",),
            given=account.data_class,
            expected=f"at most {most} (max_data_class)",
            fix="Move the account to a tier that may, or keep such data out of it.",
        )


def _expiry(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    if not reach.known(account):
        return
    days = reach.layers.effective(account).settings.max_account_days
    asked = account.change.date if account.change else None
    if days is not None and account.expires is None:
        yield _broken(
            spec,
            account,
            f"An account of the tier {account.tier!r} in {account.ou} must say when it ends.",
            (),
            given=None,
            expected=f"expires: a date, at most {days} days after the request (max_account_days)",
            fix="Add `expires`.",
        )
    elif days is not None and asked is None:
        yield _broken(
            spec,
            account,
            f"Nobody can say how long an account of the tier {account.tier!r} in {account.ou} lives already.",
            ("change",),
            given="no day of the request",
            expected=f"change: the request, with its date; {days} days after it are the last (max_account_days)",
            fix="Say in `change` who asked for it, why and on which `date`.",
        )
    elif account.expires and asked and not 0 <= (account.expires - asked).days <= (days or 36_500):
        yield _broken(
            spec,
            account,
            "The account lives longer than it may, or ends before it was asked for.",
            ("expires",),
            given=f"{account.expires.isoformat()}, asked for on {asked.isoformat()}",
            expected=f"at most {days} days after the request" if days else "a date after the request",
            fix="Choose another date.",
        )


def _deploy(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    deploy, rules = account.deploy, spec.organization.deploy
    if deploy is None:
        return
    if rules.providers and deploy.provider not in rules.providers:
        yield _broken(
            spec,
            account,
            f"The organisation lets no {deploy.provider} deploy.",
            ("deploy", "provider"),
            given=deploy.provider,
            expected=f"one of {', '.join(rules.providers)}",
            fix=f"Allow it under `deploy.providers` in {ORGANIZATION}.",
        )
    if not matches(rules.repositories, deploy.repo):
        yield _broken(
            spec,
            account,
            f"The organisation lets the repository {deploy.repo} deploy nowhere.",
            ("deploy", "repo"),
            given=deploy.repo,
            expected=f"one that matches {', '.join(rules.repositories)}",
            fix=f"Allow it under `deploy.repositories` in {ORGANIZATION}.",
        )
    if deploy.provider in _WITH_ENVIRONMENTS and not deploy.environments:
        yield _broken(
            spec,
            account,
            "Without an environment, every branch of the repository could deploy into the account.",
            ("deploy",),
            given="no environments",
            expected="environments: [one or more]",
            fix="Name the environments whose jobs may deploy.",
        )


def _naming(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    naming = spec.organization.naming
    domain = account.email.rpartition("@")[2].lower()
    for key, value, allowed, fits in (
        ("name", account.name, naming.accounts, matches(naming.accounts, account.name)),
        ("email", account.email, naming.email_domains, matches(naming.email_domains, domain)),
    ):
        if not fits:
            yield _broken(
                spec,
                account,
                f"The organisation does not give accounts such {'names' if key == 'name' else 'addresses'}.",
                (key,),
                given=value,
                expected=f"one that matches {', '.join(allowed)}",
                fix=f"Choose another, or allow it under `naming` in {ORGANIZATION}.",
            )


def _access(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    identity = spec.organization.identity
    longest = identity.max_session or _LONGEST
    for index, access in enumerate(account.access):
        sets = identity.permission_sets
        if sets and access.permission_set not in sets:
            place = spec.place(account_file(account.name), "access", index, "permission_set")
            yield unknown(place, "permission set", access.permission_set, sets)
        session = access.max_session
        if session and not seconds(_SHORTEST) <= seconds(session) <= seconds(longest):
            yield _broken(
                spec,
                account,
                "IAM Identity Center, or the organisation, gives no such session.",
                ("access", index, "max_session"),
                given=session,
                expected=f"{_SHORTEST} to {longest}",
                fix=f"Choose another, or change `identity.max_session` in {ORGANIZATION} ({_LONGEST} is AWS's).",
            )


def _change(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    change = account.change
    for index, approver in own_approval(change.requested_by, change.approved_by) if change else ():
        yield _broken(
            spec,
            account,
            "Who asks for an account cannot approve it.",
            ("change", "approved_by", index),
            given=approver,
            expected="somebody else",
            fix="Take the name out, and have somebody else approve it.",
        )


def _baseline(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    pin = account.baseline
    if pin is None:
        return
    file = account_file(account.name)
    baseline = reach.baseline(account)
    if baseline is None:
        versions = [version for name, version in reach.baselines if name == pin.name]
        names = sorted({name for name, _ in reach.baselines})
        if versions:
            yield unknown(
                spec.place(file, "baseline", "version"),
                f"baseline {pin.name} of version",
                pin.version,
                versions,
            )
        else:
            yield unknown(spec.place(file, "baseline", "name"), "baseline", pin.name, names)
        return
    if baseline.sunset and (pin.pin_until is None or pin.pin_until > baseline.sunset):
        yield _broken(
            spec,
            account,
            f"The baseline {pin.name} {pin.version} ends on {baseline.sunset.isoformat()}.",
            ("baseline", "pin_until"),
            given=pin.pin_until.isoformat() if pin.pin_until else "no pin_until",
            expected=f"pin_until: {baseline.sunset.isoformat()} or earlier",
            fix="Say until when the account stays on it, or take a later version.",
        )
    for index, skipped in enumerate(account.stacks.skip):
        if skipped in baseline.stacks:
            yield _broken(
                spec,
                account,
                f"The stack {skipped!r} belongs to the account's baseline.",
                ("stacks", "skip", index),
                given=skipped,
                expected=f"none of {', '.join(baseline.stacks)}",
                fix="Keep it, or take another baseline.",
            )


_Judging = tuple[Callable[[OrgSpec, Reach, Account], Errors], tuple[str, ...]]

_ALL: tuple[_Judging, ...] = (
    (_names, ()),
    (_known_tier, (TIERS,)),
    (_known_unit, (OUS,)),
    (_tier, (OUS, TIERS)),
    (_regions, (ORGANIZATION, OUS, TIERS)),
)
_LIVING: tuple[_Judging, ...] = (
    (_data_class, (ORGANIZATION, OUS, TIERS)),
    (_expiry, (ORGANIZATION, OUS, TIERS)),
    (_deploy, (ORGANIZATION,)),
    (_naming, (ORGANIZATION,)),
    (_access, (ORGANIZATION,)),
    (_change, ()),
    (_baseline, (BASELINES,)),
)


def _broken(
    spec: OrgSpec,
    account: Account,
    message: str,
    loc: tuple[str | int, ...],
    *,
    given: str | None,
    expected: str,
    fix: str,
) -> LandformError:
    place = spec.place(account_file(account.name), *loc)
    return LandformError(Code.SPEC_ACCOUNT, message, place=place, given=given, expected=expected, fix=fix)

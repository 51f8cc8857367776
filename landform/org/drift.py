"""Where the living organisation and the spec differ, each difference with its code.

Accounts are matched by id, which AWS never changes; names, addresses and units may all have been changed by hand.
Nothing here says which of the two is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from landform.errors import Place
from landform.org.imported import account_names, own_tags, policy_names
from landform.org.living import ROOT_UNIT, LivingAccount, LivingOrganization
from landform.org.models import Account
from landform.org.own_policies import as_said
from landform.org.policies import attached_policies
from landform.org.spec import ORGANIZATION, OUS, OrgSpec, account_file, policy_file


class Drift(Enum):
    """Every kind of difference: its code and what it means."""

    ORGANIZATION = ("other-organization", "The credentials are of another organisation.")
    MANAGEMENT = ("other-management-account", "Another account manages the organisation.")
    MISSING_UNIT = ("missing-unit", "A unit of the spec is not in AWS.")
    EXTRA_UNIT = ("extra-unit", "AWS has a unit that the spec does not know.")
    MISSING_ACCOUNT = ("missing-account", "An account of the spec is not in AWS.")
    EXTRA_ACCOUNT = ("extra-account", "AWS has an account that the spec does not know.")
    VENDED = ("vended-account", "An account that was asked for is there; the spec lacks its id.")
    UNIT = ("other-unit", "The account is in another unit.")
    NAME = ("other-name", "The account has another name.")
    EMAIL = ("other-email", "The account has another e-mail address.")
    STATE = ("other-status", "The account's state in AWS does not go with its status.")
    TAGS = ("other-tags", "The account's tags differ.")
    POLICIES = ("other-policies", "Other service control policies are attached.")
    MISSING_POLICY = ("missing-policy", "A service control policy of the spec is not in AWS.")
    EXTRA_POLICY = ("extra-policy", "AWS has a service control policy that the spec does not know.")
    DOCUMENT = ("other-document", "A service control policy says something else.")

    def __init__(self, slug: str, meaning: str) -> None:
        self.slug = slug
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: what it is about, what the spec says there (and where), and what AWS says."""

    drift: Drift
    subject: str
    spec: str | None
    living: str | None
    place: Place | None = None


# What AWS may say of an account of each status; closed accounts vanish after 90 days.
_STATES: Mapping[str, frozenset[str]] = {
    "requested": frozenset({"PENDING_ACTIVATION"}),
    "provisioning": frozenset({"PENDING_ACTIVATION", "ACTIVE"}),
    "active": frozenset({"ACTIVE"}),
    "quarantined": frozenset({"ACTIVE"}),
    "suspended": frozenset({"ACTIVE", "SUSPENDED", "PENDING_CLOSURE"}),
    "closed": frozenset({"SUSPENDED", "PENDING_CLOSURE", "CLOSED"}),
}
_MAY_BE_MISSING = frozenset({"requested", "provisioning", "closed"})


def differences(spec: OrgSpec, living: LivingOrganization) -> list[Difference]:
    """Every difference, sorted by what it is about."""
    found = [difference for part in _PARTS for difference in part(spec, living)]
    return sorted(found, key=lambda each: (each.subject, each.drift.slug))


def _organization(spec: OrgSpec, living: LivingOrganization) -> Iterator[Difference]:
    said = spec.organization
    if said.organization_id != living.id:
        place = spec.place(ORGANIZATION, "organization_id")
        yield Difference(Drift.ORGANIZATION, "the organisation", said.organization_id, living.id, place)
    ids = {account.name: account.account_id for account in spec.accounts}
    if ids.get(said.management_account) != living.management_account_id:
        place = spec.place(ORGANIZATION, "management_account")
        manages = f"{said.management_account} ({ids.get(said.management_account)})"
        yield Difference(Drift.MANAGEMENT, "the organisation", manages, living.management_account_id, place)


def _units(spec: OrgSpec, living: LivingOrganization) -> Iterator[Difference]:
    # The root is always there; a spec need not name it.
    there = {unit.path: unit for unit in living.units}
    said = {unit.path: index for index, unit in enumerate(spec.ous)}
    for path, index in said.items():
        if path not in there:
            place = spec.place(OUS, "ous", index, "path")
            yield Difference(Drift.MISSING_UNIT, f"unit {path}", path, None, place)
    for path, unit in there.items():
        if path not in said and path != ROOT_UNIT:
            yield Difference(Drift.EXTRA_UNIT, f"unit {path}", None, unit.id)


def _accounts(spec: OrgSpec, living: LivingOrganization) -> Iterator[Difference]:
    there = {account.id: account for account in living.accounts}
    by_email = {account.email.lower(): account for account in living.accounts}
    names = account_names(living, spec.accounts)
    known = set()
    for account in spec.accounts:
        place = spec.place(account_file(account.name))
        subject = f"account {account.name}"
        found = there.get(account.account_id)
        if found is not None:
            known.add(found.id)
            yield from _account(spec, account, found, names[found.id])
        elif not account.account_id and account.email.lower() in by_email:
            found = by_email[account.email.lower()]
            known.add(found.id)
            yield Difference(Drift.VENDED, subject, "no account_id", found.id, place)
        elif account.status not in _MAY_BE_MISSING:
            yield Difference(Drift.MISSING_ACCOUNT, subject, account.account_id, None, place)
    for id, found in there.items():
        if id not in known:
            shown = f"{found.name} ({id}), {found.state} in {found.unit}"
            yield Difference(Drift.EXTRA_ACCOUNT, f"account {names[id]}", None, shown)


def _account(spec: OrgSpec, account: Account, living: LivingAccount, name: str) -> Iterator[Difference]:
    file = account_file(account.name)
    subject = f"account {account.name}"
    for drift, key, said, found in (
        (Drift.UNIT, "ou", account.ou, living.unit),
        (Drift.NAME, "name", account.name, name),
        (Drift.EMAIL, "email", account.email.lower(), living.email.lower()),
    ):
        if said != found:
            yield Difference(drift, subject, said, found, spec.place(file, key))
    if living.state not in _STATES[account.status]:
        place = spec.place(file, "status")
        yield Difference(Drift.STATE, subject, account.status, living.state, place)
    tags = own_tags(living)
    keys = sorted({*account.tags, *tags})
    for key in (key for key in keys if account.tags.get(key) != tags.get(key)):
        said_tag, found_tag = _tag(key, account.tags), _tag(key, tags)
        yield Difference(Drift.TAGS, subject, said_tag, found_tag, spec.place(file, "tags", key))


def _tag(key: str, tags: Mapping[str, str]) -> str | None:
    return f"{key}={tags[key]}" if key in tags else None


def _policies(spec: OrgSpec, living: LivingOrganization) -> Iterator[Difference]:
    # Without org/policies the spec has no say in them.
    if not spec.policies:
        return
    living = as_said(spec, living)
    names = policy_names(living)
    there = {names[policy.name]: policy for policy in living.policies}
    attached_somewhere = {
        name for attached in attached_policies(spec.ous, spec.accounts).values() for name in attached
    }
    for name in sorted({*attached_somewhere, *there}):
        subject = f"policy {name}"
        if name not in spec.policies:
            yield Difference(Drift.EXTRA_POLICY, subject, None, there[name].id)
            continue
        place = spec.place(policy_file(name))
        if name not in there:
            yield Difference(Drift.MISSING_POLICY, subject, name, None, place)
        elif there[name].document != spec.policies[name]:
            yield Difference(Drift.DOCUMENT, subject, policy_file(name), there[name].id, place)
    units = {unit.path: unit.policies for unit in living.units}
    accounts = {account.id: account.policies for account in living.accounts}
    key = "service_control_policies"
    targets: list[tuple[str, tuple[str, ...], tuple[str, ...] | None, Place]] = [
        (
            f"unit {unit.path}",
            unit.service_control_policies,
            units.get(unit.path),
            spec.place(OUS, "ous", index, key),
        )
        for index, unit in enumerate(spec.ous)
    ]
    targets += [
        (
            f"account {account.name}",
            account.service_control_policies,
            accounts.get(account.account_id),
            spec.place(account_file(account.name), key),
        )
        for account in spec.accounts
    ]
    for subject, said, attached, place in targets:
        found = None if attached is None else sorted(names[name] for name in attached)
        if found is not None and sorted(said) != found:
            yield Difference(
                Drift.POLICIES, subject, ", ".join(sorted(said)) or None, ", ".join(found) or None, place
            )


_PARTS: tuple[Callable[[OrgSpec, LivingOrganization], Iterator[Difference]], ...] = (
    _organization,
    _units,
    _accounts,
    _policies,
)

"""A living organisation as files of the spec.

AWS Organizations knows less than the spec asks for. What it cannot know comes from the accounts' tags, from what the
person who imports says, or is the strictest that is possible: a rule that is too strict is noticed at once.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from landform.errors import Code, LandformError
from landform.org.jsonschema import schema_id
from landform.org.living import LivingAccount, LivingOrganization
from landform.org.models import Account, Organization, OrganizationalUnits, Stacks, Tier
from landform.org.problems import named
from landform.org.round_trip import read_round_trip, written
from landform.org.spec import ORGANIZATION, OUS, STACKS, account_file, policy_file, tier_file
from landform.org.tags import DERIVED, refused_key, refused_value

DATA_CLASSES = ("public", "internal", "confidential", "restricted")

_STATUS: Mapping[str, str] = {
    "PENDING_ACTIVATION": "provisioning",
    "ACTIVE": "active",
    "SUSPENDED": "closed",
    "PENDING_CLOSURE": "closed",
    "CLOSED": "closed",
}
# Until somebody has looked at it, an account in any other state gets no stacks, not even those of its baseline.
_UNCLEAR = "suspended"
_LOG_ARCHIVE = re.compile(r"log.?archive|^logs?$|^logging$")
# Between a small letter and a capital, as in DenyRoot.
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MAX_NAME = 50


@dataclass(frozen=True, slots=True)
class Answers:
    """What AWS Organizations does not know. ``owner`` and the other texts stand where no tag says better."""

    name: str
    regions: tuple[str, ...]
    owner: str | None = None
    contact: str | None = None
    cost_center: str = "unassigned"
    tier: str = "prod"
    data_class: str = "restricted"
    prefix: str | None = None
    log_archive: str | None = None


def spec_files(living: LivingOrganization, answers: Answers, known: Iterable[Account] = ()) -> dict[str, str]:
    """Every file of a spec of the organisation, by name.

    Args:
        known: the accounts that a spec has already; they get no file.

    Raises:
        LandformError: ``usage`` where an account has no owner, neither by a tag nor by an answer.
    """
    said = list(known)
    ids = {account.account_id for account in said}
    names = account_names(living, said)
    new = [account for account in living.accounts if account.id not in ids]
    unowned = [names[each.id] for each in new if not (answers.owner or _owner(each))]
    if unowned:
        raise LandformError(
            Code.USAGE,
            "Some accounts have no tag that says who owns them.",
            given=named(unowned),
            expected="a tag `owner`, or an owner for all accounts that lack it",
            fix="Add --owner TEAM.",
        )
    policies = policy_names(living)
    files: dict[str, dict[str, Any]] = {
        ORGANIZATION: _organization(living, answers, names),
        OUS: {"schema": schema_id(OrganizationalUnits), "ous": unit_entries(living)},
        STACKS: {"schema": schema_id(Stacks), "stacks": []},
        **({tier_file(answers.tier): _tier(answers.tier)} if new else {}),
        **{
            account_file(names[account.id]): _account(account, names[account.id], answers, policies)
            for account in new
        },
    }
    return {file: written(value) for file, value in files.items()} | policy_files(living)


def new_account(living: LivingOrganization, id: str, name: str, answers: Answers) -> str:
    """The file of one account of a living organisation, under a name of the spec.

    Raises:
        LandformError: ``no-match`` where the organisation has no such account, ``usage`` where it has no owner.
    """
    account = next((each for each in living.accounts if each.id == id), None)
    if account is None:
        raise LandformError(
            Code.NO_MATCH,
            "The organisation has no such account.",
            given=id,
            expected=f"an account that AWS Organizations knows in {living.id}",
            fix="Invite it into the organisation first, or write its file by hand.",
        )
    if not (answers.owner or _owner(account)):
        raise LandformError(
            Code.USAGE,
            "The account has no tag that says who owns it.",
            given=id,
            expected="a tag `owner`, or an owner",
            fix="Add --owner TEAM.",
        )
    return written(_account(account, name, answers, policy_names(living)))


def policy_files(living: LivingOrganization) -> dict[str, str]:
    """The files of the service control policies."""
    names = policy_names(living)
    return {
        policy_file(names[policy.name]): json.dumps(policy.document, indent=2, ensure_ascii=False) + "\n"
        for policy in living.policies
    }


def updated_account(text: str, living: LivingAccount, policies: Mapping[str, str]) -> str:
    """An account's file with what AWS knows better; everything else in it, comments too, stays.

    The name stays too: every stack's state lies under it. The status changes only between open and closed, and one that
    was opened again is suspended: nobody has looked at what is left in it.
    """
    document = read_round_trip(text)
    document["email"] = living.email
    document["account_id"] = DoubleQuotedScalarString(living.id)
    document["ou"] = living.unit
    closed = _STATUS.get(living.state) == "closed"
    if closed != (document.get("status", "active") == "closed"):
        document["status"] = "closed" if closed else "suspended"
    attached = [policies[name] for name in living.policies]
    for key, value in (("tags", own_tags(living)), ("service_control_policies", attached)):
        if value:
            document[key] = value
        else:
            document.pop(key, None)
    return written(document)


def updated_units(text: str, living: LivingOrganization) -> str:
    """``org/ous.yaml`` with the units that it lacks, and with each unit's policies as they are."""
    document = read_round_trip(text)
    said = {unit["path"]: unit for unit in document["ous"]}
    for entry in unit_entries(living):
        if entry["path"] not in said:
            document["ous"].append(entry)
        elif "service_control_policies" in entry:
            said[entry["path"]]["service_control_policies"] = entry["service_control_policies"]
        else:
            said[entry["path"]].pop("service_control_policies", None)
    return written(document)


def account_names(living: LivingOrganization, known: Iterable[Account] = ()) -> dict[str, str]:
    """The spec's name of each account, by id: AWS's in the spec's letters, with digits of the id where two share it."""
    said = {account.account_id: account.name for account in known}
    plain = {account.id: _name(account.name) for account in living.accounts}
    uses = Counter(plain.values())
    others = {name for id, name in said.items() if id not in plain}
    names = {}
    for id, name in plain.items():
        longer = _longer(name, id)
        names[id] = longer if uses[name] > 1 or name in others else name
        if said.get(id) in (name, longer):
            names[id] = str(said[id])
    return names


def policy_names(living: LivingOrganization) -> dict[str, str]:
    """The spec's name of each service control policy, by AWS's name."""
    plain = {policy.name: _name(_HUMPS.sub("-", policy.name)) for policy in living.policies}
    uses = Counter(plain.values())
    ids = {policy.name: policy.id for policy in living.policies}
    return {name: short if uses[short] == 1 else _longer(short, ids[name]) for name, short in plain.items()}


def unit_entries(living: LivingOrganization) -> list[dict[str, Any]]:
    """The entries of ``org/ous.yaml``."""
    names = policy_names(living)
    return [
        {
            "path": unit.path,
            **(
                {"service_control_policies": [names[name] for name in unit.policies]} if unit.policies else {}
            ),
        }
        for unit in living.units
    ]


def own_tags(living: LivingAccount) -> dict[str, str]:
    """The tags of an account that the spec can have: not those landform sets, nor those AWS keeps for itself."""
    tags: dict[str, str] = {}
    lower = set(DERIVED)
    for key, value in sorted(living.tags.items()):
        if key.lower() not in lower and not refused_key(key) and not refused_value(value):
            tags[key] = value
            lower.add(key.lower())
    return tags


def _organization(living: LivingOrganization, answers: Answers, names: Mapping[str, str]) -> dict[str, Any]:
    management = names[living.management_account_id]
    archives = [name for name in names.values() if _LOG_ARCHIVE.search(name)]
    return {
        "schema": schema_id(Organization),
        "name": answers.name,
        "organization_id": living.id,
        "management_account": management,
        "log_archive_account": answers.log_archive or next(iter(sorted(archives)), management),
        "partition": living.partition,
        "home_region": answers.regions[0],
        "regions": list(answers.regions),
        "prefix": answers.prefix or answers.name[:16].rstrip("-"),
    }


def _tier(name: str) -> dict[str, Any]:
    return {
        "schema": schema_id(Tier),
        "name": name,
        "rank": 100,
        "guard": {"level": "strict", "fail_on": "low"},
        "waivers": {"max_days": 30},
    }


def _account(
    living: LivingAccount, name: str, answers: Answers, policies: Mapping[str, str]
) -> dict[str, Any]:
    tags = {key.lower(): value for key, value in sorted(living.tags.items())}
    data_class = tags.get("data-class", "").lower()
    value: dict[str, Any] = {
        "schema": schema_id(Account),
        "name": name,
        "email": living.email,
        "account_id": DoubleQuotedScalarString(living.id),
        "status": _STATUS.get(living.state, _UNCLEAR),
        "ou": living.unit,
        "tier": answers.tier,
        "owner": {
            "team": _owner(living) or answers.owner,
            "contact": answers.contact or living.email,
            "cost_center": DoubleQuotedScalarString(tags.get("cost-center") or answers.cost_center),
        },
        "purpose": tags.get("purpose") or f"{living.name}, as AWS Organizations names it",
        "data_class": data_class if data_class in DATA_CLASSES else answers.data_class,
        "regions": list(answers.regions),
    }
    if living.policies:
        value["service_control_policies"] = [policies[policy] for policy in living.policies]
    own = own_tags(living)
    if own:
        value["tags"] = own
    return value


def _owner(living: LivingAccount) -> str | None:
    tags = {key.lower(): value for key, value in living.tags.items()}
    team = tags.get("owner") or tags.get("team")
    return _name(team) if team else None


def _longer(name: str, id: str) -> str:
    return f"{name[: _MAX_NAME - 5].rstrip('-')}-{id[-4:]}"


def _name(text: str) -> str:
    """A text in the letters that the spec's names have."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not name[:1].isalpha():
        name = f"a-{name}".rstrip("-")
    return name[:_MAX_NAME].rstrip("-")

"""The living organisation: what AWS Organizations says there is, read through a role that may only read.

AWS knows units, accounts, tags and service control policies; it knows nothing of tiers or who owns what. Its API
is slow on purpose (a few calls a second for the whole organisation), so every call is retried with a growing
pause, and what can be asked of a list is never asked account by account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from landform.errors import Code, LandformError

ROOT_UNIT = "Root"
SERVICE_CONTROL_POLICY = "SERVICE_CONTROL_POLICY"
SESSION_NAME = "landform-org"
# AWS's own policies, which nobody writes and nobody can change.
AWS_MANAGED = "p-FullAWSAccess"
UNKNOWN = "UNKNOWN"

_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class LivingUnit:
    """An organizational unit: its path below the root in the spec's letters, and the policies attached to it."""

    id: str
    path: str
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LivingAccount:
    """An account. ``state`` is AWS's word (ACTIVE, SUSPENDED, PENDING_CLOSURE, ...), ``unit`` the path of its unit."""

    id: str
    name: str
    email: str
    state: str
    unit: str
    tags: Mapping[str, str]
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LivingPolicy:
    """A service control policy and its document."""

    id: str
    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LivingOrganization:
    """What AWS Organizations says: the root is the unit ``Root``; accounts are sorted by id, units by path."""

    id: str
    partition: str
    management_account_id: str
    units: tuple[LivingUnit, ...]
    accounts: tuple[LivingAccount, ...]
    policies: tuple[LivingPolicy, ...]


def open_session(*, role_arn: str | None = None, profile: str | None = None) -> Any:
    """A boto3 session, in an assumed role where one is given.

    Raises:
        LandformError: ``aws-refused`` where there are no credentials, or the role cannot be assumed.
    """
    with told("sts:AssumeRole"):
        import boto3

        session = boto3.Session(profile_name=profile)
        if role_arn is None:
            return session
        given = session.client("sts", region_name=session.region_name or "us-east-1", config=_config())
        credentials = given.assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME)["Credentials"]
        return boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            region_name=session.region_name,
        )


def read_organization(session: Any) -> LivingOrganization:
    """Read the organisation that a session's account manages, or is a delegated administrator of.

    Needs organizations:Describe* and organizations:List*. One call an account for its tags, one a unit and page for
    its accounts, two a policy.

    Raises:
        LandformError: ``aws-refused``.
    """
    with told("organizations:Describe* and organizations:List*"):
        client = session.client("organizations", region_name="us-east-1", config=_config())
        client.meta.events.register("before-parse.organizations.ListAccountsForParent", _keep_states)
        return _Reading(client).organization()


@contextmanager
def told(needed: str) -> Iterator[None]:
    """AWS's refusals in a user's frame; ``needed`` says which actions the caller needs."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        raise LandformError(
            Code.AWS_REFUSED,
            f"AWS refused {error.operation_name}.",
            given=f"{said.get('Code')}: {said.get('Message')}",
            expected=f"a caller that may use {needed}",
            fix="Name a role with --role-arn, or other credentials with --profile.",
        ) from None
    except BotoCoreError as error:
        raise LandformError(
            Code.AWS_REFUSED,
            "AWS could not be asked.",
            given=str(error),
            expected=f"credentials that may use {needed}",
            fix="Sign in, name a profile with --profile, or set AWS_PROFILE.",
        ) from None


def unit_name(name: str) -> str:
    """The name of an organizational unit in the letters that the spec's paths have."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-_.") or "unit"


class _Reading:
    """One walk through an organisation."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._units: list[LivingUnit] = []
        self._accounts: list[LivingAccount] = []
        self._attached: dict[str, list[str]] = {}

    def organization(self) -> LivingOrganization:
        """The organisation."""
        described = self._client.describe_organization()["Organization"]
        policies = [self._policy(summary) for summary in self._summaries()]
        for root in self._pages("list_roots", "Roots"):
            self._walk(root["Id"], ROOT_UNIT, "")
        return LivingOrganization(
            id=described["Id"],
            partition=described["Arn"].split(":")[1],
            management_account_id=described["MasterAccountId"],
            units=tuple(sorted(self._units, key=lambda unit: unit.path)),
            accounts=tuple(sorted(self._accounts, key=lambda account: account.id)),
            policies=tuple(sorted(policies, key=lambda policy: policy.name)),
        )

    def _walk(self, id: str, path: str, above: str) -> None:
        self._units.append(LivingUnit(id, path, self._policies_of(id)))
        for account in self._pages("list_accounts_for_parent", "Accounts", ParentId=id):
            self._accounts.append(self._account(account, path))
        taken: set[str] = set()
        for unit in self._pages("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=id):
            name = unit_name(unit["Name"])
            if name in taken or f"{above}{name}" == ROOT_UNIT:
                name += f"-{unit['Id'].rpartition('-')[2]}"
            taken.add(name)
            self._walk(unit["Id"], f"{above}{name}", f"{above}{name}/")

    def _account(self, account: Mapping[str, Any], unit: str) -> LivingAccount:
        tags = self._pages("list_tags_for_resource", "Tags", ResourceId=account["Id"])
        return LivingAccount(
            id=account["Id"],
            name=account["Name"],
            email=account["Email"],
            state=account["State"],
            unit=unit,
            tags={tag["Key"]: tag["Value"] for tag in tags},
            policies=self._policies_of(account["Id"]),
        )

    def _policies_of(self, target: str) -> tuple[str, ...]:
        return tuple(sorted(self._attached.get(target, ())))

    def _summaries(self) -> Sequence[Mapping[str, Any]]:
        found = self._pages("list_policies", "Policies", Filter=SERVICE_CONTROL_POLICY)
        return [summary for summary in found if summary["Id"] != AWS_MANAGED]

    def _policy(self, summary: Mapping[str, Any]) -> LivingPolicy:
        id, name = summary["Id"], summary["Name"]
        for target in self._pages("list_targets_for_policy", "Targets", PolicyId=id):
            self._attached.setdefault(target["TargetId"], []).append(name)
        document = json.loads(self._client.describe_policy(PolicyId=id)["Policy"]["Content"])
        return LivingPolicy(id, name, document)

    def _pages(self, operation: str, key: str, **arguments: str) -> Iterator[Mapping[str, Any]]:
        for page in self._client.get_paginator(operation).paginate(**arguments):
            yield from page[key]


def _config() -> Any:
    from botocore.config import Config

    return Config(retries={"mode": "adaptive", "total_max_attempts": _ATTEMPTS})


def _keep_states(
    response_dict: Mapping[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Keep each account's ``State``: botocore's older models know only ``Status``, which AWS retires."""
    if response_dict["status_code"] == 200:
        customized_response_dict["Accounts"] = [
            {**account, "State": account.get("State") or account.get("Status") or UNKNOWN}
            for account in json.loads(response_dict["body"])["Accounts"]
        ]

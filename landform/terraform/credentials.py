"""Credentials for one account and one purpose, by STS, for Terraform's environment alone.

Planning reads and applying writes, so each has a role of its own in every account (``constructs.state``). A caller
that already is that role in that account, as a CI job with OIDC may be, is used as it is. Before anything else AWS is
asked whose the credentials are (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html): they
must be the stack's account's. They go into the environment of a process and nowhere else, and do not show when
printed.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from landform.constructs.state.state_backend import APPLY_ROLE, PLAN_ROLE
from landform.errors import Code, LandformError
from landform.org.living import told
from landform.terraform.failures import EXPIRED
from landform.terraform.secrets import Secrets

Purpose = Literal["plan", "apply"]
ROLES: Mapping[Purpose, str] = {"plan": PLAN_ROLE, "apply": APPLY_ROLE}
# Where each partition has its global endpoints.
REGIONS: Mapping[str, str] = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
# A role that a role has assumed lasts no longer, whatever its own limit is.
DURATION = dt.timedelta(hours=1)
# Credentials are renewed where less is left of them.
MARGIN = dt.timedelta(minutes=20)
SESSION_NAME_LENGTH = 64
SIGN_IN = "Sign in as somebody who may assume the role, set AWS_PROFILE, or give --own-credentials."
_ASSUMED_ROLE = re.compile(r"^arn:[\w-]+:sts::(\d{12}):assumed-role/([^/]+)/")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Somebody's credentials, known to be of an account. Printed, they show whose they are and no more.

    Attributes:
        account_id: whose account, as AWS says.
        arn: who, as AWS says.
        expires: until when, in UTC; None where boto3 keeps them fresh.
    """

    account_id: str
    arn: str
    expires: dt.datetime | None
    _access_key_id: str = field(repr=False)
    _secret_access_key: str = field(repr=False)
    _session_token: str | None = field(repr=False)

    def environment(self, environ: Mapping[str, str]) -> dict[str, str | None]:
        """What to change in an environment so that these alone are used; None takes a variable away.

        A profile or a web identity of the user's would otherwise be mixed in.
        """
        ours = {
            "AWS_ACCESS_KEY_ID": self._access_key_id,
            "AWS_SECRET_ACCESS_KEY": self._secret_access_key,
            "AWS_SESSION_TOKEN": self._session_token,
        }
        return {**{key: None for key in environ if key.startswith(SOURCES)}, **ours}

    def session(self) -> Any:
        """A boto3 session of these alone."""
        import boto3

        return boto3.Session(self._access_key_id, self._secret_access_key, self._session_token)

    @property
    def secrets(self) -> Secrets:
        """What must not stand in any text."""
        return Secrets([self._access_key_id, self._secret_access_key, self._session_token or ""])


# Variables that name credentials, or where to get them.
SOURCES = (
    "AWS_ACCESS_KEY", "AWS_CONTAINER_", "AWS_CREDENTIAL", "AWS_DEFAULT_PROFILE", "AWS_PROFILE", "AWS_ROLE_",
    "AWS_SECRET_", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_",
)  # fmt: skip


class AccountCredentials:
    """The credentials of one run: each account and purpose asked for once, renewed in time, from any thread.

    Args:
        session: the caller's boto3 session.
        run_id: names the run in CloudTrail, as part of the role session's name.
        partition: of the accounts.
        roles: the name of the role for each purpose.
        endpoint_url: where STS is, if it is not AWS.
        now: the time, in UTC.

    Raises:
        LandformError: ``aws-refused`` where there are no credentials, ``credentials-expired``.
    """

    def __init__(
        self,
        session: Any,
        run_id: str,
        *,
        now: Callable[[], dt.datetime],
        partition: str = "aws",
        roles: Mapping[Purpose, str] = ROLES,
        endpoint_url: str | None = None,
    ) -> None:
        self._session, self._run_id, self._now = session, run_id, now
        self._partition, self._roles, self._endpoint_url = partition, roles, endpoint_url
        self._lock = threading.Lock()
        self._locks: dict[tuple[str, Purpose], threading.Lock] = {}
        self._kept: dict[tuple[str, Purpose], Credentials] = {}
        with _asked("sts:GetCallerIdentity"):
            self._sts = self._client(session)
            self._caller = self._sts.get_caller_identity()

    def for_stack(self, account_id: str, purpose: Purpose) -> Credentials:
        """The credentials of the role for a purpose in an account.

        Raises:
            LandformError: ``aws-refused`` where the role cannot be assumed, ``wrong-account`` where what was given
                is another account's, ``credentials-expired`` where the caller's own are too old.
        """
        if self._is(account_id, purpose):
            return self.own(account_id)
        key = (account_id, purpose)
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        # One account waits for AWS, and no other one waits for it.
        with lock:
            kept = self._kept.get(key)
            if kept is None or kept.expires is None or kept.expires - self._now() < MARGIN:
                kept = self._kept[key] = self._assumed(account_id, purpose)
            return kept

    def own(self, account_id: str) -> Credentials:
        """The caller's own credentials, for an account in which there are no roles yet.

        Raises:
            LandformError: ``wrong-account`` where the caller is in another one.
        """
        _check(self._caller, account_id)
        # Frozen anew each time: boto3 renews what can be renewed.
        keys = self._session.get_credentials().get_frozen_credentials()
        arn = self._caller["Arn"]
        return Credentials(account_id, arn, None, keys.access_key, keys.secret_key, keys.token)

    def _is(self, account_id: str, purpose: Purpose) -> bool:
        """Whether the caller already is the role."""
        match = _ASSUMED_ROLE.match(self._caller["Arn"])
        return match is not None and match.groups() == (account_id, self._roles[purpose])

    def _assumed(self, account_id: str, purpose: Purpose) -> Credentials:
        import boto3

        arn = f"arn:{self._partition}:iam::{account_id}:role/{self._roles[purpose]}"
        with _asked(f"sts:AssumeRole on {arn}"):
            given = self._sts.assume_role(
                RoleArn=arn,
                RoleSessionName=session_name(self._run_id, purpose),
                DurationSeconds=int(DURATION.total_seconds()),
            )["Credentials"]
            keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
            identity = self._client(boto3.Session(*keys)).get_caller_identity()
        _check(identity, account_id)
        return Credentials(account_id, identity["Arn"], given["Expiration"], *keys)

    def _client(self, session: Any) -> Any:
        from botocore.config import Config

        region = session.region_name or REGIONS[self._partition]
        config = Config(retries={"mode": "standard", "total_max_attempts": 5})
        return session.client("sts", region_name=region, endpoint_url=self._endpoint_url, config=config)


def session_name(run_id: str, purpose: Purpose) -> str:
    """The name of a role session: what CloudTrail shows beside each call."""
    return re.sub(r"[^\w+=,.@-]", "-", f"landform-{purpose}-{run_id}", flags=re.ASCII)[:SESSION_NAME_LENGTH]


@contextmanager
def _asked(needed: str) -> Iterator[None]:
    """As ``told``; credentials that are too old have a code of their own."""
    try:
        with told(needed):
            yield
    except LandformError as error:
        expired = (error.given or "").partition(":")[0] in EXPIRED
        raise LandformError(
            Code.CREDENTIALS_EXPIRED if expired else error.code,
            "Your credentials have expired." if expired else error.message,
            given=error.given,
            expected=error.expected,
            fix="Sign in again." if expired else SIGN_IN,
        ) from None


def _check(identity: Mapping[str, Any], account_id: str) -> None:
    if identity["Account"] != account_id:
        raise LandformError(
            Code.WRONG_ACCOUNT,
            "The credentials are of another account than the stack.",
            given=f"{identity['Account']} ({identity['Arn']})",
            expected=account_id,
            fix="Sign in to the stack's account, or let landform assume its role there.",
        )

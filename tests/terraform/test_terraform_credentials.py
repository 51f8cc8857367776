"""Credentials by account and purpose: from moto's STS, into Terraform's environment and nowhere else."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from landform.errors import Code, LandformError
from landform.terraform import Binary, Sandbox
from landform.terraform.credentials import MARGIN, AccountCredentials, Credentials, session_name
from landform.terraform.run import Terraform, environment

DEV, PROD = "111111111111", "222222222222"
TOKEN = "marked-session-token"
NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = dt.datetime.now(dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The time, now."""
    return Clock()


@pytest.fixture
def hub(sandbox: Sandbox) -> Callable[..., boto3.Session]:
    """A session of somebody in moto: ``hub()`` is a user, ``hub(DEV, "landform-plan")`` a role's session."""

    def make(account_id: str = "", role: str = "") -> boto3.Session:
        user = boto3.Session("AKIAEXAMPLE", "secret", region_name="eu-west-1")
        if not account_id:
            return user
        given = user.client("sts", endpoint_url=sandbox.url).assume_role(
            RoleArn=f"arn:aws:iam::{account_id}:role/{role}", RoleSessionName="ci"
        )["Credentials"]
        return boto3.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name="eu-west-1"
        )

    return make


class Calls:
    """Counts the calls of AssumeRole that a session makes."""

    def __init__(self, session: boto3.Session) -> None:
        self.names: list[str] = []
        session.events.register("provide-client-params.sts.AssumeRole", self)

    def __call__(self, params: dict[str, Any], **_: object) -> None:
        self.names.append(params["RoleArn"])


class TestForStack:
    """``AccountCredentials.for_stack``."""

    @pytest.mark.parametrize(("purpose", "role"), [("plan", "landform-plan"), ("apply", "landform-apply")])
    def test_the_role_of_the_account(
        self, sandbox: Sandbox, hub: Callable[..., boto3.Session], clock: Clock, purpose: Any, role: str
    ) -> None:
        """Each purpose has its role in the stack's account, and AWS says that they are that account's."""
        accounts = AccountCredentials(hub(), "run-7", now=clock, endpoint_url=sandbox.url)
        given = accounts.for_stack(PROD, purpose)
        assert given.account_id == PROD
        assert given.arn == f"arn:aws:sts::{PROD}:assumed-role/{role}/landform-{purpose}-run-7"

    def test_each_account_once(
        self, sandbox: Sandbox, hub: Callable[..., boto3.Session], clock: Clock
    ) -> None:
        """However many threads ask for it."""
        session = hub()
        calls = Calls(session)
        accounts = AccountCredentials(session, "r", now=clock, endpoint_url=sandbox.url)
        threads = [threading.Thread(target=accounts.for_stack, args=(DEV, "plan")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert calls.names == [f"arn:aws:iam::{DEV}:role/landform-plan"]

    def test_they_are_renewed(
        self, sandbox: Sandbox, hub: Callable[..., boto3.Session], clock: Clock
    ) -> None:
        """Before they expire, and not earlier than needed."""
        accounts = AccountCredentials(hub(), "r", now=clock, endpoint_url=sandbox.url)
        first = accounts.for_stack(DEV, "apply")
        assert first.expires is not None
        clock.now = first.expires - MARGIN
        assert accounts.for_stack(DEV, "apply") is first
        clock.now += dt.timedelta(seconds=1)
        assert accounts.for_stack(DEV, "apply") is not first

    def test_who_is_the_role_already(
        self, sandbox: Sandbox, hub: Callable[..., boto3.Session], clock: Clock
    ) -> None:
        """A CI job that signed in as the role is used as it is; for another account it assumes that one's."""
        session = hub(DEV, "landform-plan")
        calls = Calls(session)
        accounts = AccountCredentials(session, "r", now=clock, endpoint_url=sandbox.url)
        assert accounts.for_stack(DEV, "plan").arn.endswith("landform-plan/ci")
        assert calls.names == []
        assert accounts.for_stack(PROD, "plan").account_id == PROD
        assert accounts.for_stack(DEV, "apply").arn.split("/")[1] == "landform-apply"

    def test_another_account(self, clock: Clock) -> None:
        """What is not the stack's account's is refused, and both are named."""
        accounts = AccountCredentials(Liar(), "r", now=clock)
        with pytest.raises(LandformError) as caught:
            accounts.own(PROD)
        assert caught.value.code is Code.WRONG_ACCOUNT
        assert DEV in str(caught.value.given)
        assert caught.value.expected == PROD

    def test_a_role_that_may_not_be_assumed(self, clock: Clock) -> None:
        """The error names the role."""
        with pytest.raises(LandformError) as caught:
            AccountCredentials(Liar(), "r", now=clock).for_stack(PROD, "apply")
        assert caught.value.code is Code.AWS_REFUSED
        assert f"arn:aws:iam::{PROD}:role/landform-apply" in str(caught.value.expected)

    def test_the_callers_own_have_expired(self, clock: Clock) -> None:
        """Which is told as such, half-way through a run too."""
        with pytest.raises(LandformError) as caught:
            AccountCredentials(Liar("ExpiredToken"), "r", now=clock).for_stack(PROD, "apply")
        assert caught.value.code is Code.CREDENTIALS_EXPIRED


class Liar:
    """A session in another account, which may assume nothing."""

    region_name = None

    def __init__(self, refusal: str = "AccessDenied") -> None:
        self.refusal = refusal

    def client(self, *_: object, **__: object) -> Liar:
        """Itself."""
        return self

    def get_caller_identity(self) -> dict[str, str]:
        """Who it is."""
        return {"Account": DEV, "Arn": f"arn:aws:iam::{DEV}:user/me"}

    def assume_role(self, **_: object) -> None:
        """Never."""
        raise ClientError({"Error": {"Code": self.refusal, "Message": "no"}}, "AssumeRole")


class TestCredentials:
    """``Credentials``."""

    MARKED = Credentials(DEV, "arn", NOON, "AKIAMARKED", "marked-secret-key", TOKEN)

    def test_they_do_not_show(self) -> None:
        """Neither printed nor in a traceback's frame."""
        shown = f"{self.MARKED!r} {self.MARKED} {[self.MARKED]}"
        assert "arn" in shown
        assert self.MARKED.secrets.scrub(shown) == shown

    def test_nothing_of_the_users_is_mixed_in(self) -> None:
        """Every other source of credentials is taken away; what else is set stays."""
        changes = self.MARKED.environment(
            {"AWS_PROFILE": "p", "AWS_WEB_IDENTITY_TOKEN_FILE": "f", "AWS_ROLE_ARN": "r", "AWS_REGION": "x"}
        )
        assert {key for key, value in changes.items() if value is None} == {
            "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
        }  # fmt: skip
        assert changes["AWS_SESSION_TOKEN"] == TOKEN

    def test_they_stand_in_the_environment_alone(self, script: Callable[..., Path], tmp_path: Path) -> None:
        """Terraform has them; no argument, file, or error does."""
        folder = tmp_path / "stack"
        folder.mkdir()
        body = 'echo "$@" > arguments; echo "token: $AWS_SESSION_TOKEN" >&2; exit 1'
        binary = Binary((str(script("terraform", body)),), "1.11.4", "terraform", "x")
        environ = environment(None, os.environ, self.MARKED.environment(os.environ))
        with pytest.raises(LandformError) as caught:
            Terraform(binary, environ).init(folder, secrets=self.MARKED.secrets)
        assert caught.value.given == "token: (sensitive value)"
        assert [path.name for path in folder.iterdir()] == ["arguments"]
        assert "marked" not in (folder / "arguments").read_text()


class TestSessionName:
    """``session_name``."""

    def test_letters_that_sts_takes(self) -> None:
        """Others become hyphens, and it is cut to 64."""
        assert session_name("a/b c", "plan") == "landform-plan-a-b-c"
        assert len(session_name("x" * 99, "apply")) == 64

"""What a step is: something that an account needs and Terraform cannot do, so that boto3 does it.

A step looks first and says what is due; where nothing is, it does nothing. So it can be taken as often as one likes,
and what it did is seen by looking again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from landform.errors import LandformError
from landform.org.living import told
from landform.org.models import Account
from landform.terraform.credentials import REGIONS

ATTEMPTS = 8
FIX = "Name a role of the account that may with --role, or sign in to the account and give --own-credentials."

State = Literal["due", "waiting", "refused"]


@dataclass(frozen=True, slots=True)
class InAccount:
    """A living account that steps work in.

    Attributes:
        session: a boto3 session of the account's.
        account: what the spec says of it.
        partition: of the account.
        endpoint_url: where AWS is, if it is not AWS.
        tell: told how it goes, where AWS takes its time.
        pause: waits for some seconds.
    """

    session: Any
    account: Account
    partition: str = "aws"
    endpoint_url: str | None = None
    tell: Callable[[str], None] = field(default=lambda _: None)
    pause: Callable[[float], None] = field(default=time.sleep)

    @property
    def global_region(self) -> str:
        """Where the partition has its global endpoints."""
        return REGIONS[self.partition]

    def client(self, service: str, region: str | None = None) -> Any:
        """A client of a service in a Region; the one of global endpoints unless given."""
        from botocore.config import Config

        config = Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
        region = region or self.global_region
        return self.session.client(service, region_name=region, endpoint_url=self.endpoint_url, config=config)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that a step has to do, or would have to.

    Attributes:
        what: names it; a step never has two of one ``what``.
        region: where.
        state: ``waiting`` is with AWS already, ``refused`` cannot be done as things are.
        why: of what is not simply due: the reason, a sentence.
    """

    what: str
    region: str
    state: State = "due"
    why: str = ""


Look = Callable[[InAccount], tuple[Due, ...]]
Act = Callable[[InAccount, Due], None]


@dataclass(frozen=True, slots=True)
class Step:
    """A step.

    Attributes:
        id: its name.
        title: what it does, for people.
        page: AWS's page that it follows.
        actions: the IAM actions that it needs.
        look: says what is due. Changes nothing.
        act: does one thing that is due.
    """

    id: str
    title: str
    page: str
    actions: tuple[str, ...]
    look: Look
    act: Act


@contextmanager
def asked(step: Step) -> Iterator[None]:
    """AWS's refusals as errors that say what the step needs.

    Raises:
        LandformError: ``aws-refused``.
    """
    try:
        with told(", ".join(step.actions)):
            yield
    except LandformError as error:
        raise replaced(error, FIX) from None


def replaced(error: LandformError, fix: str) -> LandformError:
    """The same error with another way out."""
    return LandformError(
        error.code, error.message, place=error.place, given=error.given, expected=error.expected, fix=fix
    )

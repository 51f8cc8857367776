"""The accounts of an organisation, as its tree takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from landform.constructs.limits import ACCOUNT_ID
from landform.constructs.organizations.limits import ACCOUNT_EMAIL, ACCOUNT_NAME, UNIT_PATH
from landform.core.construct import user_place
from landform.org.models import Account
from landform.org.packing import ROOT


@dataclass(frozen=True, slots=True)
class MemberAccount:
    """One account: its name, the address of its root user, and the unit it stands in, ``Root`` for none.

    With ``account_id`` it is one that there is, which Terraform takes over; without, Terraform makes it. ``tags``
    stand above those of the stack. One that is ``closed`` keeps its name and address, which AWS gives to no other;
    nothing is made of it, and nothing can be attached to it.

    Raises:
        LandformError: ``argument-value`` for what AWS would refuse.
    """

    name: str
    email: str
    unit: str = ROOT
    account_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False

    def __post_init__(self) -> None:
        place = user_place()
        ACCOUNT_NAME.checked(self.name, place)
        ACCOUNT_EMAIL.checked(self.email, place)
        UNIT_PATH.checked(self.unit, place)
        if self.account_id:
            ACCOUNT_ID.checked(self.account_id, place)

    @classmethod
    def from_spec(cls, account: Account) -> MemberAccount:
        """An account of the organisation's spec, with its own mandatory tags."""
        tags = {
            "account": account.name,
            "cost-center": account.owner.cost_center,
            "data-class": account.data_class,
            "owner": account.owner.team,
            "tier": account.tier,
        }
        return cls(
            account.name, account.email, account.ou, account.account_id, tags, account.status == "closed"
        )

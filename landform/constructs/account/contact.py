"""Whom AWS writes to beside the account's owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from landform.constructs.account.limits import CONTACT_EMAIL, CONTACT_NAME, CONTACT_PHONE, CONTACT_TITLE
from landform.core.construct import user_place
from landform.errors import Code, LandformError, did_you_mean

ContactKind = Literal["billing", "operations", "security"]


@dataclass(frozen=True, slots=True)
class AlternateContact:
    """One alternate contact of an account: what AWS writes about, and to whom.

    Raises:
        LandformError: ``argument-value`` for a kind there is not, or for what AWS would refuse of the rest.
    """

    kind: ContactKind
    name: str
    title: str
    email: str
    phone: str

    def __post_init__(self) -> None:
        place = user_place()
        kinds = get_args(ContactKind)
        if self.kind not in kinds:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An account has no contact of this kind.",
                place=place,
                given=repr(self.kind),
                expected=f"one of {', '.join(kinds)}",
                fix=did_you_mean(str(self.kind), kinds),
            )
        CONTACT_NAME.checked(self.name, place)
        CONTACT_TITLE.checked(self.title, place)
        CONTACT_EMAIL.checked(self.email, place)
        CONTACT_PHONE.checked(self.phone, place)

"""What of a spec has run out on a day: waivers, pins of baselines, accounts, approvers.

The same files are as good tomorrow as they are today, so none of this is a rule of the spec: it is judged where a day
is given. An expired waiver waives nothing, whatever is said here.
"""

from __future__ import annotations

import datetime as dt

from landform.errors import Code, LandformError, Place
from landform.org.problems import Errors
from landform.org.spec import APPROVERS, OrgSpec, account_file, waiver_file

_GONE = ("suspended", "closed")


def expired(spec: OrgSpec, day: dt.date) -> Errors:
    """An error for each last day that has passed, in the files' order."""
    for account in spec.accounts:
        if account.status in _GONE:
            continue
        file, pin = account_file(account.name), account.baseline
        if pin and pin.pin_until and pin.pin_until < day:
            yield _over(
                f"The account {account.name!r} was to leave the baseline {pin.name} {pin.version} by {pin.pin_until}.",
                spec.place(file, "baseline", "pin_until"),
                pin.pin_until,
                day,
                "Take a later version of the baseline.",
            )
        if account.expires and account.expires < day:
            yield _over(
                f"The account {account.name!r} was to end on {account.expires}.",
                spec.place(file, "expires"),
                account.expires,
                day,
                "Close it, or have a later day approved.",
            )
    for waiver in spec.waivers:
        if waiver.expires < day:
            yield _over(
                f"The waiver {waiver.id} expired on {waiver.expires}.",
                spec.place(waiver_file(waiver.id), "expires"),
                waiver.expires,
                day,
                "Remove it, or have another one approved.",
            )
    for index, person in enumerate(spec.approvers.people if spec.approvers else ()):
        if person.until and person.until < day:
            yield _over(
                f"{person.name} could approve until {person.until}.",
                spec.place(APPROVERS, "people", index, "until"),
                person.until,
                day,
                "Take the person out, or give a later day.",
            )


def _over(message: str, place: Place, last: dt.date, day: dt.date, fix: str) -> LandformError:
    return LandformError(
        Code.SPEC_EXPIRED,
        message,
        place=place,
        given=last.isoformat(),
        expected=f"{day.isoformat()} or later",
        fix=fix,
    )

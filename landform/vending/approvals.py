"""Who approved a request, by signatures over its very bytes: a request that was changed afterwards has none.

``ssh-keygen -Y sign -n landform -f KEY REQUEST.yaml`` makes one; the people and their keys are those of
``org/approvers.yaml``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from landform.errors import Code, LandformError, Place
from landform.org.models import Approvers
from landform.record.signature import verify
from landform.record.ssh import PublicKey
from landform.vending.request import Request


def approved_by(
    request: Request,
    signatures: Sequence[tuple[str, str]],
    approvers: Approvers | None,
    today: dt.date,
) -> tuple[str, ...]:
    """The names of those who signed a request, sorted.

    Args:
        request: the request, as it is now.
        signatures: what errors call each, and its text.
        approvers: the people of the organisation; without any nobody can have approved.
        today: whose time is over has approved nothing.

    Raises:
        LandformError: ``signature`` where one does not hold for what the request says now, is by nobody who may, or is
            by who asked.
    """
    keys = {
        PublicKey.parse(line): person.name
        for person in (approvers.people if approvers else ())
        if person.until is None or person.until >= today
        for line in person.keys
    }
    change = request.values.get("change")
    asked = str(change.get("requested_by", "")) if isinstance(change, dict) else ""
    names = set()
    for file, text in signatures:
        try:
            name = keys[verify(text, request.document.text.encode(), keys)]
        except LandformError as error:
            error.place = Place(file)
            error.expected = (
                f"a signature over {request.document.file} as it is now, by one of org/approvers.yaml"
            )
            error.fix = "Have the request approved as it is: what was changed after an approval has none."
            raise
        if name.casefold() == asked.strip().casefold():
            raise LandformError(
                Code.SIGNATURE,
                "Whoever asks for an account does not approve it.",
                place=Place(file),
                given=name,
                expected="somebody else's signature",
            )
        names.add(name)
    return tuple(sorted(names))

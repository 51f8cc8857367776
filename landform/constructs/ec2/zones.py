"""Which availability zones a VPC spans.

Zone names are literal, because a plan that asks AWS for its zones changes the day AWS opens one. A name stands for
different data centres in different accounts; only zone ids (``euw1-az1``) are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

from landform.constructs.ec2.addresses import MAX_ZONES
from landform.errors import Code, LandformError, Place

_USUAL = "abc"

# Regions whose zones are not a, b and c. Empty: the letters differ by account.
ZONE_LETTERS: Mapping[str, str] = {
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
    "us-east-1": "abcd",
    "us-west-1": "",
    "us-west-2": "abcd",
}


def availability_zones(
    region: str, count: int, candidates: Sequence[str] | None, place: Place
) -> tuple[str, ...]:
    """The first ``count`` zones of the candidates, or of the region's.

    Raises:
        LandformError: ``argument-value`` for a count that there is no room for or too few candidates, and for a
            candidate that is no zone of the region or is named twice.
    """
    if type(count) is not int or not 1 <= count <= MAX_ZONES:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A VPC keeps room for a fixed number of zones, so that a new one moves no subnet.",
            place=place,
            given=f"{count!r} zones",
            expected=f"1 to {MAX_ZONES}",
            fix="Change az_count, or sizing.az_count of the tier.",
        )
    usual = [f"{region}{letter}" for letter in ZONE_LETTERS.get(region, _USUAL)]
    zones = tuple(usual if candidates is None else candidates)
    possible = {region + letter for letter in ascii_lowercase}
    if not possible.issuperset(zones) or len(set(zones)) != len(zones):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            f"These are not different zones of {region}.",
            place=place,
            given=", ".join(map(str, zones)),
            expected=f"names such as {region}a, each once",
        )
    if len(zones) < count:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "There are fewer zones than the VPC is to span.",
            place=place,
            given=", ".join(zones) or "no zones",
            expected=f"{count} zones",
            fix=f"Name this account's zones of {region} in availability_zones, or lower az_count.",
        )
    return zones[:count]

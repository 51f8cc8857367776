"""The waivers in code of a whole bundle: one id is one waiver, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landform.errors import Code, LandformError, Place
from landform.org.fleet import Fleet
from landform.org.spec import waiver_file
from landform.synth.bundle import ResourceRecord, StackRecord


def shared_ids(fleet: Fleet, records: Mapping[str, StackRecord]) -> Iterator[LandformError]:
    """An error for each waiver in code whose id a file of the spec has, or another waiver in the code of any stack."""
    in_spec = {waiver.id for waiver in fleet.waivers}
    first: dict[str, tuple[Mapping[str, object], ResourceRecord]] = {}
    told: set[str] = set()
    for record in records.values():
        for value in record.waivers:
            id = value["id"]
            if id not in record.waivers_in_code or id in told:
                continue
            place = record.waivers_in_code[id][0]
            said = {key: each for key, each in value.items() if key != "scope"}
            other, where = first.setdefault(id, (said, place))
            if id in in_spec or other != said:
                told.add(id)
                yield _shared(id, place, waiver_file(id) if id in in_spec else where.source)


def _shared(id: str, place: ResourceRecord, other: str) -> LandformError:
    file, _, line = place.source.rpartition(":")
    return LandformError(
        Code.SPEC_DUPLICATE,
        "Two waivers have one id.",
        place=Place(file=file, line=int(line), construct_path=place.construct_path or None),
        given=f"{id}, also at {other}",
        expected="an id for each waiver of the organisation",
        fix="Give one of the two another id.",
    )

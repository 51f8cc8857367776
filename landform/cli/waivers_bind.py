"""``landform waivers --bind``: waivers bound to the resources that they are about."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landform.cli.console import Out
from landform.cli.project import checks_python
from landform.errors import Code, Exit, LandformError, Place, did_you_mean

if TYPE_CHECKING:
    from landform.checks.binding import Forms
    from landform.checks.waiver_use import Written
    from landform.org.fleet import Fleet
    from landform.synth.bundle import Bundle


def bind_waivers(
    said: Out, project: Path, folder: Path, ids: Sequence[str], day: dt.date, jobs: int | None
) -> int:
    """Write ``bind`` into the files of waivers, all or none, and print it for those in code.

    Raises:
        LandformError: ``usage`` for a waiver that there is none of, that is about nothing, or whose stacks are not all
            in the bundle; what the gate raises.
    """
    from landform.checks.binding import bind_of, bound_text, digests_of, forms_of
    from landform.checks.cache import cache_of
    from landform.checks.copies import ScanCopies
    from landform.checks.run import check
    from landform.checks.waiver_use import written
    from landform.org.document import read_text
    from landform.org.files import write_file
    from landform.org.load import load
    from landform.org.resolve import resolve
    from landform.policies.waivers import reaches
    from landform.synth.bundle import Bundle

    spec = load(project)
    bundle = Bundle.load(folder)
    known = {each.waiver.id: each for each in written(spec, bundle.stacks.values())}
    fleet = resolve(spec)
    chosen = {id: _known(known, id) for id in ids}
    names = sorted({name for each in chosen.values() for name in _stacks(each, fleet, bundle)})
    with said.progress("checking") as advance:
        records = [bundle.stacks[name] for name in names]
        report = check(
            bundle,
            records,
            as_of=day,
            on_progress=advance,
            jobs=jobs,
            project=project,
            checks_python=checks_python(),
            cache=cache_of(project, checks_python()),
        )
    digest_of = digests_of(ScanCopies(bundle), bundle.stacks)
    bound: dict[str, Forms] = {}
    for id, each in chosen.items():
        bound[id] = forms_of((f for f in report.findings if reaches(each.waiver, f)), digest_of)
        if not bound[id]:
            raise LandformError(
                Code.USAGE,
                "The waiver is about no finding, so there is nothing to bind it to.",
                place=_place(each),
                given=id,
                fix="Correct its checks or its scope, or remove it.",
            )
    files = {
        each.places[0].source: bound_text(
            read_text(project, each.places[0].source), each.places[0].source, bound[id]
        )
        for id, each in chosen.items()
        if not each.is_in_code
    }
    for file, text in files.items():
        write_file(project / file, text)
    said.notice("`landform synth` takes it up")
    lines = [line for id, each in chosen.items() for line in _told(each, bind_of(bound[id]))]
    said.result(
        [
            {"id": id, "bind": bind_of(bound[id]), "written": [place.as_json() for place in each.places]}
            for id, each in chosen.items()
        ],
        lambda console: console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True),
    )
    return int(Exit.DONE)


def _known(known: dict[str, Written], id: str) -> Written:
    if id in known:
        return known[id]
    raise LandformError(
        Code.USAGE,
        "There is no such waiver.",
        given=f"--bind {id}",
        expected="the id of a waiver in org/waivers/, or in the code of the bundle",
        fix=did_you_mean(id, known) or "`landform waivers` lists them.",
    )


def _stacks(each: Written, fleet: Fleet, bundle: Bundle) -> set[str]:
    """The stacks in which a waiver may be about something.

    Raises:
        LandformError: ``usage`` where not all of them are in the bundle: the others would be bound no longer.
    """
    id = each.waiver.id
    stacks = {
        instance.key
        for instance in fleet.instances
        if each.is_in_code or any(waiver.id == id for waiver in instance.waivers)
    }
    missing = sorted(stacks - bundle.stacks.keys())
    if missing:
        raise LandformError(
            Code.USAGE,
            "The bundle does not hold every stack that the waiver may be about.",
            place=_place(each),
            given=f"{id}; {len(missing)} stacks are missing, such as {missing[0]}",
            expected="a bundle of the whole organisation",
            fix="Run `landform synth` without a selection first.",
        )
    return {name for name in stacks if not each.is_in_code or id in bundle.stacks[name].waivers_in_code}


def _place(each: Written) -> Place:
    file, _, line = (
        each.places[0].source.rpartition(":") if each.is_in_code else (each.places[0].source, "", "")
    )
    return Place(
        file=file, line=int(line) if line else None, construct_path=each.places[0].construct_path or None
    )


def _told(each: Written, bind: dict[str, list[str]]) -> list[str]:
    if not each.is_in_code:
        forms = sum(map(len, bind.values()))
        return [f"bound {each.waiver.id} to {forms} forms of {len(bind)} resources: {each.places[0].source}"]
    places = ", ".join(dict.fromkeys(place.source for place in each.places))
    value = json.dumps(bind, indent=4)
    return [f"# {each.waiver.id}, at {places}:", f"bind={value},"]

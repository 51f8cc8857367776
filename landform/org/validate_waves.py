"""The rules of baselines and waves: what they name exists, and each wave takes something."""

from __future__ import annotations

from landform.errors import Code, LandformError
from landform.org.problems import Errors, given_twice, repeated, unknown, unmatched
from landform.org.reach import Reach
from landform.org.select import selects
from landform.org.spec import WAVES, OrgSpec, baseline_file


def baseline_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Stacks that a baseline names and that do not exist."""
    ids = [rule.id for rule in spec.stacks]
    for baseline in spec.baselines:
        file = baseline_file(baseline.name, baseline.version)
        for index, id in enumerate(baseline.stacks):
            if id not in ids:
                yield unknown(spec.place(file, "stacks", index), "stack", id, ids)
        yield from repeated(spec, file, ("stacks",), baseline.stacks)
        for id in baseline.params:
            if id not in ids:
                yield unknown(spec.documents[file].key_place("params", id), "stack", id, ids)


def wave_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Ids given twice, and selectors, or parts of them, that match nothing."""
    yield from given_twice(spec, WAVES, "id", [wave.id for wave in spec.waves], "waves")
    for index, wave in enumerate(spec.waves):
        errors = unmatched(spec, WAVES, ("waves", index, "select"), reach.selectable(wave.select))
        yield from errors
        taken = any(selects(wave.select, account, reach.layers.labels(account)) for account in spec.accounts)
        if not errors and not taken:
            yield LandformError(
                Code.SPEC_REFERENCE,
                f"The wave {wave.id!r} takes no account.",
                place=spec.place(WAVES, "waves", index, "select"),
                expected="a selector that takes at least one account",
                fix="Correct `select`, or remove the wave.",
            )

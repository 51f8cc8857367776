"""The rules of ``org/stacks.yaml`` and of what accounts say about their stacks."""

from __future__ import annotations

from landform.errors import Code, LandformError, did_you_mean
from landform.org.knots import knots, shortest_circle
from landform.org.models import Account, ListOutput, StackRule
from landform.org.problems import Errors, given_twice, named, repeated, unknown, unmatched
from landform.org.reach import Reach
from landform.org.spec import STACKS, OrgSpec, account_file

# The settings that say how many there are of something.
_LENGTHS = ("sizing.az_count",)


def stack_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Ids given twice, needs that are no stack, circles."""
    ids = [rule.id for rule in spec.stacks]
    seen = {*ids}
    yield from given_twice(spec, STACKS, "id", ids, "stacks")
    for index, rule in enumerate(spec.stacks):
        for at, need in enumerate(rule.needs):
            if need not in seen:
                yield unknown(spec.place(STACKS, "stacks", index, "needs", at), "stack", need, ids)
        yield from repeated(spec, STACKS, ("stacks", index, "needs"), rule.needs)
    graph = {rule.id: [need for need in rule.needs if need in seen] for rule in spec.stacks}
    for knot in knots(graph):
        circle = shortest_circle(graph, knot)
        others = [id for id in knot if id not in circle]
        yield LandformError(
            Code.SPEC_CYCLE,
            "Stacks need each other in a circle.",
            place=spec.place(STACKS, "stacks", ids.index(circle[0]), "needs"),
            given=" -> ".join(circle) + (f"; and around it {named(others)}" if others else ""),
            expected="stacks that can be made one after the other",
            fix="Remove one of these needs.",
        )


def selector_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Selectors, or parts of them, that match nothing.

    An account's status is no part of that: the rules are as good on the day that the last account of one is suspended.
    """
    taken = {id for rules in reach.selected.values() for id in rules}
    for index, rule in enumerate(spec.stacks):
        at = ("stacks", index, "select")
        errors = unmatched(spec, STACKS, at, reach.selectable(rule.select))
        yield from errors
        if not errors and rule.id not in taken:
            yield LandformError(
                Code.SPEC_REFERENCE,
                f"The stack {rule.id!r} is selected for no account.",
                place=spec.place(STACKS, *at),
                expected="a selector that takes at least one account",
                fix="Correct `select`, or remove the stack.",
            )


def account_stack_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """What an account says about stacks that it does not have."""
    ids = {rule.id for rule in spec.stacks}
    for account in spec.accounts:
        file = account_file(account.name)
        own = account.stacks
        yield from repeated(spec, file, ("stacks", "skip"), own.skip)
        yield from repeated(spec, file, ("stacks", "add"), own.add)
        named_at = [(id, spec.spot(file, "stacks", "params", id)) for id in own.params]
        named_at += [(id, spec.spot(file, "stacks", "skip", at)) for at, id in enumerate(own.skip)]
        named_at += [(id, spec.spot(file, "stacks", "add", at)) for at, id in enumerate(own.add)]
        for id, spot in named_at:
            # The place of a key, which for an item of a list is the item.
            if id not in ids:
                yield unknown(spot.key_place, "stack", id, ids)
            elif id not in reach.selected[account.name]:
                yield LandformError(
                    Code.SPEC_REFERENCE,
                    f"The account {account.name!r} does not have the stack {id!r}.",
                    place=spot.key_place,
                    given=id,
                    expected=f"one of {', '.join(sorted(reach.selected[account.name]))}",
                    fix=f"Remove it here, or widen the stack's `select` in {STACKS}.",
                )
        for at, id in enumerate(own.add):
            if id in own.skip:
                yield LandformError(
                    Code.SPEC_REFERENCE,
                    f"The account {account.name!r} adds a stack that it skips.",
                    place=spec.place(file, "stacks", "add", at),
                    given=id,
                    fix="Add it or skip it.",
                )
        for id in own.params:
            if id in own.skip:
                yield LandformError(
                    Code.SPEC_REFERENCE,
                    f"The account {account.name!r} gives parameters to a stack that it skips.",
                    place=spec.documents[file].key_place("stacks", "params", id),
                    given=id,
                    fix="Remove the parameters, or do not skip the stack.",
                )


def output_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Outputs that are used and not declared, or whose declaration says nothing clear."""
    rules = {rule.id: rule for rule in spec.stacks}
    for index, rule in enumerate(spec.stacks):
        at = ("stacks", index)
        for used, names in rule.uses.items():
            if used not in rule.needs:
                yield LandformError(
                    Code.SPEC_OUTPUT,
                    f"The stack {rule.id!r} uses outputs of {used!r} and does not need it.",
                    place=spec.documents[STACKS].key_place(*at, "uses", used),
                    given=used,
                    expected=f"one of its needs: {', '.join(rule.needs) or 'none'}",
                    fix=f"Add {used} to its `needs`." if used in rules else did_you_mean(used, rules),
                )
                continue
            if used in rules and rule.per == "account_region" and rules[used].per == "account":
                yield LandformError(
                    Code.SPEC_OUTPUT,
                    f"The stack {rule.id!r} runs in each region and uses outputs of {used!r}, which runs in one.",
                    place=spec.documents[STACKS].key_place(*at, "uses", used),
                    given=used,
                    expected="a stack that runs per account_region: what is published is there in its own region",
                    fix=f"Let {used} run per account_region, or {rule.id} per account.",
                )
                continue
            declared = rules[used].outputs if used in rules else {}
            for number, name in enumerate(names):
                if used in rules and name not in declared:
                    yield LandformError(
                        Code.SPEC_OUTPUT,
                        f"The stack {used!r} declares no output {name!r}.",
                        place=spec.place(STACKS, *at, "uses", used, number),
                        given=name,
                        expected=f"one of {', '.join(sorted(declared))}" if declared else None,
                        fix=did_you_mean(name, declared) or f"Declare it under `outputs` of {used}.",
                    )
        for name, shape in rule.outputs.items():
            if isinstance(shape, ListOutput):
                yield from _length(spec, (*at, "outputs", name), shape)


def _length(spec: OrgSpec, at: tuple[str | int, ...], shape: ListOutput) -> Errors:
    if shape.length is not None and shape.len_from is not None:
        yield LandformError(
            Code.SPEC_OUTPUT,
            "The length of the list is given twice.",
            place=spec.place(STACKS, *at),
            given=f"length {shape.length}, len_from {shape.len_from}",
            expected="`length` or `len_from`",
        )
    if shape.len_from is not None and shape.len_from not in _LENGTHS:
        place = spec.place(STACKS, *at, "len_from")
        yield unknown(place, "setting that can be a length", shape.len_from, _LENGTHS)


def need_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Stacks that stand where a stack they need does not."""
    ids = {rule.id for rule in spec.stacks}
    lacking: dict[tuple[int, int], list[str]] = {}
    numbers = {rule.id: index for index, rule in enumerate(spec.stacks)}
    for account in spec.accounts:
        there = reach.stacks[account.name]
        for rule in there.values():
            for at, need in enumerate(rule.needs):
                if need in there or need not in ids:
                    continue
                if need in account.stacks.skip:
                    yield _skipped(spec, account, rule, need)
                else:
                    lacking.setdefault((numbers[rule.id], at), []).append(account.name)
    for (index, at), accounts in lacking.items():
        rule = spec.stacks[index]
        yield LandformError(
            Code.SPEC_REFERENCE,
            f"The stack {rule.id!r} needs {rule.needs[at]!r}, which some of its accounts do not have.",
            place=spec.place(STACKS, "stacks", index, "needs", at),
            given=named(accounts),
            expected=f"{rule.needs[at]!r} in every account that has {rule.id!r}",
            fix="Make the two `select` (and their `status`) agree.",
        )


def _skipped(spec: OrgSpec, account: Account, rule: StackRule, need: str) -> LandformError:
    return LandformError(
        Code.SPEC_REFERENCE,
        f"The account {account.name!r} skips a stack that its stack {rule.id!r} needs.",
        place=spec.place(account_file(account.name), "stacks", "skip", account.stacks.skip.index(need)),
        given=need,
        fix=f"Skip {rule.id!r} too, or keep {need!r}.",
    )

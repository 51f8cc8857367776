"""Regions of the space of all requests, and whether some of them cover another: exact, with a witness.

A request is a point: a principal, an action, a resource, and a value (or none) for each context key. A statement is
a box: a set of each. "Is anything in all of these boxes, and in none of those?" is answered dimension by dimension:
each is cut into the few classes of points that the boxes can tell apart (``pattern.witnesses``), and of two classes
the one that lies in fewer boxes is enough to look at.

What is not exact errs to the side of finding a point, never of missing one: a policy variable may have any value
(the same one everywhere), a test with ``ForAnyValue`` or ``ForAllValues`` may hold or not (the same way everywhere),
and tests of different families on one key, numbers and texts, are taken to be independent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise

from landform.iam.conditions import ConditionTest, Family, moment, network, number
from landform.iam.policy import Names, PolicyStatement
from landform.iam.texts import Texts

ANYTHING = Names(("*",))


@dataclass(frozen=True)
class Box:
    """A set of requests: those of these principals, actions and resources for which every test holds.

    ``principals`` are patterns over ``AWS:`` and an ARN, ``Service:`` and a name, ``Federated:`` and a provider;
    ``actions`` are in lower case. ``statement`` is where the box comes from.
    """

    actions: Names = ANYTHING
    resources: Names = ANYTHING
    principals: Names = ANYTHING
    tests: tuple[ConditionTest, ...] = ()
    statement: PolicyStatement | None = field(default=None, compare=False)

    @cached_property
    def _facts(self) -> frozenset[object]:
        return frozenset((test.operator.name, test.key.lower(), *_form(test)) for test in self.tests)

    def apart(self, other: Box) -> bool:
        """Whether it can be seen at once that no request is in both."""
        return (
            self.actions.apart(other.actions)
            or self.resources.apart(other.resources)
            or self.principals.apart(other.principals)
        )

    @property
    def plain(self) -> bool:
        """Whether ``apart`` of two such is exact, but for their tests."""
        return self.actions.plain and self.resources.plain and self.principals.plain

    def surely_covers(self, other: Box) -> bool:
        """Whether it can be read from the texts alone that a request in ``other`` is in this box too."""
        pairs = (
            (self.principals, other.principals),
            (self.actions, other.actions),
            (self.resources, other.resources),
        )
        return all(
            left.everything or left == right or _lists(left, right) for left, right in pairs
        ) and self._facts.issubset(other._facts)


def _form(test: ConditionTest) -> tuple[object, ...]:
    return test.values, test.quantifier, test.if_exists, test.variables


def _lists(left: Names, right: Names) -> bool:
    alike = not left.excluded and not right.excluded and left.variables == right.variables
    return alike and set(right.patterns) <= set(left.patterns)


@dataclass(frozen=True, slots=True)
class Point:
    """One request, for which a question was answered with yes.

    ``context`` has the value of each key that matters, None for a key that the request has not. ``assumed`` says
    what was taken to be so: that tests hold or do not, that a pattern with variables matches or does not.
    """

    principal: str
    action: str
    resource: str
    context: tuple[tuple[str, str | None], ...] = ()
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Class:
    """Points of one dimension that the boxes do not tell apart: the boxes they are in, as bits, and one of them."""

    boxes: int
    key: str
    value: str | None
    assumed: tuple[str, ...] = ()


def uncovered(inside: Sequence[Box], outside: Iterable[Box]) -> Point | None:
    """A request that is in every box of ``inside`` and in none of ``outside``; None where there is none.

    Raises:
        LandformError: ``check-incomplete`` where the patterns are too tangled to be compared exactly.
    """
    outside = tuple(outside)
    if any(box.surely_covers(one) for box in outside for one in inside):
        return None
    others = [box for box in outside if not any(box.apart(one) for one in inside)]
    boxes = (*inside, *others)
    needed = (1 << len(inside)) - 1
    alive = (1 << len(boxes)) - 1
    dimensions: list[list[_Class]] = []
    for cut in _CUTS:
        for classes in cut(boxes, alive, needed):
            smallest = _smallest(classes, needed, alive)
            if not smallest:
                return None
            dimensions.append(smallest)
            alive &= _union(smallest)
    found = _search(dimensions, alive & ~needed)
    return None if found is None else _point(found)


def _union(classes: Iterable[_Class]) -> int:
    union = 0
    for one in classes:
        union |= one.boxes
    return union


def _smallest(classes: Iterable[_Class], needed: int, alive: int) -> list[_Class]:
    """The classes that are in every box they must be in, without those that lie in more boxes than another."""
    first: dict[int, _Class] = {}
    for one in classes:
        if one.boxes & needed == needed:
            first.setdefault(one.boxes & alive, one)
            if one.boxes & alive == needed:
                break
    kept: list[_Class] = []
    for boxes in sorted(first, key=int.bit_count):
        if all(other.boxes & alive & ~boxes for other in kept):
            kept.append(first[boxes])
    return kept


def _search(dimensions: Sequence[Sequence[_Class]], alive: int) -> list[_Class] | None:
    """One class of each dimension, so that no box of ``alive`` has them all."""
    failed: set[tuple[int, int]] = set()

    def search(depth: int, alive: int) -> list[_Class] | None:
        if not alive:
            return [classes[0] for classes in dimensions[depth:]]
        if depth == len(dimensions) or (depth, alive) in failed:
            return None
        tried: list[int] = []
        for one in sorted(dimensions[depth], key=lambda one: (one.boxes & alive).bit_count()):
            left = one.boxes & alive
            if any(not other & ~left for other in tried):
                continue
            rest = search(depth + 1, left)
            if rest is not None:
                return [one, *rest]
            tried.append(left)
        failed.add((depth, alive))
        return None

    return search(0, alive)


def _point(classes: Sequence[_Class]) -> Point:
    principal, action, resource, *tests = classes
    assumed = dict.fromkeys(text for one in classes for text in one.assumed)
    return Point(
        principal.value or "",
        action.value or "",
        resource.value or "",
        tuple((one.key, one.value) for one in tests if one.key),
        tuple(assumed),
    )


# The cuts: each gives the classes of its dimensions, for the boxes that are still alive.


def _cut_principals(boxes: Sequence[Box], alive: int, needed: int) -> Iterator[Iterable[_Class]]:
    yield _names([box.principals for box in boxes], "principal", alive, needed)


def _cut_actions(boxes: Sequence[Box], alive: int, needed: int) -> Iterator[Iterable[_Class]]:
    yield _names([box.actions for box in boxes], "action", alive, needed)


def _cut_resources(boxes: Sequence[Box], alive: int, needed: int) -> Iterator[Iterable[_Class]]:
    yield _names([box.resources for box in boxes], "resource", alive, needed)


def _names(names: Sequence[Names], key: str, alive: int, needed: int) -> Iterator[_Class]:
    """The classes of a dimension that is cut by patterns."""
    texts = Texts()
    for index, one in enumerate(names):
        if alive >> index & 1:
            texts.add(index, one.tokens, excluded=one.excluded)
    for answers, text, assumed in texts.classes(needed):
        yield _Class(_mask(alive, answers), key, text, assumed)


def _mask(alive: int, answers: Iterable[tuple[int, bool]]) -> int:
    mask = 0
    for index, answer in answers:
        mask |= answer << index
    return mask & alive


def _cut_tests(boxes: Sequence[Box], alive: int, needed: int) -> Iterator[Iterable[_Class]]:
    """One dimension for each key and family of operators, and one for each test that is taken as it comes."""
    keyed: dict[tuple[str, Family], list[tuple[int, ConditionTest]]] = {}
    nulls: dict[str, list[tuple[int, ConditionTest]]] = {}
    atoms: dict[str, list[tuple[int, ConditionTest, bool]]] = {}
    for index, box in enumerate(boxes):
        if not alive >> index & 1:
            continue
        for test in box.tests:
            if test.quantifier:
                atom, holds = _atom(test)
                atoms.setdefault(atom, []).append((index, test, holds))
            elif test.operator.family == "null":
                nulls.setdefault(test.key.lower(), []).append((index, test))
            else:
                family: Family = "text" if test.operator.family == "arn" else test.operator.family
                keyed.setdefault((test.key.lower(), family), []).append((index, test))
    for key, tests in nulls.items():
        family = next((family for other, family in keyed if other == key), "null")
        keyed.setdefault((key, family), []).extend(tests)
    for (_, family), tests in keyed.items():
        yield _texts(tests, alive, needed) if family == "text" else _values(tests, family, alive)
    for atom, uses in atoms.items():
        yield [
            _Class(
                _mask(alive, _each(((i, holds == want) for i, _, want in uses), alive)),
                "", None, (f"{atom} {'holds' if holds else 'does not hold'}",),
            )
            for holds in (True, False)
        ]  # fmt: skip


def _atom(test: ConditionTest) -> tuple[str, bool]:
    """A test with a quantifier as the one it is the same as or the opposite of, and which of both.

    ``ForAllValues:StringNotEquals`` is true exactly where ``ForAnyValue:StringEquals`` is not.
    """
    values = " or ".join(sorted(test.values))
    exists = "IfExists" if test.if_exists else ""
    if not test.operator.negated or exists:
        return f"{test.quantifier}:{test.operator.name}{exists} {test.key.lower()} {values}", True
    opposite = "ForAnyValue" if test.quantifier == "ForAllValues" else "ForAllValues"
    name = test.operator.name.replace("Not", "", 1)
    return f"{opposite}:{name} {test.key.lower()} {values}", False


def _each(answers: Iterable[tuple[int, bool]], alive: int) -> Iterator[tuple[int, bool]]:
    """For each box that is alive, whether all its answers are yes; a box without an answer has nothing against it."""
    no = {index for index, answer in answers if not answer}
    return ((index, index not in no) for index in range(alive.bit_length()))


def _texts(tests: Sequence[tuple[int, ConditionTest]], alive: int, needed: int) -> Iterator[_Class]:
    """The classes of a key whose value is text, and of the key's absence."""
    key = tests[0][1].key
    yield _absent(tests, alive)
    texts = Texts()
    present: list[tuple[int, bool]] = []
    for index, test in tests:
        operator = test.operator
        if operator.family == "null":
            present.append((index, bool(test.holds({key.lower(): ("",)}))))
        else:
            arn = operator.family == "arn"
            texts.add(index, test.patterns, excluded=operator.negated, arn=arn, fold=operator.fold)
    for answers, text, assumed in texts.classes(needed):
        yield _Class(_mask(alive, _each([*present, *answers], alive)), key, text, assumed)


def _absent(tests: Sequence[tuple[int, ConditionTest]], alive: int) -> _Class:
    answers = ((index, bool(test.holds({test.key.lower(): ()}))) for index, test in tests)
    return _Class(_mask(alive, _each(answers, alive)), tests[0][1].key, None)


def _values(tests: Sequence[tuple[int, ConditionTest]], family: Family, alive: int) -> list[_Class]:
    """The classes of a key whose value is a number, a date, an address or true or false, and of its absence."""
    wanted = tuple(value for _, test in tests if test.operator.family == family for value in test.values)
    return [
        *(
            _Class(
                _mask(alive, _each(((i, bool(t.holds({t.key.lower(): (value,)}))) for i, t in tests), alive)),
                tests[0][1].key,
                value,
            )
            for value in _candidates(family, wanted)
        ),
        _absent(tests, alive),
    ]


@lru_cache(maxsize=1_024)
def _candidates(family: Family, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """One value of each kind that comparisons with these values can tell apart."""
    if family == "bool":
        return "true", "false"
    if family == "null":
        return ("x",)
    if family == "address":
        networks = [found for text in wanted if (found := network(text))]
        places = {ipaddress.ip_address("0.0.0.0"), ipaddress.ip_address("::")}
        places |= {found.network_address for found in networks}
        # A set of ranges begins at the first address of one, right after the last of one, or at zero.
        places |= {found.broadcast_address + 1 for found in networks if not _last(found)}
        return tuple(str(place) for place in sorted(places, key=lambda place: (place.version, int(place))))
    read = number if family == "number" else moment
    bounds = sorted({value for text in wanted if (value := read(text)) is not None})
    if not bounds:
        return ("0",)
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    return tuple(str(value) for value in (bounds[0] - Decimal(1), *bounds, *between, bounds[-1] + Decimal(1)))


def _last(found: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return int(found.broadcast_address) == (1 << found.max_prefixlen) - 1


_CUTS = (_cut_principals, _cut_actions, _cut_resources, _cut_tests)

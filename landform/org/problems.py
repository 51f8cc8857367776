"""The words in which the spec's rules tell what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from landform.errors import Code, LandformError, Place, did_you_mean
from landform.org.reach import Reach
from landform.org.select import Globs, among
from landform.org.spec import BASELINES, ORGANIZATION, OUS, STACKS, TIERS, OrgSpec

Errors = Iterator[LandformError]


Rule = tuple[Callable[[OrgSpec, Reach], Errors], tuple[str, ...]]
"""A rule, and the files and folders without which it would judge what is not known."""

# Without these it is not known which stacks an account has, nor what holds in it.
LAYERED = (ORGANIZATION, OUS, TIERS, BASELINES, STACKS)


def unknown(place: Place, what: str, given: str, known: Collection[str]) -> LandformError:
    """The error for a name that nothing in the spec has."""
    few = sorted(known)[:20]
    return LandformError(
        Code.SPEC_REFERENCE,
        f"There is no {what} {given!r}.",
        place=place,
        given=given,
        expected=f"one of {', '.join(few)}{', ...' if len(known) > len(few) else ''}"
        if few
        else "a name of one; the spec has none",
        fix=did_you_mean(given, known),
    )


def named(names: Sequence[str]) -> str:
    """The first few of many names, and how many there are beside."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def duplicate(place: Place, key: str, value: str, first: Place) -> LandformError:
    """The error for a value that another entry, at ``first``, already has."""
    return LandformError(
        Code.SPEC_DUPLICATE,
        f"The {key} {value!r} is given twice.",
        place=place,
        given=f"{value}, first at {first}",
        expected=f"each {key} once",
        fix="Change one of the two, or remove it.",
    )


def given_twice(spec: OrgSpec, file: str, key: str, values: Sequence[str], *loc: str) -> Errors:
    """An error for each entry of the list at ``loc`` whose ``key`` has a value that an earlier entry has."""
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        first = seen.setdefault(value, index)
        if first != index:
            places = [spec.place(file, *loc, at, key) for at in (index, first)]
            yield duplicate(places[0], key, value, places[1])


def unmatched(
    spec: OrgSpec,
    file: str,
    loc: tuple[str | int, ...],
    globs: Mapping[str, Globs],
) -> list[LandformError]:
    """An error for each glob that matches nothing: ``globs`` has them by key."""
    return [
        unknown(spec.place(file, *loc, key, index), what, glob, known)
        for key, (what, given, known) in globs.items()
        for index, glob in enumerate(given)
        if not among([glob], known)
    ]


def own_approval(requester: str, approvers: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The approvers, with their numbers, who are whoever asked, however the name is written."""
    asked = requester.strip().casefold()
    return ((index, each) for index, each in enumerate(approvers) if each.strip().casefold() == asked)


def repeated(spec: OrgSpec, file: str, loc: tuple[str | int, ...], values: Sequence[str]) -> Errors:
    """An error for each value that a list holds more than once."""
    for index, value in enumerate(values):
        first = values.index(value)
        if first != index:
            yield duplicate(spec.place(file, *loc, index), str(loc[-1]), value, spec.place(file, *loc, first))

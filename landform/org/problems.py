"""The words in which the spec's rules tell what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from landform.errors import Code, LandformError, Place, did_you_mean
from landform.org.load import OrgSpec

Errors = Iterator[LandformError]


def unknown(place: Place, what: str, given: str, known: Collection[str]) -> LandformError:
    """The error for a name that nothing in the spec has."""
    few = sorted(known)[:20]
    return LandformError(
        Code.SPEC_REFERENCE,
        f"There is no {what} {given!r}.",
        place=place,
        given=given,
        expected=f"one of {', '.join(few)}{', ...' if len(known) > len(few) else ''}" if few else None,
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
    )


def repeated(spec: OrgSpec, file: str, loc: tuple[str | int, ...], values: Sequence[str]) -> Errors:
    """An error for each value that a list holds more than once."""
    for index, value in enumerate(values):
        first = values.index(value)
        if first != index:
            yield duplicate(spec.place(file, *loc, index), str(loc[-1]), value, spec.place(file, *loc, first))

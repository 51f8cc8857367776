"""Drift as Markdown, for an issue or the summary of a CI job, and the sentences that every form of it says alike."""

from __future__ import annotations

from collections.abc import Iterator

from landform.plan.review.markdown import code, escaped, sides_table, table
from landform.plan.review.words import many, names
from landform.rollout.drift import Drift, DriftClass, DriftedResource, EditedFile

_NEXT = {
    "no-op": "the next apply leaves it",
    "update": "the next apply undoes it",
    "create": "the next apply makes it again",
    "replace": "the next apply replaces it",
    "delete": "the next apply destroys it",
    "forget": "the next apply forgets it",
}


def headline(found: Drift) -> str:
    """What was found, in a line."""
    drifted = sum(one.drifted for one in found.stacks)
    parts = [
        f"{many(len(found.stacks), 'stack')} looked at",
        f"{many(drifted, 'stack')} drifted" if drifted else "no drift",
        f"{many(len(found.edited), 'file')} of the bundle edited" if found.edited else "",
        f"{many(len(found.failed), 'stack')} could not be looked at" if found.failed else "",
    ]
    return ", ".join(filter(None, parts))


def what(one: DriftClass) -> str:
    """What was changed, in a line without its address."""
    if one.resource is None:
        return "vanished: nothing that was applied is there, or its state is gone"
    if one.resource.action == "delete":
        return f"was removed outside; {_NEXT[one.resource.next]}"
    hidden = "" if one.resource.sides else " in a value that is not shown"
    return f"was changed outside{hidden}; {_NEXT[one.resource.next]}"


def does_more(resource: DriftedResource) -> bool:
    """Whether what the next apply does is more than to turn back what was changed."""
    back = {(side.path, side.after, side.before) for side in resource.sides}
    return {(side.path, side.before, side.after) for side in resource.undone} not in (back, set())


def edited(one: EditedFile) -> str:
    """A file that was edited, with both digests."""
    return f"{one.file} was edited by hand: {one.given or 'gone'}, synthesised as {one.expected}"


def notes(found: Drift) -> Iterator[str]:
    """What is no drift and worth knowing."""
    for one in found.stacks:
        if one.unsettled:
            yield f"{one.stack}: a later apply did not end whole ({one.unsettled}), which is in what is shown"
        if one.other:
            yield f"{one.stack}: the next apply also changes what nobody changed outside: {names(one.other)}"


def markdown(found: Drift) -> str:
    """The drift as GitHub's Markdown."""
    return "\n".join(_lines(found)).rstrip() + "\n"


def _lines(found: Drift) -> Iterator[str]:
    place = f"sandbox {found.sandbox}" if found.sandbox else "AWS"
    verdict = "**drift**" if found.found else "none"
    yield f"## landform drift: {verdict} in {escaped(place)}\n\n{escaped(headline(found))}.\n"
    for one in found.classes:
        address = f"{code(one.resource.address)} " if one.resource else ""
        yield f"### {address}{escaped(what(one))}\n"
        members = f"{many(len(one.members), 'stack')}: {names(one.members, 10)}"
        source = f"; {code(one.resource.source)}" if one.resource and one.resource.source else ""
        yield f"{code(one.stack)} in {escaped(members)}{source}\n"
        if one.resource and one.resource.sides:
            yield sides_table(one.resource.sides)
        if one.resource and does_more(one.resource):
            yield f"The next apply:\n\n{sides_table(one.resource.undone)}"
    if found.edited:
        yield "### Files of the bundle\n"
        rows = [(code(one.file), code(one.given or "gone"), code(one.expected)) for one in found.edited]
        yield table(("file", "is", "synthesised as"), rows)
    yield from (
        f"- could not look at {code(one.stack)}: {escaped(one.error.message)}"
        for one in found.stacks
        if one.error
    )
    yield from (f"- {escaped(note)}" for note in notes(found))

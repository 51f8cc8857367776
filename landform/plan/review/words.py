"""The sentences that every form of a review says alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landform.plan.classes import Difference, PlanClass
from landform.plan.model import Counts
from landform.plan.review.groups import Unknowns
from landform.plan.review.model import ChangeView, Issue, Review
from landform.plan.review.sides import UNKNOWN

RISKS = ("nothing of weight", "something added", "changed in place", "access or protection", "loss")
"""What each risk class is about, from R0 to R4."""

_UNKNOWN = "unknown."

COMMON = (
    "<account>, <account-id>, <region>, <network-1> and the like stand for what is each account's own; "
    "another account's id stands as it is."
)

SHORTENED = "An ARN that begins with its service, as kms:key/x, is of the stack's own account and Region."

NOT_DECIDED = "Known only after apply. What decides access here was not compared with what is there."


def headline(review: Review) -> str:
    """How much there is, in a line."""
    parts = [
        f"{many(review.stacks, 'stack')} in {many(review.accounts, 'account')}",
        many(len(review.classes), "class"),
        counts(review.counts),
    ]
    if review.unchanged:
        parts.append(f"{many(review.unchanged, 'stack')} with nothing to do")
    if review.previews:
        parts.append(f"{many(review.previews, 'preview')} that cannot be applied yet")
    return ", ".join(parts)


def bound(review: Review) -> Iterator[tuple[str, str]]:
    """What a review is of: pairs of a word and what it is."""
    yield "plan set", review.id
    yield "digest", review.digest
    yield "bundle", review.bundle_digest
    yield "planned", f"{review.created} with Terraform {review.terraform_version}, for {review.requested_by}"
    if review.sandbox:
        yield "sandbox", f"{review.sandbox}: nothing of it is about the real AWS"


def counts(found: Counts) -> str:
    """What would be done, without what would not."""
    words = {
        "to import": found.imports,
        "to add": found.add,
        "to change": found.change,
        "to replace": found.replace,
        "to destroy": found.destroy,
    }
    return ", ".join(f"{number} {word}" for word, number in words.items() if number) or "no changes"


def many(number: int, noun: str) -> str:
    """A number of things."""
    ending = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number} {noun}{ending}"


def size(folded: PlanClass) -> str:
    """How many stacks a class has, and what is done in each."""
    return f"{many(len(folded.members), 'stack')}, {counts(folded.counts)} each"


def state(issue: Issue) -> str:
    """Whether somebody can approve an issue, or has accepted it."""
    if issue.refused:
        return "refused"
    return f"waived by {', '.join(issue.waivers)}" if issue.waivers else ""


def resources(unknown: Unknowns, most: int = 2) -> str:
    """Some resources by address, and how many more there are; stacks that wait have none."""
    return names([one.address for one in unknown.origins if one.address], most)


def names(stacks: Sequence[str], most: int = 3) -> str:
    """Some names, and how many more there are."""
    shown = ", ".join(stacks[:most])
    return shown if len(stacks) <= most else f"{shown} and {len(stacks) - most} more"


def difference(one: Difference) -> tuple[str, str, str]:
    """Where an outlier differs, the norm's value and its own."""
    where = f"{one.address} {one.path.removeprefix('after.').removeprefix(_UNKNOWN)}".strip()
    unknown = one.path.startswith(_UNKNOWN)
    norm, outlier = (
        "(none)" if value is None else UNKNOWN if unknown and value is True else str(value)
        for value in (one.norm, one.outlier)
    )
    return where, norm, outlier


def no_difference(folded: PlanClass) -> str:
    """What is said of an outlier whose differences are none that a person can see."""
    return "" if folded.differences else "It differs in what is empty or null alone."


def split(changes: Sequence[ChangeView]) -> tuple[list[ChangeView], int]:
    """The changes that a person reads, and how many touch nothing but tags."""
    loud = [change for change in changes if not change.quiet]
    return loud, len(changes) - len(loud)


def short(digest: str) -> str:
    """As much of a digest as tells it from others on a screen, and as ``--class`` takes it."""
    return digest.removeprefix("sha256:")[:12]

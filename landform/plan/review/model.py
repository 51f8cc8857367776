"""A review as values, which every form of it renders: what is decided, why, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from landform.plan.classes import PlanClass
from landform.plan.model import Counts
from landform.plan.normalise import Identity
from landform.plan.review.sides import Side
from landform.policies.plan_rule import Risk

Verdict = Literal["refused", "to approve", "nothing to do"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource is in the user's code: its address, construct path and ``file:line``; empty where not known."""

    address: str
    construct_path: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """A concern, once for all stacks that have it in the same way; the texts are those of the first of them.

    ``why`` is what the rule is for, ``fix`` what to do. ``waivers`` cover it; ``refused`` says that nobody can
    approve it.
    """

    rule: str
    title: str
    risk: Risk
    origin: Origin
    message: str
    why: str
    fix: str
    sides: tuple[Side, ...]
    witness: str
    refused: bool
    waivers: tuple[str, ...]
    stacks: tuple[str, ...]
    classes: tuple[str, ...]
    holder: Holder | None = None

    @property
    def of_new(self) -> bool:
        """Whether it says no more than what something may that is made in the same go, and can be approved."""
        new = self.holder is not None and self.holder.new
        return new and bool(self.witness) and not self.refused and self.risk < Risk.R4


@dataclass(frozen=True, slots=True)
class Holder:
    """The role, user or group whose own policy something is about, as ``role reader``.

    ``new`` says that the same plan makes it, and does nothing but make.
    """

    name: str
    new: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """New access: a request that is allowed afterwards and was not before. ``statement`` is what allows it.

    ``principal`` is who may: as the policy names it, or the role, user or group that has the policy. ``new`` as in
    ``Holder``.
    """

    principal: str
    action: str
    resource: str
    guard: str
    statement: str
    origin: Origin
    stacks: tuple[str, ...]
    new: bool = False


@dataclass(frozen=True, slots=True)
class Undecided:
    """What could not be judged, because it is known only after apply."""

    origin: Origin
    what: str
    stacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What happens to one resource, for all members of a class, in their common words."""

    origin: Origin
    action: str
    reason: str
    sides: tuple[Side, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing but tags changes."""
        return self.action == "update" and all(side.path.startswith("tags") for side in self.sides)


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class and what its plans do."""

    folded: PlanClass
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """All that a reviewer decides on.

    Attributes:
        id, digest: of the plan set.
        verdict: whether anybody can approve it, and whether there is anything to approve.
        risk: the highest of any plan.
        counts: over all stacks.
        issues: why, the riskiest first; the waived after the others of their risk.
        classes: the riskiest first, then the biggest.
        stacks, accounts, unchanged, previews: how many; ``unchanged`` stacks have nothing to do.
        homes: the account and the Region of each stack.
    """

    id: str
    digest: str
    bundle_digest: str
    terraform_version: str
    requested_by: str
    created: str
    sandbox: str | None
    verdict: Verdict
    risk: Risk
    stacks: int
    accounts: int
    unchanged: int
    previews: int
    counts: Counts
    issues: tuple[Issue, ...]
    grants: tuple[Grant, ...]
    undecided: tuple[Undecided, ...]
    classes: tuple[ClassView, ...]
    homes: Mapping[str, Identity]

    @property
    def decisive(self) -> tuple[Issue, ...]:
        """What stands first in every form of it: R3 and R4, and what is refused."""
        return tuple(issue for issue in self.issues if issue.risk >= Risk.R3 or issue.refused)

    @property
    def outliers(self) -> tuple[ClassView, ...]:
        """The classes that do something else than most stacks of their id."""
        return tuple(view for view in self.classes if view.folded.norm)

    @property
    def quiet(self) -> int:
        """How many changes touch nothing but tags, over all stacks."""
        return sum(
            change.quiet * len(view.folded.members) for view in self.classes for change in view.changes
        )

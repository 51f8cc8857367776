"""A plan as a value: what Terraform would do to each resource of one stack, nothing secret in it.

Read from Terraform's JSON plan format, whose rule is: ignore properties that are not known, refuse a major
version that is not known (Terraform, "JSON Output Format").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from landform.errors import Code, LandformError, Place
from landform.plan.drift import without_noise
from landform.plan.redact import redact
from landform.policies.change import Action, ResourceChange
from landform.synth.bundle import StackRecord
from landform.terraform.secrets import Secrets

FORMAT_MAJOR = "1"
# Actions that change nothing.
QUIET = frozenset({"no-op", "read"})
_ACTIONS: Mapping[tuple[str, ...], Action] = {
    **{(action,): action for action in get_args(Action) if action != "replace"},
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    # What is replaced is left standing where destroying it is forbidden.
    ("create", "forget"): "replace",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many resources a plan adds, changes, replaces and destroys. A replacement counts as itself alone.

    ``imports`` counts those that it takes over, which may be changed too.
    """

    add: int = 0
    change: int = 0
    replace: int = 0
    destroy: int = 0
    imports: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.add + other.add,
            self.change + other.change,
            self.replace + other.replace,
            self.destroy + other.destroy,
            self.imports + other.imports,
        )


@dataclass(frozen=True, slots=True)
class OutputChange:
    """What would happen to one output of a stack; ``before`` and ``after`` are redacted.

    ``unknown`` is the tree of what is known only after apply, True where that is all of it.
    """

    name: str
    action: Action
    before: Any
    after: Any
    unknown: Any


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check, precondition or postcondition that did not pass: of what, how, and the problems it named.

    ``status`` is Terraform's: ``fail``, or ``error`` where the condition could not be evaluated.
    """

    address: str
    status: str
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = "; ".join(self.problems) or ("cannot be evaluated" if self.status == "error" else "fails")
        return f"{self.address}: {said}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one stack; its changes are in Terraform's order, by address.

    Attributes:
        drift: what changed outside since the last apply, noise removed.
        outputs: the outputs that would change, by name.
        failed_checks: what did not pass of the stack's own checks.
        complete: False where Terraform put something off to a later plan.
        errored: whether planning stopped half-way.
        applyable: Terraform's word for whether there is anything to apply, and it can be.
    """

    stack: str
    account: str
    tier: str
    terraform_version: str
    format_version: str
    changes: tuple[ResourceChange, ...]
    drift: tuple[ResourceChange, ...] = ()
    outputs: tuple[OutputChange, ...] = ()
    failed_checks: tuple[FailedCheck, ...] = ()
    complete: bool = True
    errored: bool = False
    applyable: bool = True

    @property
    def counts(self) -> Counts:
        """Adds, changes, replacements, destroys and imports."""
        by_action = Counter(change.action for change in self.changes)
        imports = sum(change.imported is not None for change in self.changes)
        return Counts(
            by_action["create"], by_action["update"], by_action["replace"], by_action["delete"], imports
        )

    def as_json(self) -> dict[str, Any]:
        """The plan as a plan set keeps it: without what stays as it is."""
        kept = (
            change
            for change in self.changes
            if change.action not in QUIET or change.moved_from or change.imported
        )
        return {**asdict(self), "changes": [asdict(change) for change in kept]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Plan:
        """The plan that ``as_json`` wrote. Raises ``ValueError`` where it is none."""
        return _plans().validate_python(value)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], record: StackRecord) -> Plan:
        """The plan in a document that is already redacted.

        Raises:
            LandformError: ``plan-format`` where the format is not one that landform knows.
        """
        version = check_format(document, record.name)
        return cls(
            stack=record.name,
            account=record.account,
            tier=record.tier,
            terraform_version=document.get("terraform_version", ""),
            format_version=version,
            changes=tuple(_change(raw, record.name) for raw in document.get("resource_changes", ())),
            drift=without_noise(_change(raw, record.name) for raw in document.get("resource_drift", ())),
            outputs=tuple(_outputs(document.get("output_changes", {}), record.name)),
            failed_checks=tuple(_failed_checks(document.get("checks", ()))),
            # Formats before 1.2 say nothing of these three.
            complete=document.get("complete", True),
            errored=document.get("errored", False),
            applyable=document.get("applyable", True),
        )


def read_plan(raw: Mapping[str, Any], record: StackRecord, known: Secrets) -> tuple[Plan, dict[str, Any]]:
    """The plan in what ``terraform show -json`` gave, and the document with its secrets taken out.

    Args:
        raw: the document, secrets in clear.
        record: the stack that was planned.
        known: secrets that are known before the plan marks any.

    Raises:
        LandformError: ``plan-format``.
    """
    # Marks mean what this version of the format says they mean: no other version may be redacted by them.
    check_format(raw, record.name)
    document = redact(raw, known)
    return Plan.from_document(document, record), document


def check_format(document: Mapping[str, Any], stack: str) -> str:
    """The format version of a plan document.

    Raises:
        LandformError: ``plan-format`` where its major version is not the one that landform knows.
    """
    version = str(document.get("format_version", "none"))
    if version.split(".")[0] != FORMAT_MAJOR:
        raise _unknown_format(stack, f"format_version {version}", f"format_version {FORMAT_MAJOR}.x")
    return version


def _change(raw: Mapping[str, Any], stack: str) -> ResourceChange:
    change = raw["change"]
    action = _action(change["actions"], raw["address"], stack)
    return ResourceChange(
        address=raw["address"],
        type=raw["type"],
        action=action,
        replace_paths=tuple(tuple(path) for path in change.get("replace_paths", ())),
        reason=raw.get("action_reason"),
        before=change.get("before"),
        after=change.get("after"),
        unknown=change.get("after_unknown"),
        moved_from=raw.get("previous_address"),
        imported=(change.get("importing") or {}).get("id"),
        data=raw.get("mode") == "data",
    )


@cache
def _plans() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def _action(actions: Sequence[str], what: str, stack: str) -> Action:
    action = _ACTIONS.get(tuple(actions))
    if action is None:
        known = ", ".join("+".join(names) for names in _ACTIONS)
        raise _unknown_format(stack, f"actions {'+'.join(actions)} on {what}", f"one of {known}")
    return action


def _outputs(changes: Mapping[str, Any], stack: str) -> Iterator[OutputChange]:
    for name, change in sorted(changes.items()):
        action = _action(change["actions"], f"output.{name}", stack)
        if action != "no-op":
            unknown = change.get("after_unknown")
            yield OutputChange(name, action, change.get("before"), change.get("after"), unknown)


def _failed_checks(checks: Iterable[Mapping[str, Any]]) -> Iterator[FailedCheck]:
    for check in checks:
        if check.get("status") in ("fail", "error"):
            problems = (
                str(problem.get("message", ""))
                for instance in check.get("instances", ())
                for problem in instance.get("problems", ())
            )
            yield FailedCheck(check["address"]["to_display"], check["status"], tuple(filter(None, problems)))


def _unknown_format(stack: str, given: str, expected: str) -> LandformError:
    return LandformError(
        Code.PLAN_FORMAT,
        "Terraform wrote a plan in a form that this landform does not know.",
        place=Place(construct_path=stack),
        given=given,
        expected=expected,
        fix="Use a Terraform that this landform knows, or a newer landform.",
    )

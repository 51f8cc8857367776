"""A plan set: the plans of one run of ``landform plan``, judged and digested. It is what a person approves.

A plan set is bound to one bundle. It holds digests of what would happen, never values, so it can be shown, kept
and signed; the plan files it was made from hold secrets and lie encrypted beside it (``landform.plan.store``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from landform.digest import digest
from landform.plan.model import Plan
from landform.policies.plan_rule import Concern, Risk

FORMAT = "landform/plan-set/v1"
ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class JudgedConcern:
    """A concern and the rule that raised it. ``waiver`` is the id of the waiver that covers it."""

    rule: str
    concern: Concern
    waiver: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The concern as it stands in a plan set."""
        concern = {**asdict(self.concern), "risk": self.concern.risk.name, "keys": list(self.concern.keys)}
        return {"rule": self.rule, "waiver": self.waiver, **concern}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> JudgedConcern:
        """What ``as_json`` wrote."""
        concern = {**value, "risk": Risk[value["risk"]], "keys": tuple(value["keys"])}
        rule, waiver = concern.pop("rule"), concern.pop("waiver")
        return cls(rule, Concern(**concern), waiver)


@dataclass(frozen=True, slots=True)
class JudgedPlan:
    """One stack's plan with all that is decided by it.

    Attributes:
        plan: what Terraform would do, redacted.
        risk: the highest class of its concerns; a tier may raise it.
        concerns: why, the riskiest first.
        digest: of everything that the plan would do; equal for two plans of the same thing.
        class_digest: as ``digest``, with account, name, region and addresses made equal: what 300 accounts share.
        stack_sha256: of the synthesised ``cdk.tf.json`` that was planned.
        plan_file_sha256: of Terraform's plan file; None for a preview, which can never be applied.
        pending: the stacks that have to be applied first.
    """

    plan: Plan
    risk: Risk
    concerns: tuple[JudgedConcern, ...]
    digest: str
    class_digest: str
    stack_sha256: str
    plan_file_sha256: str | None
    pending: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The judged plan as it stands in a plan set."""
        return {
            "risk": self.risk.name,
            "concerns": [one.as_json() for one in self.concerns],
            "digest": self.digest,
            "class_digest": self.class_digest,
            "stack_sha256": self.stack_sha256,
            "plan_file_sha256": self.plan_file_sha256,
            "pending": list(self.pending),
            "plan": self.plan.as_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> JudgedPlan:
        """What ``as_json`` wrote."""
        return cls(
            plan=Plan.from_json(value["plan"]),
            risk=Risk[value["risk"]],
            concerns=tuple(JudgedConcern.from_json(one) for one in value["concerns"]),
            digest=value["digest"],
            class_digest=value["class_digest"],
            stack_sha256=value["stack_sha256"],
            plan_file_sha256=value["plan_file_sha256"],
            pending=tuple(value["pending"]),
        )

    @property
    def refused(self) -> tuple[JudgedConcern, ...]:
        """The concerns for which nobody can approve the plan."""
        return tuple(one for one in self.concerns if one.concern.refused and one.waiver is None)


@dataclass(frozen=True)
class PlanSet:
    """The plans of one run, by stack name, sorted.

    Attributes:
        bundle_digest: of the bundle that was planned.
        terraform_version: of the Terraform that planned; no other may apply.
        requested_by: who asked for it, who cannot approve it where duties are separated.
        created: when, as ISO 8601 in UTC.
        findings_digest: of the report of the checks over the same bundle.
        plans: the judged plans by stack. Stacks that could not be planned are not in it.
        sandbox: the id of the sandbox it was planned in, which alone it can be applied to; None is the real AWS.
    """

    bundle_digest: str
    terraform_version: str
    requested_by: str
    created: str
    findings_digest: str
    plans: Mapping[str, JudgedPlan]
    sandbox: str | None = None

    @cached_property
    def digest(self) -> str:
        """Of all that is shown and would be done, and to what, but not of when it was planned."""
        return digest(self._content())

    @cached_property
    def id(self) -> str:
        """What people call it: the beginning of the digest of it and of its time."""
        return digest([self.digest, self.created]).removeprefix("sha256:")[:ID_LENGTH]

    def as_json(self) -> dict[str, Any]:
        """The plan set as it stands in its file."""
        return {"id": self.id, "digest": self.digest, "created": self.created, **self._content()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PlanSet:
        """The plan set that ``as_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: where it is none, or was edited.
        """
        if value["format"] != FORMAT:
            raise KeyError(value["format"])
        plan_set = cls(
            bundle_digest=value["bundle_digest"],
            terraform_version=value["terraform_version"],
            requested_by=value["requested_by"],
            created=value["created"],
            findings_digest=value["findings_digest"],
            sandbox=value["sandbox"],
            plans={name: JudgedPlan.from_json(one) for name, one in value["plans"].items()},
        )
        if plan_set.digest != value["digest"]:
            raise ValueError("the digest is not that of the plans")
        return plan_set

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "bundle_digest": self.bundle_digest,
            "terraform_version": self.terraform_version,
            "requested_by": self.requested_by,
            "findings_digest": self.findings_digest,
            "sandbox": self.sandbox,
            "plans": {name: one.as_json() for name, one in sorted(self.plans.items())},
        }

"""A plan set: the plans of one run of ``landform plan``, judged and digested. It is what a person approves.

A plan set is bound to one bundle. It holds digests of what would happen, never values, so it can be shown, kept
and signed; the plan files it was made from hold secrets and lie encrypted beside it (``landform.plan.store``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landform.plan.model import Plan
from landform.policies.plan_rule import Concern, Risk

FORMAT = "landform/plan-set/v1"


@dataclass(frozen=True, slots=True)
class JudgedConcern:
    """A concern and the rule that raised it. ``waiver`` is the id of the waiver that covers it."""

    rule: str
    concern: Concern
    waiver: str | None = None


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
        pending: the outputs of stacks that are not applied yet, for which placeholders stand.
    """

    plan: Plan
    risk: Risk
    concerns: tuple[JudgedConcern, ...]
    digest: str
    class_digest: str
    stack_sha256: str
    plan_file_sha256: str | None
    pending: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[JudgedConcern, ...]:
        """The concerns for which nobody can approve the plan."""
        return tuple(one for one in self.concerns if one.concern.refused and one.waiver is None)


@dataclass(frozen=True, slots=True)
class PlanSet:
    """The plans of one run, by stack name, sorted.

    Attributes:
        bundle_digest: of the bundle that was planned.
        terraform_version: of the Terraform that planned; no other may apply.
        requested_by: who asked for it, who cannot approve it where duties are separated.
        created: when, as ISO 8601 in UTC.
        findings_digest: of the report of the checks over the same bundle.
        plans: the judged plans. Stacks that could not be planned are not in it.
    """

    bundle_digest: str
    terraform_version: str
    requested_by: str
    created: str
    findings_digest: str
    plans: Mapping[str, JudgedPlan]

"""An approval: one person's signed word that these plans, and no others, may be applied.

It is bound to the digest of each plan, to the set of stacks of each class, to the bundle and to the findings of the
checks, and it ends. So a plan that was made anew and does the same is still approved, and whatever changed is not.
It lies in ``<project>/record/approvals/<id>.json`` in one spelling, and its signature is over everything else in it:
``landform approvals --show-signed ID`` gives ``ssh-keygen -Y verify`` what it needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from landform.digest import canonical_json, digest
from landform.errors import Code, LandformError
from landform.org.files import make_folder, write_file
from landform.plan.plan_set import PlanSet
from landform.policies.plan_rule import Risk
from landform.record.events import Head
from landform.record.moments import moment, stamp
from landform.record.signature import sign
from landform.record.ssh import Signer

FORMAT = "landform/approval/v1"
FOLDER = Path("record/approvals")
"""Where approvals lie in a project."""

ID_LENGTH = 16
# Far more than the stacks of a large organisation take.
_MAX_BYTES = 64 * 1024 * 1024

LIFETIME: Mapping[Risk, timedelta] = MappingProxyType(
    {
        Risk.R0: timedelta(days=7),
        Risk.R1: timedelta(days=7),
        Risk.R2: timedelta(days=7),
        Risk.R3: timedelta(days=3),
        Risk.R4: timedelta(days=1),
    }
)
"""How long an approval of a plan holds at most, by the plan's risk."""


@dataclass(frozen=True, slots=True)
class ApprovedPlan:
    """What was approved of one stack: the digest of its plan, the digest of its class, and its risk."""

    digest: str
    class_digest: str
    risk: Risk


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval of some plans.

    Attributes:
        plan_set_id, plan_set_digest: what was looked at.
        bundle_digest, findings_digest: of what was planned, and of what the checks said of it.
        sandbox: the sandbox that the plans are for; None is the real AWS.
        requester: who asked for the plans.
        approver: who approves, by the name in ``org/approvers.yaml``.
        ticket, reason: of the change; empty where none was given.
        created, expires: from when until when, as ISO 8601 in UTC; the end is not part of it.
        ledger: where the ledger ended then.
        plans: what is approved, by stack.
        signature: an SSH signature over all of the above; empty until it is signed.
    """

    plan_set_id: str
    plan_set_digest: str
    bundle_digest: str
    findings_digest: str
    sandbox: str | None
    requester: str
    approver: str
    ticket: str
    reason: str
    created: str
    expires: str
    ledger: Head
    plans: Mapping[str, ApprovedPlan]
    signature: str = ""

    @property
    def id(self) -> str:
        """What people call it, and its file's name: the beginning of the digest of what is signed."""
        return digest(self._content()).removeprefix("sha256:")[:ID_LENGTH]

    @property
    def risk(self) -> Risk:
        """The highest risk of the plans in it."""
        return max((plan.risk for plan in self.plans.values()), default=Risk.R0)

    def signed_text(self) -> str:
        """What the signature is over: the canonical JSON of everything else."""
        return canonical_json(self._content())

    def text(self) -> str:
        """The approval as its file's text."""
        return canonical_json({**self._content(), "signature": self.signature}) + "\n"

    def signed(self, signer: Signer) -> Approval:
        """The same with a signature.

        Raises:
            LandformError: ``signing-key`` where an agent refuses.
        """
        return replace(self, signature=sign(signer, self.signed_text().encode()))

    @classmethod
    def parse(cls, text: str) -> Approval:
        """The approval in a file's text. Whether it holds is for ``landform.plan.approved`` to say.

        Raises:
            ValueError: where the text is not, byte for byte, what landform writes of an approval.
        """
        try:
            found = cls._from_json(json.loads(text))
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None
        if found.text() != text:
            raise ValueError("it is not written in the one form")
        return found

    def _content(self) -> dict[str, Any]:
        classes: dict[str, dict[str, Any]] = {}
        for stack, plan in self.plans.items():
            entry = {"digest": plan.digest, "risk": plan.risk.name}
            classes.setdefault(plan.class_digest, {})[stack] = entry
        return {
            "format": FORMAT,
            "plan_set": {"id": self.plan_set_id, "digest": self.plan_set_digest},
            "bundle_digest": self.bundle_digest,
            "findings_digest": self.findings_digest,
            "sandbox": self.sandbox,
            "requester": self.requester,
            "approver": self.approver,
            "ticket": self.ticket,
            "reason": self.reason,
            "created": self.created,
            "expires": self.expires,
            "ledger": {"seq": self.ledger.seq, "digest": self.ledger.digest},
            "classes": classes,
        }

    @classmethod
    def _from_json(cls, value: Mapping[str, Any]) -> Approval:
        if value["format"] != FORMAT:
            raise ValueError(f"its format is {value['format']!r}")
        texts = ("bundle_digest", "findings_digest", "requester", "approver", "ticket", "reason", "signature")
        # A moment that is none could never be compared.
        created, expires = (stamp(moment(value[key])) for key in ("created", "expires"))
        return cls(
            plan_set_id=value["plan_set"]["id"],
            plan_set_digest=value["plan_set"]["digest"],
            sandbox=value["sandbox"],
            created=created,
            expires=expires,
            ledger=Head(value["ledger"]["seq"], value["ledger"]["digest"]),
            plans={
                stack: ApprovedPlan(plan["digest"], class_digest, Risk[plan["risk"]])
                for class_digest, plans in value["classes"].items()
                for stack, plan in plans.items()
            },
            **{key: value[key] for key in texts},
        )


@dataclass(frozen=True, slots=True)
class Filed:
    """A file among the approvals: its name, and the approval in it, or why there is none."""

    name: str
    approval: Approval | None
    problem: str = ""


def draft(
    plan_set: PlanSet,
    stacks: Iterable[str],
    *,
    approver: str,
    now: datetime,
    ledger: Head,
    ticket: str = "",
    reason: str = "",
    expires: datetime | None = None,
) -> Approval:
    """An approval that nobody has signed yet.

    Args:
        plan_set: what is approved.
        stacks: which of its stacks.
        approver: who approves.
        now: from when on.
        ledger: where the ledger ends.
        expires: until when; as long as the risk of the plans allows, unless given.

    Raises:
        LandformError: ``usage`` where it would end before it begins, or later than the risk allows.
    """
    plans = {
        name: ApprovedPlan(
            plan_set.plans[name].digest, plan_set.plans[name].class_digest, plan_set.plans[name].risk
        )
        for name in sorted(stacks)
    }
    risk = max((plan.risk for plan in plans.values()), default=Risk.R0)
    latest = now + LIFETIME[risk]
    if expires is not None and not now < expires <= latest:
        raise LandformError(
            Code.USAGE,
            f"An approval of plans of the risk {risk.name} cannot last so long, or would never hold.",
            given=stamp(expires),
            expected=f"after {stamp(now)}, at most until {stamp(latest)}",
        )
    return Approval(
        plan_set_id=plan_set.id,
        plan_set_digest=plan_set.digest,
        bundle_digest=plan_set.bundle_digest,
        findings_digest=plan_set.findings_digest,
        sandbox=plan_set.sandbox,
        requester=plan_set.requested_by,
        approver=approver,
        ticket=ticket,
        reason=reason,
        created=stamp(now),
        expires=stamp(expires or latest),
        ledger=ledger,
        plans=plans,
    )


def file_approval(project: Path, approval: Approval) -> Path:
    """Write a signed approval into a project; its file.

    Raises:
        LandformError: ``not-writable``.
    """
    path = project / FOLDER / f"{approval.id}.json"
    make_folder(path.parent, "folder of approvals")
    write_file(path, approval.text())
    return path


def read_approvals(project: Path) -> tuple[Filed, ...]:
    """Every file among a project's approvals, by name."""
    return tuple(_read(path) for path in sorted((project / FOLDER).glob("*.json")))


def _read(path: Path) -> Filed:
    try:
        with path.open("rb") as stream:
            return Filed(path.name, Approval.parse(stream.read(_MAX_BYTES).decode()))
    except (OSError, ValueError) as error:
        return Filed(path.name, None, f"it is no approval as landform writes one: {error}")

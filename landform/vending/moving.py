"""An account moved to another organizational unit: what it gains and loses by that, judged before anything is written.

A unit brings service control policies, settings and limits. Those of the new place are in force the moment AWS moves
the account ("MoveAccount"), so a policy that denies landform's own role there would leave nobody to take it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landform.constructs.state.state_backend import APPLY_ROLE
from landform.errors import Code, LandformError, Place, raise_all
from landform.iam.lockout import locked_out
from landform.org.diff import OrgDiff, State, as_json, diff
from landform.org.living import ROOT_UNIT
from landform.org.models import Account
from landform.org.problems import unknown
from landform.org.resolve import resolve
from landform.org.select import ou_path
from landform.org.spec import OUS, OrgSpec, account_file, policy_file
from landform.vending.change import SpecChange
from landform.vending.life_change import Said, Step, body_of, changed

# An account that is suspended may go where nobody can work; whether it can come back from there, resuming it judges.
_WORKING = ("requested", "provisioning", "quarantined", "active")


@dataclass(frozen=True, slots=True)
class Move:
    """A move of an account.

    Attributes:
        step: the move as a step; None where the account is there already.
        gained, lost: service control policies, by name.
        diff: what changes for the account and its stacks.
    """

    step: Step | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    diff: OrgDiff

    def as_json(self) -> dict[str, Any]:
        """What the move brings, as a JSON object."""
        return {
            "policies": {"gained": list(self.gained), "lost": list(self.lost)},
            "effects": as_json(self.diff),
        }


def move(spec: OrgSpec, account: Account, unit: str, said: Said, *, tier: str | None = None) -> Move:
    """Move an account to a unit, and to another tier where one is given.

    Args:
        spec: the whole spec, which is good.
        account: of it.
        unit: the path of the unit.
        said: who and why.
        tier: the tier that it is to have; the one it has unless given.

    Raises:
        LandformError: ``account-life`` for an account that is closed, and where policies over the unit would lock out
            the role that applies; ``spec-...`` where the spec would break its rules afterwards.
    """
    file = account_file(account.name)
    paths = [each.path for each in spec.ous]
    if unit not in paths:
        raise unknown(Place(OUS), "organizational unit", unit, paths)
    before = State("before", spec, resolve(spec, only=[account.name]))
    if (account.ou, account.tier) == (unit, tier or account.tier):
        return Move(None, (), (), diff(before, before))
    if account.status == "closed":
        raise LandformError(
            Code.ACCOUNT_LIFE,
            "An account that is closed is not moved: its file says where it was.",
            place=spec.place(file, "status"),
            given=f"{account.name}: status {account.status}",
        )
    values = {"ou": unit, **({"tier": tier} if tier else {})}
    after, file, text = changed(spec, account, values, said.entry(ou=unit))
    (moved,) = (each for each in after.accounts if each.name == account.name)
    state = State("after", after, resolve(after, only=[account.name]))
    if account.status in _WORKING:
        raise_all([_refused(moved, *each) for each in lock_outs(after, moved)])
    old, new = policies_over(spec, account), policies_over(after, moved)
    gained = tuple(name for name in new if name not in old)
    lost = tuple(name for name in old if name not in new)
    body = body_of(
        said,
        f"Gains the service control policies {', '.join(gained)}." if gained else "",
        f"Loses the service control policies {', '.join(lost)}." if lost else "",
    )
    title = f"{account.name}: move, {account.ou} -> {unit}"
    if tier and tier != account.tier:
        title += f", tier {account.tier} -> {tier}"
    step = Step(account.name, "move", account.ou, unit, said, SpecChange({file: text}, title, body), after)
    return Move(step, gained, lost, diff(before, state))


def policies_over(spec: OrgSpec, account: Account) -> tuple[str, ...]:
    """The names of the service control policies over an account: of its units from the root down, and its own."""
    units = {unit.path: unit.service_control_policies for unit in spec.ous}
    named = [name for path in (ROOT_UNIT, *ou_path(account.ou)) for name in units.get(path, ())]
    return tuple(dict.fromkeys([*named, *account.service_control_policies]))


def lock_outs(spec: OrgSpec, account: Account) -> tuple[tuple[str, str], ...]:
    """The policies over an account that deny landform's own role what it needs, each with some of what it denies."""
    role = f"arn:{spec.organization.partition}:iam::{account.account_id}:role/{APPLY_ROLE}"
    found = []
    for name in policies_over(spec, account) if account.account_id else ():
        denied = {
            action: region
            for region in reversed(account.regions)
            for action in locked_out([spec.policies[name]], role, context={"aws:RequestedRegion": (region,)})
        }
        few = [f"{action} in {region}" for action, region in sorted(denied.items())]
        if few:
            found.append((name, ", ".join(few[:3]) + (f" and {len(few) - 3} more" if few[3:] else "")))
    return tuple(found)


def _refused(account: Account, policy: str, denied: str) -> LandformError:
    return LandformError(
        Code.ACCOUNT_LIFE,
        f"In {account.ou} the service control policy {policy!r} would lock out {APPLY_ROLE}.",
        place=Place(account_file(account.name)),
        given=denied,
        expected=f"policies that let {APPLY_ROLE} go on in {account.account_id}",
        fix=f"Except the role in {policy_file(policy)}, or choose another unit.",
    )

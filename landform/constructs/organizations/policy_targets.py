"""What policies of an organisation are attached to. Follows "Quotas and service limits for AWS Organizations"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from landform.constructs.limits import ACCOUNT_ID
from landform.constructs.organizations.limits import ACCOUNT_NAME, ROOT_ID, UNIT_ID, UNIT_PATH
from landform.core import Construct, Ref
from landform.errors import Code, LandformError, did_you_mean
from landform.org.packing import KINDS, ROOT, Kind


class PolicyTargets(Construct):
    """The common ground of the organisation's tree, kept here or elsewhere: its root, units and accounts by name."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._targets: dict[str, str | Ref[str]] = {}
        self._attached: Counter[tuple[Kind, str]] = Counter()

    def target(self, name: str) -> str | Ref[str]:
        """The id of what a policy is attached to: ``Root``, a unit by its path, an account by its name.

        Raises:
            LandformError: ``argument-value`` where the tree has none of the name.
        """
        if name in self._targets:
            return self._targets[name]
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The organisation has no unit and no account of this name.",
            place=self.node.here,
            given=repr(name),
            expected=f"one of {', '.join(sorted(self._targets))}",
            fix=did_you_mean(name, self._targets),
        )

    def attach(self, kind: Kind, name: str) -> str | Ref[str]:
        """Count a policy at a target, and give the target's id; ``OrganizationPolicy`` calls this.

        Raises:
            LandformError: ``argument-value`` where AWS takes no more policies of the type there.
        """
        target = self.target(name)
        self._attached[kind, name] += 1
        count, most = self._attached[kind, name], KINDS[kind].attached
        if count > most:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "AWS takes no more policies of this type at one place.",
                place=self.node.here,
                given=f"{count} of {KINDS[kind].type} at {name}",
                expected=f"at most {most}",
                fix="Merge some of them, or attach some to the unit above.",
            )
        return target

    def room(self, kind: Kind, name: str) -> int:
        """How many more policies of a kind AWS takes at a target."""
        return KINDS[kind].attached - self._attached[kind, name]


class ImportedOrganizationTree(PolicyTargets):
    """The organisation as another stack keeps it."""

    before_policies: tuple[Construct, ...] = ()

    def __init__(
        self,
        scope: Construct,
        id: str,
        root_id: str,
        *,
        units: Mapping[str, str],
        accounts: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        place = self.node.place
        self._targets[ROOT] = ROOT_ID.checked(root_id, place)
        for path, unit_id in units.items():
            self._targets[UNIT_PATH.checked(path, place)] = UNIT_ID.checked(unit_id, place)
        for name, account_id in accounts.items():
            if name in self._targets:
                raise LandformError(
                    Code.ARGUMENT_VALUE, "An account has the name of a unit.", place=place, given=name
                )
            self._targets[ACCOUNT_NAME.checked(name, place)] = ACCOUNT_ID.checked(account_id, place)

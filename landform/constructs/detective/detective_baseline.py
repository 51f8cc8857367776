"""What sees what happens in an organisation, account by account and region by region.

Follows "AWS Security Reference Architecture": the management account has the trail, a delegated administrator has the
findings of all, every account has its recorder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from landform.constructs.detective.findings import GuardDuty, Macie, SecurityHub
from landform.constructs.detective.recorder import Aggregator, Recorder
from landform.constructs.detective.trail import AnyArchive, Trail
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean

Duty = Literal["member", "administrator", "management"]

MACIE = "Macie looks for sensitive data in buckets"


class DetectiveBaseline(Construct):
    """The recorder of an account in a region, and what its duty in the organisation adds.

    The management account has the organisation's ``Trail`` with its alarms. The delegated administrator
    (``OrganizationTree.delegate``) has GuardDuty, Security Hub and Macie for every account, and what all recorders
    recorded. It stands once in each region; what is one for all regions is in the home region.

    Args:
        archive: the bucket of the organisation's logs.
        duty: ``member``, ``administrator`` or ``management``; ``trail`` is the management account's.
        macie: whether the administrator has Macie; the tier says unless given.
        subscribers: e-mail addresses that hear the alarms; the account's security contact unless given.

    Raises:
        LandformError: ``argument-value`` for a duty there is not, or for the duty of the management account in
            another.

    >>> archive = Bucket.from_name(stack, "Archive", "acme-archive", account_id="222222222222")
    >>> DetectiveBaseline(stack, "Detective", archive=archive, duty="administrator").duty
    'administrator'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        archive: AnyArchive,
        duty: Duty = "member",
        macie: bool | None = None,
        subscribers: Sequence[str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.duty = self._checked_duty(duty, stack)
        self.trail: Trail | None = None
        home = stack.region == stack.organization.home_region
        Recorder(self, "Recorder", archive=archive, makes_role=home)
        if duty == "administrator":
            self._administer(stack, home, macie)
        if duty == "management" and home:
            self.trail = Trail(self, "Trail", archive=archive, subscribers=subscribers)

    def _administer(self, stack: AwsStack, home: bool, macie: bool | None) -> None:
        GuardDuty(self, "GuardDuty")
        SecurityHub(self, "SecurityHub")
        if home:
            Aggregator(self, "Aggregator")
        if stack.default_on(self, MACIE, setting="sizing.deletion_protection", given=macie):
            Macie(self, "Macie")

    def _checked_duty(self, duty: str, stack: AwsStack) -> str:
        duties = get_args(Duty)
        if duty not in duties:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An account has no such duty.",
                place=self.node.place,
                given=repr(duty),
                expected=f"one of {', '.join(duties)}",
                fix=did_you_mean(str(duty), duties),
            )
        management = stack.organization.management_account
        if duty == "management" and stack.instance.account.name != management:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The organisation's trail is the management account's to make.",
                place=self.node.place,
                given=f"account {stack.instance.account.name}",
                expected=f"account {management}, management_account of org/org.yaml",
            )
        return duty

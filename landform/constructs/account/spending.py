"""What an account may cost. Follows "Managing your costs with AWS Budgets" and "AWS Cost Anomaly Detection"."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.account.limits import CONTACT_EMAIL
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.resources.aws.budgets_budget import BudgetsBudget, Notification
from landform.resources.aws.ce_anomaly_monitor import CeAnomalyMonitor
from landform.resources.aws.ce_anomaly_subscription import (
    CeAnomalySubscription,
    Subscriber,
    ThresholdExpression,
    ThresholdExpressionDimension,
)

# Shares of the budget that raise an alert where the settings name none: spent, and foreseen for the month.
_ALERTS = ("80%", "100%")
# An anomaly that costs less than this share of the month's budget wakes nobody.
_ANOMALY_SHARE = 0.05


class Spending(Construct):
    """A monthly budget with its alerts, and a monitor that finds what costs more than it used to.

    The last of the alerts is for what AWS foresees of the month too.

    Args:
        monthly_usd: what the account may cost in a month, in US dollars; the settings' ``budget.monthly_usd`` unless
            given.
        anomaly: whether anomalies are looked for; the settings' ``budget.anomaly`` unless given, and yes where those
            say nothing.
        subscribers: e-mail addresses that hear of it, at most 10; the settings' unless given, and the owner's contact
            where those name none.

    Raises:
        LandformError: ``argument-value`` where nothing says what the account may cost, or for an address that is none.

    >>> Spending(stack, "Spending", monthly_usd=1200).budget_name
    'acme-payments-prod-data-lake-spending'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        monthly_usd: int | None = None,
        anomaly: bool | None = None,
        subscribers: Sequence[str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        budget = stack.instance.settings.budget
        self.budget_name = stack.physical_name(self, 100)
        self.monthly_usd = self._checked(monthly_usd or budget.monthly_usd)
        given = budget.subscribers if subscribers is None else subscribers
        self._subscribers = [
            CONTACT_EMAIL.checked(address, self.node.place)
            for address in given or (stack.instance.account.owner.contact,)
        ]
        shares = [float(share.removesuffix("%")) for share in budget.alerts or _ALERTS]
        BudgetsBudget(
            self,
            "Resource",
            name=self.budget_name,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(self.monthly_usd),
            limit_unit="USD",
            notification=[
                *(self._alert("ACTUAL", share) for share in sorted(shares)),
                self._alert("FORECASTED", max(shares)),
            ],
        )
        if anomaly is None:
            anomaly = budget.anomaly is not False
        if anomaly:
            self._watch()
        else:
            stack.switch_off(self, "anomalies of cost are looked for", why="budget.anomaly")

    def _alert(self, kind: str, share: float) -> Notification:
        return Notification(
            comparison_operator="GREATER_THAN",
            notification_type=kind,
            threshold=share,
            threshold_type="PERCENTAGE",
            subscriber_email_addresses=self._subscribers,
        )

    def _watch(self) -> None:
        monitor = CeAnomalyMonitor(
            self,
            "Monitor",
            name=self.budget_name,
            monitor_type="DIMENSIONAL",
            monitor_dimension="SERVICE",
        )
        CeAnomalySubscription(
            self,
            "Subscription",
            name=self.budget_name,
            frequency="DAILY",
            monitor_arn_list=[monitor.arn],
            subscriber=[Subscriber(type="EMAIL", address_=address) for address in self._subscribers],
            threshold_expression=ThresholdExpression(
                dimension=ThresholdExpressionDimension(
                    key="ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    match_options=["GREATER_THAN_OR_EQUAL"],
                    values=[str(max(10, round(self.monthly_usd * _ANOMALY_SHARE)))],
                )
            ),
        )

    def _checked(self, monthly_usd: int | None) -> int:
        if not monthly_usd or monthly_usd < 0:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Nothing says what the account may cost.",
                place=self.node.place,
                given=f"monthly_usd={monthly_usd!r}, and no budget in the settings",
                expected="a number of US dollars, 1 or more",
                fix="Set budget.monthly_usd in the account's file, or in a layer above it.",
            )
        return monthly_usd

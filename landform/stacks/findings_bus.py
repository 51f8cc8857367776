"""Where the findings of every account end, in the security account: an event bus and a topic, one a region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.events import EventBus, Rule
from landform.constructs.sns import Topic
from landform.core import Construct
from landform.iam import Condition, Principal, Statement
from landform.resources.aws.sns_topic_subscription import SnsTopicSubscription
from landform.stacks.region_baseline import FORWARDED, findings_bus_name

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

# Security Hub's words for what cannot wait.
URGENT = ("CRITICAL", "HIGH")


class FindingsBus(AwsStack):
    """The event bus that ``RegionBaseline`` forwards findings to, and a topic that tells of the urgent ones.

    The account's security contact hears the topic. Every account of the organisation may put events on the bus, under
    the sources of the security services alone.

    Parameters of the spec:
        urgent: the severities of Security Hub's findings that people are told of.
    """

    def __init__(self, scope: Construct, instance: StackInstance, *, urgent: Sequence[str] = URGENT) -> None:
        super().__init__(scope, instance)
        bus = EventBus(
            self,
            "Findings",
            event_bus_name=findings_bus_name(self),
            description="Findings of every account, and news of AWS's own.",
        )
        bus.add_to_policy(
            Statement(
                "OrganizationForwards",
                ("events:PutEvents",),
                (bus.arn,),
                principals=(Principal.everyone(),),
                conditions=(
                    Condition("StringEquals", "aws:PrincipalOrgID", (self.organization.organization_id,)),
                    Condition("StringEquals", "events:source", FORWARDED),
                ),
            )
        )
        rule = Rule(
            self,
            "Urgent",
            bus=bus,
            event_pattern={
                "source": ["aws.securityhub"],
                "detail": {"findings": {"Severity": {"Label": list(urgent)}}},
            },
            description="Findings that cannot wait.",
        )
        topic = Topic(self, "Told")
        rule.add_target(topic)
        owner = instance.account.owner
        SnsTopicSubscription(
            self,
            "SecurityContact",
            topic_arn=topic.resource.arn,
            protocol="email",
            endpoint=owner.security_contact or owner.contact,
        )

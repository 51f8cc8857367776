"""The payments team's stacks: the ledger of settled transactions, and the names their services go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.constructs.logs import LogGroup
from landform.constructs.published import NeededStack
from landform.constructs.s3 import Bucket
from landform.core import Construct, Output
from landform.resources import CheckedResource

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class PaymentsLedger(AwsStack):
    """A bucket of ledger entries, written by the settlement function and read by reporting.

    Parameters of the spec:
        keep_days: how long an entry is kept; seven years, as the law has it, unless given.
    """

    def __init__(self, scope: Construct, instance: StackInstance, *, keep_days: int = 2557) -> None:
        super().__init__(scope, instance)
        ledger = Bucket(self, "Ledger", expire_days=keep_days)
        audit = LogGroup(self, "Audit")

        settlement = Role(
            self,
            "Settlement",
            description="Writes what was settled.",
            trust=[Trust.service("lambda.amazonaws.com")],
        )
        ledger.grants.write_objects(settlement, prefix="entries/")
        audit.grants.write(settlement)

        reporting = Role(
            self,
            "Reporting",
            description="Reads the ledger for the monthly report.",
            trust=[Trust.service("glue.amazonaws.com")],
        )
        ledger.grants.list(reporting, prefix="entries/")
        ledger.grants.read_objects(reporting, prefix="entries/")

        Output(self, "LedgerBucket", ledger.bucket_name, description="Where entries are kept.")


class PaymentsZone(AwsStack):
    """A private hosted zone, which answers inside the account's VPC alone.

    The VPC is another stack's, which publishes its id. Before the network is applied, a plan of this stack is a
    preview in which the id is unknown.
    """

    def __init__(self, scope: Construct, instance: StackInstance) -> None:
        super().__init__(scope, instance)
        network = NeededStack(self, "Network", stack="network")
        name = f"{instance.account.name}.acme.internal"
        CheckedResource(
            self,
            "Zone",
            "aws_route53_zone",
            {
                "name": name,
                "comment": "Names of the payments services.",
                "force_destroy": False,
                "vpc": [{"vpc_id": network.output("vpc_id")}],
            },
        )
        Output(self, "ZoneName", name, description="Where services are found.")

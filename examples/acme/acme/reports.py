"""The analytics team's stack: the report of each day, made at night and fetched by the mailer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from acme.nightly import NightlyJob
from landform.constructs import AwsStack, Waiver, waive
from landform.constructs.iam import Role, Trust
from landform.constructs.lambda_ import Code
from landform.constructs.s3 import Bucket
from landform.constructs.sqs import Queue
from landform.core import Construct, Output

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

ONE_REGION = Waiver(
    id="W-2026-041",
    checks=("CKV_AWS_144",),
    reason="A report that is lost is made again from the data lake, by running the night's job once more.",
    compensating="every version is kept; the lake's sources hold the records in a second region",
    requested_by="analytics-kim",
    approved_by=("security-lead",),
    ticket="SEC-105",
    created=dt.date(2026, 11, 20),
    expires=dt.date(2026, 12, 20),
    # As `landform waivers --bind W-2026-041` prints it: no other form of the bucket is covered.
    bind={
        "aws_s3_bucket.Reports_65402A0A": [
            "sha256:61c846dd3d31614c6d2de7022d0ec987c2fc1add55450e8a104af406b6e8cf85"
        ]
    },
)
NO_VPC = Waiver(
    id="W-2026-042",
    checks=("CKV_AWS_117",),
    reason="The job talks to S3, SQS and KMS alone, and to nothing in a VPC.",
    compensating="its role reaches one prefix of one bucket and one queue, which a test holds",
    requested_by="analytics-kim",
    approved_by=("security-lead",),
    ticket="SEC-106",
    created=dt.date(2026, 11, 20),
    expires=dt.date(2026, 12, 20),
    bind={
        "aws_lambda_function.Nightly_Function_D06F9DD1": [
            "sha256:51b56af845f8ec1f8131b4b9a5576a297fe2c4bc08ff6ea34b34c530a033eb2e"
        ]
    },
)


class DailyReports(AwsStack):
    """A bucket of reports, the job that writes them, and a queue that says which are ready.

    Parameters of the spec:
        hour: when the job runs, in UTC.
        keep_days: how long a report is kept.
    """

    def __init__(
        self, scope: Construct, instance: StackInstance, *, hour: int = 4, keep_days: int = 400
    ) -> None:
        super().__init__(scope, instance)
        reports = Bucket(self, "Reports", expire_days=keep_days)
        waive(reports, ONE_REGION)
        ready = Queue(self, "Ready")

        job = NightlyJob(
            self,
            "Nightly",
            hour=hour,
            code=Code.from_bucket(
                Bucket.from_name(self, "Packages", "acme-analytics-packages"),
                "reports.zip",
                object_version="3sL4kqtJlcpXrof3",
                runtime="python3.13",
                handler="reports.nightly",
            ),
        )
        waive(job.function, NO_VPC)
        reports.grants.write_objects(job.function, prefix="daily/")
        ready.grants.send_messages(job.function)

        mailer = Role(
            self,
            "Mailer",
            description="Sends each report to those who asked for it.",
            trust=[Trust.service("ecs-tasks.amazonaws.com")],
        )
        ready.grants.receive_messages(mailer)
        ready.grants.delete_messages(mailer)
        reports.grants.read_objects(mailer, prefix="daily/")

        Output(self, "ReportsBucket", reports.bucket_name, description="Where reports are kept.")

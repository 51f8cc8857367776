"""The analytics team's stack: the report of each day, made at night and fetched by the mailer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acme.nightly import NightlyJob
from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.constructs.lambda_ import Code
from landform.constructs.s3 import Bucket
from landform.constructs.sqs import Queue
from landform.core import Construct, Output

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


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

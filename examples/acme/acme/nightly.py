"""A job that runs every night: Acme's own construct, made of landform's."""

from __future__ import annotations

from landform.constructs.events import Rule
from landform.constructs.kms import Key
from landform.constructs.lambda_ import Code, CodeSigning, Function
from landform.constructs.sqs import DeadLetterQueue
from landform.core import Construct
from landform.errors import Code as ErrorCode
from landform.errors import LandformError


class NightlyJob(Construct):
    """A function that EventBridge calls once a night, one call at a time.

    Calls that could not be delivered and runs that failed go to one queue, ``failed``, where they are kept for
    14 days. The function runs signed code alone. Grant to ``function`` what the job needs.

    Args:
        code: what it runs.
        hour: when it runs, 0 to 23 in UTC.
        timeout_seconds: how long a run may take, 1 to 900 seconds.

    Raises:
        LandformError: ``argument-value`` for an hour that is none.
    """

    def __init__(
        self, scope: Construct, id: str, *, code: Code, hour: int = 4, timeout_seconds: int = 900
    ) -> None:
        super().__init__(scope, id)
        if not 0 <= hour <= 23:
            raise LandformError(
                ErrorCode.ARGUMENT_VALUE,
                "A day has no such hour.",
                place=self.node.place,
                given=str(hour),
                expected="0 to 23, in UTC",
            )
        key = Key(self, "Key", description=f"logs and failed runs of {self.node.path}")
        self.failed = DeadLetterQueue(self, "Failed", key=key)
        self.function = Function(
            self,
            "Function",
            code=code,
            timeout_seconds=timeout_seconds,
            reserved_concurrency=1,
            key=key,
            dead_letter_queue=self.failed,
            code_signing=CodeSigning(self, "Signing"),
        )
        schedule = Rule(self, "Schedule", schedule=f"cron(0 {hour} * * ? *)", dead_letter_queue=self.failed)
        schedule.add_target(self.function)

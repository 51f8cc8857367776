"""A log group. Follows "Encrypt log data in CloudWatch Logs using AWS KMS" for its key's policy."""

from __future__ import annotations

from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.kms import Key
from landform.constructs.kms.grants import DECRYPT, ENCRYPT
from landform.constructs.kms.key import AnyKey
from landform.constructs.limits import IMPORTED_LOG_GROUP_NAME, LOG_GROUP_NAME
from landform.constructs.logs.grants import VERBS
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.iam import Condition
from landform.resources.aws.cloudwatch_log_group import CloudwatchLogGroup

_WRITE, _DESCRIBE_STREAMS, _READ = VERBS

# What the service takes; anything else is refused at apply.
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip


class LogGroup(Construct):
    """A log group, encrypted with a customer managed key.

    Args:
        log_group_name: from the construct path unless given; AWS's own services ask for a prefix.
        key: the key; one of its own is made unless given.
        retention_days: the tier says unless given; one of the values CloudWatch Logs takes.

    Raises:
        LandformError: ``argument-value`` for a name or a retention CloudWatch Logs would refuse.

    >>> LogGroup(stack, "Audit").log_group_name
    '/acme-payments-prod-data-lake-audit'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_group_name: str | None = None,
        key: AnyKey | None = None,
        retention_days: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.log_group_name = LOG_GROUP_NAME.checked(
            log_group_name or f"/{stack.physical_name(self, 500)}", self.node.place
        )
        self.arn = stack.arn("logs", f"log-group:{self.log_group_name}")
        days = stack.tier.sizing.log_retention_days if retention_days is None else retention_days
        if days not in RETENTION_DAYS:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "CloudWatch Logs does not take this retention.",
                place=self.node.place,
                given=f"{days} days",
                expected=f"one of {', '.join(map(str, RETENTION_DAYS))}",
                fix="Change retention_days, or log_retention_days of the tier.",
            )
        self.key: AnyKey = key or Key(self, "Key", description=f"logs of {self.log_group_name}")
        self.key.allow_service(
            stack.service("logs"),
            sid="LogsEncrypt",
            actions=(*ENCRYPT, *DECRYPT),
            conditions=[Condition("ArnEquals", "kms:EncryptionContext:aws:logs:arn", (self.arn,))],
        )
        self.resource = CloudwatchLogGroup(
            self,
            "Resource",
            name=self.log_group_name,
            kms_key_id=self.key.arn,
            retention_in_days=days,
            skip_destroy=stack.default_on(
                self, "kept when Terraform destroys the stack", setting="sizing.deletion_protection"
            ),
        )
        self.grants = LogGroupGrants(Target(self, self.arn))

    @staticmethod
    def from_name(scope: Construct, id: str, log_group_name: str) -> ImportedLogGroup:
        """A log group of this account and region that another stack, or an AWS service, makes.

        Raises:
            LandformError: ``argument-value`` for a name CloudWatch Logs would refuse.
        """
        return ImportedLogGroup(scope, id, log_group_name)


class ImportedLogGroup(Construct):
    """A log group that another stack, or an AWS service, makes in this account and region."""

    def __init__(self, scope: Construct, id: str, log_group_name: str) -> None:
        super().__init__(scope, id)
        self.log_group_name = IMPORTED_LOG_GROUP_NAME.checked(log_group_name, self.node.place)
        self.arn = AwsStack.of(self).arn("logs", f"log-group:{log_group_name}")
        self.grants = LogGroupGrants(Target(self, self.arn, imported=True))


class LogGroupGrants(ResourceGrants):
    """What may be granted on a log group."""

    def write(self, principal: Grantee) -> Grant:
        """Create streams and put events."""
        return self._grant(_WRITE, principal)

    def describe_streams(self, principal: Grantee) -> Grant:
        """List the streams."""
        return self._grant(_DESCRIBE_STREAMS, principal)

    def read(self, principal: Grantee) -> Grant:
        """Read and filter events."""
        return self._grant(_READ, principal)

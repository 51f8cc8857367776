"""How sessions are logged. Follows "Logging session activity" of the Systems Manager guide."""

from __future__ import annotations

from landform.constructs.json_text import json_text
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.logs import LogGroup
from landform.core import Construct
from landform.resources.aws.ssm_document import SsmDocument

# Session Manager takes the account's preferences in a region from the document of this name.
_DOCUMENT = "SSM-SessionManagerRunShell"


class SessionPreferences(Construct):
    """What is typed in Session Manager and what comes back, logged and encrypted: one an account and region.

    Args:
        key: what encrypts sessions and their log; one of its own is made unless given.

    >>> SessionPreferences(stack, "Sessions").log_group.log_group_name
    '/acme-payments-prod-data-lake-sessions-log'
    """

    def __init__(self, scope: Construct, id: str, *, key: AnyKey | None = None) -> None:
        super().__init__(scope, id)
        self.key: AnyKey = key or Key(self, "Key", description="sessions of Session Manager")
        self.log_group = LogGroup(self, "Log", key=self.key)
        preferences = {
            "schemaVersion": "1.0",
            "description": "Preferences of Session Manager: every session is logged and encrypted.",
            "sessionType": "Standard_Stream",
            "inputs": {
                "cloudWatchLogGroupName": self.log_group.log_group_name,
                "cloudWatchEncryptionEnabled": True,
                "cloudWatchStreamingEnabled": True,
                "kmsKeyId": self.key.arn,
                "idleSessionTimeout": "20",
                "runAsEnabled": False,
                "s3BucketName": "",
                "s3EncryptionEnabled": True,
            },
        }
        SsmDocument(
            self,
            "Resource",
            name=_DOCUMENT,
            document_type="Session",
            document_format="JSON",
            content=json_text(preferences, self, "document"),
            # A session that cannot be logged is not opened.
            depends_on=[self.log_group],
        )

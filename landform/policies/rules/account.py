"""Settings that hold for a whole account or region: nothing of it becomes public by one resource's mistake.

Each is a resource of its own that is made once, and whose defaults are mostly AWS's open ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import Rule, Verdict, all_of, must_be
from landform.policies.view import Block

_BUCKETS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_SHARING = "/ssm/documents/console/public-sharing-permission"
_BASELINE = 'landform\'s `AccountBaseline(self, "Account")` does'


def _documents_private(block: Block) -> Iterator[Verdict]:
    if str(block.value("setting_id")).endswith(_SHARING):
        yield from must_be("setting_value", "Disable")(block)


RULES = (
    Rule(
        id="LF_ACCOUNT_PUBLIC_BUCKETS",
        title="No bucket of the account can be made public",
        severity="high",
        types=("aws_s3_account_public_access_block",),
        rationale="The account's block holds over every bucket and access point, also over those that are made by "
        "hand.",
        remediation=f"Set all four to true, as {_BASELINE}.",
        judge=all_of(*(must_be(name, True, default=False) for name in _BUCKETS)),
        controls=("S3.1",),
        good=({"aws_s3_account_public_access_block": {"a": dict.fromkeys(_BUCKETS, True)}},),
        bad=(
            {"aws_s3_account_public_access_block": {"a": {**dict.fromkeys(_BUCKETS, True), _BUCKETS[1]: False}}},
            {"aws_s3_account_public_access_block": {"a": dict.fromkeys(_BUCKETS[:3], True)}},
        ),
    ),
    Rule(
        id="LF_ACCOUNT_PUBLIC_SNAPSHOTS",
        title="No snapshot of the account is shared with everyone",
        severity="high",
        types=("aws_ebs_snapshot_block_public_access",),
        rationale="A snapshot that is shared with everyone is a disk that everyone copies; snapshots that were "
        "shared before are closed by block-all-sharing alone.",
        remediation=f'Set state = "block-all-sharing", as {_BASELINE}.',
        judge=must_be("state", "block-all-sharing"),
        controls=("EC2.182",),
        good=({"aws_ebs_snapshot_block_public_access": {"a": {"state": "block-all-sharing"}}},),
        bad=({"aws_ebs_snapshot_block_public_access": {"a": {"state": "unblocked"}}},),
    ),
    Rule(
        id="LF_ACCOUNT_PUBLIC_IMAGES",
        title="No image of the account is shared with everyone",
        severity="high",
        types=("aws_ec2_image_block_public_access",),
        rationale="An image holds the disk that it was made of, with the credentials that were left on it.",
        remediation=f'Set state = "block-new-sharing", as {_BASELINE}.',
        judge=must_be("state", "block-new-sharing"),
        good=({"aws_ec2_image_block_public_access": {"a": {"state": "block-new-sharing"}}},),
        bad=({"aws_ec2_image_block_public_access": {"a": {"state": "unblocked"}}},),
    ),
    Rule(
        id="LF_ACCOUNT_PUBLIC_DOCUMENTS",
        title="No document of Systems Manager is shared with everyone",
        severity="high",
        types=("aws_ssm_service_setting",),
        rationale="Documents hold commands, names of hosts and now and then secrets.",
        remediation=f'Set "{_SHARING}" to "Disable".',
        judge=_documents_private,
        controls=("SSM.7",),
        good=({"aws_ssm_service_setting": {"s": {"setting_id": _SHARING, "setting_value": "Disable"}}},),
        bad=({"aws_ssm_service_setting": {"s": {"setting_id": _SHARING, "setting_value": "Enable"}}},),
    ),
    Rule(
        id="LF_ACCOUNT_PUBLIC_CLUSTERS",
        title="No EMR cluster is launched open to the internet",
        severity="high",
        types=("aws_emr_block_public_access_configuration",),
        rationale="The nodes of a cluster answer to whoever reaches them, with the data and the role of the cluster.",
        remediation="Set block_public_security_group_rules = true.",
        judge=must_be("block_public_security_group_rules", True),
        controls=("EMR.2",),
        good=({"aws_emr_block_public_access_configuration": {"a": {"block_public_security_group_rules": True}}},),
        bad=({"aws_emr_block_public_access_configuration": {"a": {"block_public_security_group_rules": False}}},),
    ),
    Rule(
        id="LF_ACCOUNT_INSTANCE_METADATA",
        title="Instances ask for metadata tokens (IMDSv2) unless they say otherwise",
        severity="medium",
        types=("aws_ec2_instance_metadata_defaults",),
        rationale="Without tokens, a request that a server can be talked into gives away the credentials of its role.",
        remediation=f'Set http_tokens = "required", as {_BASELINE}.',
        judge=must_be("http_tokens", "required"),
        good=({"aws_ec2_instance_metadata_defaults": {"a": {"http_tokens": "required"}}},),
        bad=({"aws_ec2_instance_metadata_defaults": {"a": {"http_tokens": "optional"}, "b": {}}},),
    ),
    Rule(
        id="LF_ACCOUNT_SERIAL_CONSOLE",
        title="The serial console of instances is off",
        severity="low",
        types=("aws_ec2_serial_console_access",),
        rationale="The serial console is a way in that passes by the network, its groups and its logs.",
        remediation=f"Set enabled = false, as {_BASELINE}.",
        judge=must_be("enabled", False, default=True),
        good=({"aws_ec2_serial_console_access": {"a": {"enabled": False}}},),
        bad=({"aws_ec2_serial_console_access": {"a": {"enabled": True}, "b": {}}},),
    ),
)  # fmt: skip

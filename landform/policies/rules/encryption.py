"""Encryption: under whose key, of what checkov does not ask.

With a key of AWS's own nobody can take the data away from those who may read the service, and the key's use is in no
key policy ("AWS managed keys" of the KMS guide).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landform.policies.rule import Breach, Judge, Rule, Undecided, Verdict, by_type, must_be
from landform.policies.view import Block


@dataclass(frozen=True, slots=True)
class _Keyed:
    """Where a type names its key: ``key`` in each block at ``path`` (empty: the resource itself).

    ``needed``: without such a block the data is under a key of AWS's. ``when``: an argument of the block and the values
    that make it one that KMS encrypts. A resource with one of ``inherits`` takes over the key of what it is made from.
    """

    key: str
    path: str = ""
    needed: bool = True
    when: tuple[str, tuple[str, ...]] | None = None
    inherits: tuple[str, ...] = ()

    def __call__(self, block: Block) -> Iterator[Verdict]:
        if any(block.values(argument) for argument in self.inherits):
            return
        full = f"{self.path}.{self.key}".strip(".")
        bodies = block.objects(self.path)
        if any(map(self._is_unkeyed, bodies)):
            yield Breach(f"is under a key of AWS's: it has no {full}", (full,))
        elif not bodies and block.values(self.path):
            yield Undecided(f"{self.path} is known only to Terraform")
        elif not bodies and self.needed:
            yield Breach(f"is under a key of AWS's: it has no {full}", (full,))

    def _is_unkeyed(self, body: Mapping[str, Any]) -> bool:
        if self.when and body.get(self.when[0]) not in self.when[1]:
            return False
        key = body.get(self.key)
        return not key or "alias/aws/" in str(key)


_VOLUME = "block_device_mappings.ebs"
_KEYED: Mapping[str, tuple[_Keyed, ...]] = {
    "aws_cloudwatch_event_bus": (_Keyed("kms_key_identifier"),),
    "aws_db_instance": (_Keyed("kms_key_id", inherits=("replicate_source_db", "snapshot_identifier")),),
    "aws_ecr_repository": (
        _Keyed(
            "kms_key", "encryption_configuration", needed=False, when=("encryption_type", ("KMS", "KMS_DSSE"))
        ),
    ),
    "aws_ecs_cluster": (
        _Keyed("fargate_ephemeral_storage_kms_key_id", "configuration.managed_storage_configuration"),
    ),
    "aws_instance": (
        _Keyed("kms_key_id", "root_block_device", needed=False),
        _Keyed("kms_key_id", "ebs_block_device", needed=False, inherits=("ebs_block_device.snapshot_id",)),
    ),
    "aws_launch_template": (
        _Keyed("kms_key_id", _VOLUME, needed=False, inherits=(f"{_VOLUME}.snapshot_id",)),
    ),
    "aws_sfn_state_machine": (_Keyed("kms_key_id", "encryption_configuration"),),
}


def _keyed(*rows: _Keyed) -> Judge:
    def judge(block: Block) -> Iterator[Verdict]:
        for row in rows:
            yield from row(block)

    return judge


def _volumes_encrypted(block: Block) -> Iterator[Verdict]:
    """A snapshot says itself whether what is made of it is encrypted."""
    for volume in block.objects(_VOLUME):
        if not volume.get("snapshot_id"):
            plain = replace(block, body=volume)
            yield from must_be("encrypted", True)(plain)


_KEY = "${aws_kms_key.k.arn}"

RULES = (
    Rule(
        id="LF_CUSTOMER_KEY",
        title="Data is encrypted under a key of the customer's",
        severity="low",
        types=tuple(_KEYED),
        rationale="Who may decrypt is said by a key's policy, and a key of AWS's has one that the customer can "
        "neither read as code nor change: data cannot be shared by it, nor taken away from everyone at once.",
        remediation="Name a customer managed key, as each of landform's constructs does with a `Key` of its own.",
        judge=by_type({name: _keyed(*rows) for name, rows in _KEYED.items()}),
        good=(
            {
                "aws_db_instance": {
                    "primary": {"kms_key_id": _KEY},
                    "replica": {"replicate_source_db": "${aws_db_instance.primary.identifier}"},
                },
                "aws_instance": {
                    "i": {"root_block_device": {"encrypted": True, "kms_key_id": _KEY}},
                    "of-the-image": {"instance_type": "t3.micro"},
                },
                "aws_ecr_repository": {
                    "r": {"encryption_configuration": [{"encryption_type": "KMS", "kms_key": _KEY}]}
                },
            },
        ),
        bad=(
            {
                "aws_db_instance": {
                    "d": {"storage_encrypted": True},
                    "e": {"kms_key_id": "arn:aws:kms:eu-west-1:012345678901:alias/aws/rds"},
                },
                "aws_instance": {
                    "i": {"root_block_device": [{"encrypted": True}]},
                    "j": {"ebs_block_device": [{"device_name": "/dev/xvdb"}]},
                },
                "aws_ecr_repository": {"r": {"encryption_configuration": {"encryption_type": "KMS"}}},
                "aws_sfn_state_machine": {"s": {"name": "s"}},
            },
        ),
    ),
    Rule(
        id="LF_TEMPLATE_ENCRYPTION",
        title="The volumes of a launch template are encrypted",
        severity="medium",
        types=("aws_launch_template",),
        rationale="Each machine that the template starts gets volumes like these, and a snapshot of a volume in plain "
        "text is in plain text.",
        remediation="Set encrypted = true in each ebs block, as landform's `LaunchTemplate` does.",
        judge=_volumes_encrypted,
        controls=("EC2.181",),
        good=(
            {
                "aws_launch_template": {
                    "t": {
                        "block_device_mappings": [{"device_name": "/dev/xvda", "ebs": {"encrypted": "true"}}]
                    },
                    "of-a-snapshot": {"block_device_mappings": {"ebs": {"snapshot_id": "snap-0a1b2c3d"}}},
                }
            },
        ),
        bad=(
            {
                "aws_launch_template": {
                    "t": {
                        "block_device_mappings": [{"ebs": {"encrypted": True}}, {"ebs": {"volume_size": 8}}]
                    },
                    "u": {"block_device_mappings": {"ebs": [{"encrypted": "false"}]}},
                }
            },
        ),
    ),
)

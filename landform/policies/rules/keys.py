"""Keys: who of other accounts uses one, whether a copy is kept as well as what it is a copy of, and whose key it is.

Follows "Allowing users in other accounts to use a KMS key" and "AWS KMS keys" of the KMS guide. A copy is what a thief
takes: a snapshot, a replica, the queue of what could not be delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from landform.iam.policy import PolicyStatement
from landform.policies.documents import FoundPolicy, policies_of
from landform.policies.meant import meant, named
from landform.policies.rule import Breach, Resources, Rule, Undecided, Verdict, by_type
from landform.policies.rules.grants import document, said_of
from landform.policies.view import Block, Surroundings, is_known

_KEYS = (
    "aws_kms_external_key",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_kms_replica_external_key",
    "aws_kms_replica_key",
)


def _shared_key(block: Block) -> Iterator[Verdict]:
    for found in policies_of(block, "resource"):
        if isinstance(found, Undecided):
            yield found
            continue
        own = _own_account(block, found)
        for statement in found.policy.statements:
            others = _whole_accounts(statement) - {own}
            if statement.allows and others and not statement.tests:
                yield said_of(found.path, statement, "lets a whole other account in, without a condition")


def _own_account(block: Block, found: FoundPolicy) -> str | None:
    """The account of the key: by the spec, or else the one that may do all with it, or the only one that its policy
    names: a key that lets its own account in nowhere could not be administered.
    """
    around = block.stack.surroundings
    if around is not None:
        return around.account_id
    full = [
        _whole_accounts(one)
        for one in found.policy.statements
        if one.allows and {text.lower() for text in one.actions.patterns} & {"kms:*", "*"}
    ]
    owners = set().union(*full) or set().union(*map(_whole_accounts, found.policy.statements))
    return next(iter(owners)) if len(owners) == 1 else None


def _whole_accounts(statement: PolicyStatement) -> set[str]:
    """The literal ids of the accounts whose every principal a statement is about."""
    if statement.principals is None or statement.principals.excluded:
        return set()
    return {one.account for one in statement.principals.named if one.account}


Keeping = Literal["in plain text", "under a key of AWS's", "under a key of the customer's"]
_STRENGTHS: tuple[Keeping, ...] = ("in plain text", "under a key of AWS's", "under a key of the customer's")


def _under(key: Any, without: Keeping = "under a key of AWS's") -> Keeping:
    """How data is kept by the value of an argument that names a key."""
    if not key:
        return without
    return "under a key of AWS's" if "alias/aws/" in str(key) else "under a key of the customer's"


def _bucket(block: Block) -> Keeping:
    beside = block.stack.about(block, "aws_s3_bucket_server_side_encryption_configuration", "bucket")
    defaults = "rule.apply_server_side_encryption_by_default.kms_master_key_id"
    keys = [key for one in beside for key in one.values(defaults)]
    keys += block.values(f"server_side_encryption_configuration.{defaults}")
    return _under(next(iter(keys), None))


def _queue(block: Block) -> Keeping:
    plain = block.value("sqs_managed_sse_enabled") is False
    return _under(block.value("kms_master_key_id"), "in plain text" if plain else "under a key of AWS's")


def _weaker(copy: Keeping, source: Keeping, what: str) -> Iterator[Breach]:
    if _STRENGTHS.index(copy) < _STRENGTHS.index(source):
        yield Breach(f"{what} {copy}, and what it is a copy of {source}", ())


def _dead_letters(block: Block) -> Iterator[Verdict]:
    for policy in block.documents("redrive_policy"):
        for target in named(block, (policy.get("deadLetterTargetArn"),), "aws_sqs_queue").blocks:
            yield from _weaker(_queue(target), _queue(block), f"has its dead letters in {target.address},")


def _replicated_bucket(block: Block) -> Iterator[Verdict]:
    for source in meant(block, "bucket", "aws_s3_bucket").blocks:
        for destination in block.objects("rule.destination"):
            inner = replace(block, body=destination)
            own = inner.value("encryption_configuration.replica_kms_key_id")
            targets = named(block, (destination.get("bucket"),), "aws_s3_bucket").blocks
            for target in targets if own is None else ():
                yield from _weaker(_bucket(target), _bucket(source), f"keeps replicas in {target.address}")
            if own is not None:
                yield from _weaker(_under(own), _bucket(source), "keeps replicas")


def _copied_backups(block: Block) -> Iterator[Verdict]:
    vault = "aws_backup_vault"
    for rule in block.objects("rule"):
        inner = replace(block, body=rule)
        for source in named(block, inner.values("target_vault_name"), vault).blocks:
            for target in named(block, inner.values("copy_action.destination_vault_arn"), vault).blocks:
                kept, copied = _under(source.value("kms_key_arn")), _under(target.value("kms_key_arn"))
                yield from _weaker(copied, kept, f"copies to {target.address},")


def _replicas(own: str, nested: str, key: str) -> Callable[[Block], Iterator[Verdict]]:
    """The judgement of replicas that stand as blocks in what they are replicas of."""

    def judge(block: Block) -> Iterator[Verdict]:
        for replica in block.objects(nested):
            for breach in _weaker(_under(replica.get(key)), _under(block.value(own)), f"has a {nested}"):
                yield Breach(breach.message, (f"{nested}.{key}",))

    return judge


def _copy_of(
    argument: str, source_type: str, key: str = "kms_key_id"
) -> Callable[[Block], Iterator[Verdict]]:
    """The judgement of a copy that is a resource of its own, and names what it is a copy of."""

    def judge(block: Block) -> Iterator[Verdict]:
        for source in meant(block, argument, source_type).blocks:
            for breach in _weaker(_under(block.value(key)), _under(source.value("kms_key_id")), "is"):
                yield Breach(breach.message, (key,))

    return judge


def _snapshot_copy(block: Block) -> Iterator[Verdict]:
    for snapshot in meant(block, "source_snapshot_id", "aws_ebs_snapshot").blocks:
        for volume in meant(snapshot, "volume_id", "aws_ebs_volume").blocks:
            yield from _weaker(_under(block.value("kms_key_id")), _under(volume.value("kms_key_id")), "is")


_COPIES: Mapping[str, Callable[[Block], Iterator[Verdict]]] = {
    "aws_backup_plan": _copied_backups,
    "aws_db_instance_automated_backups_replication": _copy_of("source_db_instance_arn", "aws_db_instance"),
    "aws_dynamodb_table": _replicas("server_side_encryption.kms_key_arn", "replica", "kms_key_arn"),
    "aws_ebs_snapshot_copy": _snapshot_copy,
    "aws_redshift_snapshot_copy": _copy_of(
        "cluster_identifier", "aws_redshift_cluster", "snapshot_copy_grant_name"
    ),
    "aws_s3_bucket_replication_configuration": _replicated_bucket,
    "aws_secretsmanager_secret": _replicas("kms_key_id", "replica", "kms_key_id"),
    "aws_sqs_queue": _dead_letters,
}

_SENSITIVE = ("confidential", "restricted")


def _own_key(block: Block) -> Iterator[Verdict]:
    around = block.stack.surroundings
    if around is None or around.data_class not in _SENSITIVE:
        return
    for key in _aws_keys(block, block.body, ""):
        yield Breach(
            f"is under a key of AWS's by {key}, and its account holds {around.data_class} data", (key,)
        )


def _aws_keys(block: Block, value: Any, path: str) -> Iterator[str]:
    """The paths of what names a key of AWS's own, by its alias or by a data source that looks the alias up."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _aws_keys(block, inner, f"{path}.{name}".strip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _aws_keys(block, inner, path)
    elif isinstance(value, str) and "k" in path and _is_aws_key(block, path, value):
        yield path


def _is_aws_key(block: Block, path: str, value: str) -> bool:
    if not {"kms", "key"} & set(path.rpartition(".")[2].split("_")):
        return False
    if is_known(value):
        return "alias/aws/" in value
    return any(
        str(other.value("name") or other.value("key_id")).startswith("alias/aws/")
        for other in block.refers_to(path)
        if other.reference.startswith(("data.aws_kms_alias.", "data.aws_kms_key."))
    )


_OWNER: dict[str, object] = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "kms:*",
    "Resource": "*",
}
_OTHER: dict[str, object] = {
    **_OWNER,
    "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
    "Action": "kms:Decrypt",
}
_KEY, _ELSEWHERE = "${aws_kms_key.k.arn}", "${aws_kms_key.elsewhere.arn}"
_THROUGH_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
_REDRIVE = '{"deadLetterTargetArn": "${aws_sqs_queue.d.arn}"}'


def _policy(*statements: dict[str, object]) -> Resources:
    return {"aws_kms_key_policy": {"p": {"key_id": _KEY, "policy": document(*statements)}}}


RULES = (
    Rule(
        id="LF_KEY_SHARED",
        title="A key lets no whole other account in without a condition",
        severity="medium",
        types=_KEYS,
        rationale="Who of another account uses the key is then said by that account alone: each of its "
        "administrators, and whoever becomes one, decrypts what this account keeps.",
        remediation="Name the roles of the other account, or add a condition such as kms:ViaService, "
        "kms:EncryptionContext or aws:PrincipalArn, as landform's key grants do.",
        judge=_shared_key,
        good=(
            _policy(_OWNER, {**_OTHER, "Condition": _THROUGH_S3}),
            _policy(_OWNER, {**_OTHER, "Principal": {"AWS": "arn:aws:iam::444455556666:role/reader"}}),
        ),
        bad=(
            _policy(_OWNER, _OTHER),
            _policy(_OWNER, {**_OWNER, "Principal": {"AWS": "444455556666"}}),
        ),
    ),
    Rule(
        id="LF_COPY_WEAKER",
        title="A copy is encrypted as well as what it is a copy of",
        severity="medium",
        types=tuple(_COPIES),
        rationale="A replica, a backup's copy, a snapshot or a queue of dead letters holds the same data, and is read "
        "by whoever its own key lets in.",
        remediation="Give the copy a customer managed key of its region, as landform's constructs give dead-letter "
        "queues, replicas and vaults.",
        judge=by_type(_COPIES),
        good=(
            {
                "aws_dynamodb_table": {
                    "t": {
                        "server_side_encryption": {"enabled": True, "kms_key_arn": _KEY},
                        "replica": [{"region_name": "eu-central-1", "kms_key_arn": _ELSEWHERE}],
                    },
                    "plain": {"replica": {"region_name": "eu-central-1"}},
                },
                "aws_sqs_queue": {
                    "q": {"kms_master_key_id": _KEY, "redrive_policy": _REDRIVE},
                    "d": {"kms_master_key_id": _KEY},
                },
            },
        ),
        bad=(
            {
                "aws_dynamodb_table": {
                    "t": {
                        "server_side_encryption": {"enabled": True, "kms_key_arn": _KEY},
                        "replica": [{"region_name": "eu-central-1"}],
                    }
                },
                "aws_secretsmanager_secret": {"s": {"kms_key_id": _KEY, "replica": [{"region": "eu-central-1"}]}},
            },
        ),
    ),
    Rule(
        id="LF_AWS_KEY",
        title="Sensitive data is not under a key of AWS's own",
        severity="medium",
        types=("*",),
        rationale="A key that AWS manages has a policy that nobody can narrow: who may use the service in the account "
        "may decrypt. The account is one of confidential or restricted data.",
        remediation="Name a customer managed key, as each of landform's constructs does with a `Key` of its own.",
        judge=_own_key,
        good=({"aws_sqs_queue": {"q": {"kms_master_key_id": _KEY}}},),
        bad=(
            {
                "aws_sqs_queue": {"q": {"kms_master_key_id": "alias/aws/sqs"}},
                "aws_instance": {
                    "i": {"root_block_device": [{"kms_key_id": "arn:aws:kms:eu-west-1:111122223333:alias/aws/ebs"}]}
                },
            },
        ),
        within=Surroundings("111122223333", ("eu-west-1",), (), data_class="restricted"),
    ),
)  # fmt: skip

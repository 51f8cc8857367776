"""Secrets: none stands in the configuration, where everyone reads it who reads the code or the state.

Which arguments hold secrets is what the provider's schema says ("sensitive"), and their names: it calls a user's name
or a public certificate sensitive too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from landform.policies.rule import Breach, Rule, Verdict
from landform.policies.view import Block, is_known
from landform.schema.pack import BlockSchema, shipped_pack

_WORDS = (
    "access_key",
    "api_key",
    "auth",
    "credential",
    "customer_key",
    "host_key",
    "key_material",
    "passphrase",
    "password",
    "plaintext",
    "preshared_key",
    "private_key",
    "secret",
    "ssh_key",
    "token",
)
_PUBLIC = "public"
_EMPTY = ("", "{}", "[]")
_PARAMETER = "aws_ssm_parameter"


def _no_literal(block: Block) -> Iterator[Verdict]:
    """A reference is what is asked for: what it means is written down somewhere else."""
    schema = _schema(block.type)
    if schema:
        secret = block.type == _PARAMETER and block.value("type") == "SecureString"
        for path in sorted({*_secret_paths(block.body, schema), *(["value"] if secret else [])}):
            if any(value not in _EMPTY and is_known(value) for value in block.values(path)):
                yield Breach(f"has a secret in the configuration, in {path}", (path,))


@functools.cache
def _schema(entity_type: str) -> BlockSchema | None:
    pack = shipped_pack("aws")
    return pack.resource(entity_type) if entity_type in pack.resource_types else None


def _secret_paths(body: Mapping[str, Any], schema: BlockSchema) -> Iterator[str]:
    """The arguments of a body, and of the blocks in it, that hold secrets: a walk over the whole schema is long."""
    for name, value in body.items():
        if name in schema.attributes:
            if schema.attributes[name].sensitive and _is_secret(name):
                yield name
        elif name in schema.blocks:
            for nested in value if isinstance(value, list) else [value]:
                if isinstance(nested, Mapping):
                    for path in _secret_paths(nested, schema.blocks[name].block):
                        yield f"{name}.{path}"


def _is_secret(name: str) -> bool:
    return _PUBLIC not in name and not name.endswith("_id") and any(word in name for word in _WORDS)


RULES = (
    Rule(
        id="LF_SECRET_IN_CODE",
        title="No secret stands in the configuration",
        severity="high",
        types=("*",),
        rationale="Who may read the repository, a plan or the state reads the secret, and so does everyone who ever "
        "could: a repository keeps what was taken out of it.",
        remediation="Let AWS make the secret (manage_master_user_password), or refer to one that Secrets Manager "
        "keeps, as landform's databases do; what is no secret is written to value_wo.",
        judge=_no_literal,
        good=(
            {
                "aws_db_instance": {
                    "managed": {"manage_master_user_password": True},
                    "elsewhere": {"password": "${data.aws_secretsmanager_random_password.p.random_password}"},
                },
                "aws_secretsmanager_secret_version": {"filled-later": {"secret_string": "{}"}},
                "aws_ssm_parameter": {
                    "plain": {"type": "String", "value": "eu-west-1"},
                    "secure": {"type": "SecureString", "value": "${var.token}"},
                },
            },
        ),
        bad=(
            {
                "aws_db_instance": {"d": {"username": "ledger_owner", "password": "correct-horse"}},
                "aws_ssm_parameter": {"p": {"type": "SecureString", "value": "correct-horse"}},
                "aws_secretsmanager_secret_version": {"v": {"secret_string": "correct-horse"}},
            },
        ),
    ),
)

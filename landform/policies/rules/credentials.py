"""Credentials in texts, by the forms that their issuers give them, and secrets that the state keeps.

The forms are those of the issuers' own documentation, and of GitHub's "Supported secret scanning patterns". A finding
names the argument and the kind of credential, never the text.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from landform.policies.rule import Breach, Rule, Verdict
from landform.policies.view import Block, is_known

# What a credential is, by texts one of which it must hold, and by its form.
_FORMS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("an AWS access key", ("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)(?![A-Z2-7]{9}EXAMPLE)[A-Z2-7]{16}\b"),
    ("a private key", ("PRIVATE KEY",), r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    (
        "a token of GitHub",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})",
    ),
    ("a token of GitLab", ("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("a token of Slack", ("xox",), r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("a hook of Slack", ("hooks.slack.com",), r"hooks\.slack\.com/services/T\w+/B\w+/\w{16,}"),
    ("a key of Stripe", ("k_live_",), r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("a key of Google", ("AIza",), r"\bAIza[A-Za-z0-9_-]{35}"),
    ("a token of npm", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}"),
    ("a token of PyPI", ("pypi-AgE",), r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    ("a key of SendGrid", ("SG.",), r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("a token of Vault", ("hvs.", "hvb."), r"\bhv[bs]\.[A-Za-z0-9_-]{24,}"),
    ("a token of HCP Terraform", (".atlasv1.",), r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}"),
    ("a key of Anthropic", ("sk-ant-",), r"\bsk-ant-[A-Za-z0-9_-]{32,}"),
    ("a key of OpenAI", ("sk-proj-",), r"\bsk-proj-[A-Za-z0-9_-]{32,}"),
    ("a key of Azure storage", ("AccountKey=",), r"AccountKey=[A-Za-z0-9+/]{86}=="),
    (
        "a password in an address",
        ("://",),
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@$%{}<>\"']{1,64}:[^\s/:@$%{}<>\"'*]{3,128}@",
    ),
)
_HINTS = tuple(hint for _, hints, _ in _FORMS for hint in hints)
# EC2 and its like take scripts in base64.
_ENCODED = ("custom_data", "user_data", "user_data_base64")
_ARGUMENT = re.compile(r"[A-Za-z_][\w-]{0,63}")


def _no_credentials(block: Block) -> Iterator[Verdict]:
    # Nearly every block is settled by one look at its text.
    text = json.dumps(block.body, ensure_ascii=False, default=str)
    if any(hint in text for hint in (*_HINTS, *_ENCODED)):
        for path, name in sorted(set(_credentials(block.body, ""))):
            yield Breach(f"has {name} in {path}", (path,))


def _credentials(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The path and kind of every credential in a value. Keys of a map are not arguments, and may be anything."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            inner = str(key) if _ARGUMENT.fullmatch(str(key)) else "…"
            yield from _credentials(item, f"{path}.{inner}" if path else inner)
    elif isinstance(value, list):
        for item in value:
            yield from _credentials(item, path)
    elif isinstance(value, str):
        encoded = path.rpartition(".")[2] in _ENCODED
        text = f"{value}\n{_decoded(value)}" if encoded else value
        for name, hints, form in _FORMS:
            if any(hint in text for hint in hints) and re.search(form, text):
                yield path, name


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


WRITE_ONLY: Mapping[str, str] = {
    "aws_db_instance": "password",
    "aws_docdb_cluster": "master_password",
    "aws_rds_cluster": "master_password",
    "aws_redshift_cluster": "master_password",
    "aws_redshiftserverless_namespace": "admin_user_password",
    "aws_secretsmanager_secret_version": "secret_string",
    "aws_ssm_parameter": "value",
}
"""The arguments that hold a secret and have a twin, ``..._wo``, which Terraform writes into no state."""


def _not_in_state(block: Block) -> Iterator[Verdict]:
    """References alone are judged: what stands in the code is no secret, or one that the state adds nothing to."""
    path = WRITE_ONLY[block.type]
    secret = block.type != "aws_ssm_parameter" or block.value("type") == "SecureString"
    if secret and not all(map(is_known, block.values(path))):
        yield Breach(f"{path} puts a secret into the state", (path,))


# In two parts, so that no scanner of code takes them for what they look like.
_KEY = "AKIA" + "Z7WQ3LDN5R2VKT4J"
_TOKEN = "ghp" + "_0123456789abcdefghijABCDEFGHIJ012345"
_ADDRESS = "postgres://ledger:" + "hunter2@db.example.com/ledger"

RULES = (
    Rule(
        id="LF_CREDENTIAL_IN_TEXT",
        title="No text holds a credential",
        severity="critical",
        types=("*", "data.*", "module", "provider"),
        rationale="Whoever reads the code, the plan or the state has it, and history keeps it after it was taken out.",
        remediation="Revoke it, then give a role in its place, or read it from Secrets Manager where it is used.",
        judge=_no_credentials,
        good=(
            {
                "aws_instance": {
                    "i": {"user_data": "#!/bin/sh\necho AKIAIOSFODNN7EXAMPLE postgres://ledger:${var.password}@db"}
                }
            },
        ),
        bad=(
            {
                "aws_instance": {
                    "plain": {"user_data": f"export AWS_ACCESS_KEY_ID={_KEY}"},
                    "encoded": {"user_data_base64": base64.b64encode(_KEY.encode()).decode()},
                },
                "aws_lambda_function": {"f": {"environment": [{"variables": {"DATABASE": _ADDRESS}}]}},
                "data.aws_region": {"r": {"name": _TOKEN}},
                "module": {"m": {"source": "./m", "key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE"}},
            },
        ),
    ),
    Rule(
        id="LF_SECRET_IN_STATE",
        title="A secret stands in no state where Terraform can do without it",
        severity="medium",
        types=tuple(WRITE_ONLY),
        rationale="Terraform keeps what an argument was set to in the state and in saved plans, in plain text; a "
        "write-only argument it passes on and forgets.",
        remediation="Set the argument of the same name that ends in _wo, with its version, or have AWS make the "
        "secret.",
        judge=_not_in_state,
        good=(
            {
                "aws_db_instance": {"managed": {"manage_master_user_password": True}},
                "aws_ssm_parameter": {
                    "secret": {"type": "SecureString", "value_wo": "${var.token}", "value_wo_version": 1},
                    "setting": {"type": "String", "value": "eu-west-1"},
                },
            },
        ),
        bad=(
            {
                "aws_db_instance": {"d": {"password": "${random_password.p.result}"}},
                "aws_ssm_parameter": {"p": {"type": "SecureString", "value": "${var.token}"}},
            },
        ),
    ),
)  # fmt: skip

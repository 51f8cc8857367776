"""What is laid beside a stack's copy so that Terraform plans it against the sandbox.

Terraform merges a file named ``*_override.tf.json`` into the configuration, block by block: a provider by its
alias, an argument by its name, nested blocks of one kind all at once, a backend as a whole. So the override
replaces credentials, role and backend, and leaves region, tags and ``allowed_account_ids`` as synthesised; the
provider then checks for itself that the sandbox put it into the right account.

Endpoints are not written here. Naming all 303 of them costs the provider 8 seconds a plan; the one variable
``AWS_ENDPOINT_URL`` (see ``sandbox``) sends every service to the sandbox at no cost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landform.terraform.sandbox_state import BACKEND
from landform.terraform.secrets import listed

ROLE = "landform-plan"
PROVIDER = "aws"
_ROLE_ACCOUNT = re.compile(r"^arn:[\w-]+:iam::(\d{12}):role/")
# Every secret of a provider is taken out of a plan wherever it stands, so these must stand nowhere else.
_NO_KEY = "no-key-of-anybody"
# Arguments that would send the provider to credentials of the user's own.
NO_CREDENTIALS: Mapping[str, Any] = {
    "access_key": _NO_KEY,
    "secret_key": _NO_KEY,
    "token": "",
    "profile": "",
    "shared_config_files": [],
    "shared_credentials_files": [],
}


def sandbox_override(config: Mapping[str, Any], account_id: str, partition: str = "aws") -> dict[str, Any]:
    """The override file of one stack.

    Args:
        config: the stack's ``cdk.tf.json``.
        account_id: the stack's account. A provider block that assumes a role in another account, as a literal
            ARN, keeps that account.
        partition: the partition of the role's ARN.
    """
    blocks = listed(config.get("provider", {}).get(PROVIDER, [{}])) or [{}]
    return {
        "terraform": {"backend": dict(BACKEND)},
        "provider": {PROVIDER: [_provider(block, account_id, partition) for block in blocks]},
    }


def _provider(block: Mapping[str, Any], account_id: str, partition: str) -> dict[str, Any]:
    alias = {"alias": block["alias"]} if "alias" in block else {}
    return {
        **alias,
        **{name: value for name, value in NO_CREDENTIALS.items() if name in block or name.endswith("_key")},
        "assume_role": [{"role_arn": f"arn:{partition}:iam::{_account(block, account_id)}:role/{ROLE}"}],
        # The default of 25 tries takes minutes to say that the sandbox lacks something.
        "max_retries": 4,
        "s3_use_path_style": True,
        "skip_metadata_api_check": "true",
    }


def _account(block: Mapping[str, Any], account_id: str) -> str:
    roles = (role.get("role_arn", "") for role in listed(block.get("assume_role", [])))
    matches = [match[1] for role in roles if (match := _ROLE_ACCOUNT.match(role))]
    return matches[-1] if matches else account_id

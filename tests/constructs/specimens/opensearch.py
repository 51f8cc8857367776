"""Search domains."""

from __future__ import annotations

from mutant import EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.opensearch import OpenSearchDomain
from landform.core import Construct

ARN = "arn:aws:es:eu-west-1:012345678901:domain/search"
PARTS = {"index": "in"}
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A domain, and one of another account."""
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    made = OpenSearchDomain(scope, "Domain", vpc=vpc, administrator=role)
    imported = OpenSearchDomain.from_name(scope, "Imported", "another", account_id="999999999999")
    for grants, principal in ((made.grants, role), (made.grants, elsewhere), (imported.grants, role)):
        grants.read_documents(principal, index="products")
        grants.search(principal, index="products")
        grants.write_documents(principal, index="logs-*")
        grants.write_or_delete_in_bulk(principal, index="logs-*")
        grants.delete_documents(principal, index="products")


def domain(stack: AwsStack) -> None:
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20", az_count=2, nat="none", interface_endpoints=())
    administrator = Role.from_arn("arn:aws:iam::012345678901:role/search-admin")
    OpenSearchDomain(stack, "Domain", vpc=vpc, administrator=administrator)


_RESOURCE, _LOGS = "Domain/Resource", "Domain/AuditLogs/Resource"
_CLUSTER, _TLS = "cluster_config.0", "domain_endpoint_options.0"

MUTANTS = (
    Mutant("domain in plain text", domain, _RESOURCE, {"encrypt_at_rest.0.enabled": False}, "CKV_AWS_5"),
    Mutant("no word on a domains encryption", domain, _RESOURCE, {"encrypt_at_rest": None}, "CKV_AWS_5"),
    Mutant("domain under the key of aws", domain, _RESOURCE,
           {"encrypt_at_rest.0.kms_key_id": None}, "CKV_AWS_247"),
    Mutant("domain outside of a vpc", domain, _RESOURCE, {"vpc_options": None}, "CKV_AWS_137"),
    Mutant("default group of a domain", domain, _RESOURCE,
           {"vpc_options.0.security_group_ids": None}, "CKV_AWS_248"),
    Mutant("plain text between nodes", domain, _RESOURCE,
           {"node_to_node_encryption.0.enabled": False}, "CKV_AWS_6"),
    Mutant("no word on nodes", domain, _RESOURCE, {"node_to_node_encryption": None}, "CKV_AWS_6"),
    Mutant("plain http of a domain", domain, _RESOURCE, {f"{_TLS}.enforce_https": False}, "CKV_AWS_83"),
    Mutant("old tls of a domain", domain, _RESOURCE,
           {f"{_TLS}.tls_security_policy": "Policy-Min-TLS-1-0-2019-07"}, "CKV_AWS_228"),
    Mutant("no word on a domains tls", domain, _RESOURCE, {"domain_endpoint_options": None}, "CKV_AWS_228"),
    Mutant("coarse access control", domain, _RESOURCE,
           {"advanced_security_options.0.enabled": False}, "CKV2_AWS_52"),
    Mutant("no word on access control", domain, _RESOURCE, {"advanced_security_options": None}, "CKV2_AWS_52"),
    Mutant("no audit logs", domain, _RESOURCE, {"log_publishing_options.0.enabled": False}, "CKV_AWS_317"),
    Mutant("no logs of a domain", domain, _RESOURCE, {"log_publishing_options": None}, "CKV_AWS_84"),
    Mutant("no dedicated masters", domain, _RESOURCE,
           {f"{_CLUSTER}.dedicated_master_enabled": False}, "CKV2_AWS_59"),
    Mutant("one master", domain, _RESOURCE, {f"{_CLUSTER}.dedicated_master_count": 1}, "CKV_AWS_318"),
    Mutant("one zone", domain, _RESOURCE, {f"{_CLUSTER}.zone_awareness_enabled": False}, "CKV_AWS_318"),
    Mutant("domain logs without a key", domain, _LOGS, {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("domain logs for ever", domain, _LOGS, {"retention_in_days": None}, "CKV_AWS_66"),
    Mutant("logs of any domain", domain, "Domain/LogPolicy",
           {"policy_document": document({**EVERYONE, "Principal": {"Service": "es.amazonaws.com"}})},
           "LF_POLICY_CONFUSED_DEPUTY"),
    Mutant("users with passwords", domain, _RESOURCE,
           {"advanced_security_options.0.internal_user_database_enabled": True}, "LF_SEARCH_USERS"),
    Mutant("no updates of a domain", domain, _RESOURCE,
           {"software_update_options.0.auto_software_update_enabled": False}, "LF_SERVICE_UPDATES"),
    Mutant("domain that can be destroyed", domain, _RESOURCE, {"lifecycle": None, "timeouts": {"delete": "60m"}},
           "LF_PREVENT_DESTROY"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # In a VPC, and with fine-grained access control, AWS's guide wants this policy open.
    Mutant("domain for everyone", domain, _RESOURCE,
           {"access_policies": document({**EVERYONE, "Action": "es:ESHttpGet"})}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""

"""A search domain. Follows "Security in Amazon OpenSearch Service", "Fine-grained access control", "Launching your
domains within a VPC" and "Monitoring OpenSearch logs with Amazon CloudWatch Logs" of its guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from landform.constructs.ec2 import Connections, SecurityGroup, Subnet
from landform.constructs.ec2.placement import data_subnets
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target, Verb
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.logs import LogGroup
from landform.constructs.opensearch.grants import (
    ADMINISTER,
    DELETE_DOCUMENTS,
    READ_DOCUMENTS,
    SEARCH,
    WRITE_DOCUMENTS,
    WRITE_OR_DELETE_IN_BULK,
)
from landform.constructs.opensearch.limits import (
    DOMAIN_NAME,
    ENGINE_VERSION,
    INDEX,
    INSTANCE_TYPE,
    LONGEST_NAME,
    VOLUME_GIB,
)
from landform.constructs.opensearch.sizes import DATA_NODES, DOMAINS, MASTERS
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed
from landform.core import Construct, Lazy, Lifecycle, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from landform.resources.aws.opensearch_domain import (
    AdvancedSecurityOptions,
    AdvancedSecurityOptionsMasterUserOptions,
    ClusterConfig,
    ClusterConfigZoneAwarenessConfig,
    DomainEndpointOptions,
    EbsOptions,
    EncryptAtRest,
    LogPublishingOptions,
    NodeToNodeEncryption,
    OpensearchDomain,
    SoftwareUpdateOptions,
    VpcOptions,
)

Version = Literal["2.17", "2.19"]

PORT = 443
TLS_POLICY = "Policy-Min-TLS-1-2-PFS-2023-10"
LOGS: Mapping[str, str] = {
    "Audit": "AUDIT_LOGS",
    "Application": "ES_APPLICATION_LOGS",
    "IndexSlow": "INDEX_SLOW_LOGS",
    "SearchSlow": "SEARCH_SLOW_LOGS",
}
"""The kinds of log, by what their log groups are called."""


class OpenSearchDomain(Construct):
    """A private search domain: encrypted everywhere, by HTTPS alone, audited, open to named roles.

    A request passes three gates: the security group, which ``connections.allow_from`` opens; IAM, which grants
    open by method and path; and fine-grained access control inside the domain, whose roles the administrator maps
    to the principals' ARNs. Terraform does not reach the third. A domain in a VPC needs the service-linked role
    of ``opensearchservice.amazonaws.com``, one in an account.

    Args:
        vpc: the VPC, over two zones or more where there are standbys.
        administrator: the role that administers fine-grained access control; ``Role.from_arn`` for one that
            another stack makes.
        engine_version: of OpenSearch.
        instance_type: of the data nodes; the tier's size of databases says unless given.
        volume_gib: of each data node, 10 to 24,576; the tier's size says unless given.
        multi_az: whether data nodes and dedicated masters stand in several zones; the tier says unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.
        key: the key that encrypts data and logs; one of its own is made unless given.
        domain_name: from the construct path unless given; at most 28 characters.

    Raises:
        LandformError: ``argument-value`` for a name, version, type or number that OpenSearch Service would refuse,
            or several zones in a VPC of one.

    >>> security = Role.from_arn("arn:aws:iam::012345678901:role/search-admin")
    >>> search = OpenSearchDomain(stack, "Search", vpc=vpc, administrator=security)
    >>> search.arn
    'arn:aws:es:eu-west-1:012345678901:domain/acme-payments-prod-c926b0cb'
    >>> shop = Role(stack, "Shop", trust=[Trust.service("lambda.amazonaws.com")])
    >>> search.grants.search(shop, index="products").actions
    ('es:ESHttpGet', 'es:ESHttpPost')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        administrator: Grantee,
        engine_version: Version = "2.19",
        instance_type: str | None = None,
        volume_gib: int | None = None,
        multi_az: bool | None = None,
        protected: bool | None = None,
        key: AnyKey | None = None,
        domain_name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        place = self.node.place
        size = DOMAINS[stack.tier.sizing.db.class_]
        self.domain_name = DOMAIN_NAME.checked(domain_name or stack.physical_name(self, LONGEST_NAME), place)
        self.arn = stack.arn("es", f"domain/{self.domain_name}")
        several = stack.default_on(
            self,
            "data nodes and three dedicated master nodes over several zones",
            setting="sizing.db.multi_az",
            given=multi_az,
            checks=("CKV_AWS_318", "CKV2_AWS_59"),
        )
        protected = stack.default_on(
            self,
            "Terraform may not destroy the domain",
            setting="sizing.deletion_protection",
            given=protected,
            checks=("LF_PREVENT_DESTROY",),
        )
        subnets = self._subnets(vpc, several)
        self.policy = PolicyDocument("domain policy", [self._administration(administrator)])
        self.key: AnyKey = key or Key(self, "Key", description=f"the domain {self.domain_name}")
        self.security_group = SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"The domain {self.domain_name}."
        )
        self.connections = Connections(self.security_group, port=PORT)
        self.log_groups = {name: self._log_group(name) for name in LOGS}
        self.resource = OpensearchDomain(
            self,
            "Resource",
            domain_name=self.domain_name,
            engine_version=f"OpenSearch_{ENGINE_VERSION.checked(engine_version, place)}",
            access_policies=Lazy(lambda: self.policy.to_json(place)),
            cluster_config=_cluster(
                INSTANCE_TYPE.checked(instance_type or size.instance_type, place),
                size.master_type,
                len(subnets),
            ),
            ebs_options=EbsOptions(
                ebs_enabled=True,
                volume_type="gp3",
                volume_size=VOLUME_GIB.checked(size.volume_gib if volume_gib is None else volume_gib, place),
            ),
            encrypt_at_rest=EncryptAtRest(enabled=True, kms_key_id=self.key.arn),
            node_to_node_encryption=NodeToNodeEncryption(enabled=True),
            domain_endpoint_options=DomainEndpointOptions(enforce_https=True, tls_security_policy=TLS_POLICY),
            advanced_security_options=AdvancedSecurityOptions(
                enabled=True,
                anonymous_auth_enabled=False,
                internal_user_database_enabled=False,
                master_user_options=AdvancedSecurityOptionsMasterUserOptions(
                    master_user_arn=administrator.principal_arn
                ),
            ),
            vpc_options=VpcOptions(
                subnet_ids=[subnet.subnet_id for subnet in subnets],
                security_group_ids=[self.security_group.security_group_id],
            ),
            log_publishing_options=[
                LogPublishingOptions(log_type=LOGS[name], cloudwatch_log_group_arn=group.arn, enabled=True)
                for name, group in self.log_groups.items()
            ],
            software_update_options=SoftwareUpdateOptions(auto_software_update_enabled=True),
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
            # Their ARNs are literal, and the service refuses logs it may not write and roles that are not there.
            depends_on=[
                *self.log_groups.values(),
                self._let_logs_in(),
                *_made_beside(self, administrator),
            ],
        )
        self.grants = DomainGrants(Target(self, self.arn, add_to_policy=self.add_to_policy))

    @property
    def endpoint(self) -> Ref[str]:
        """The host name, which resolves inside the VPC."""
        return self.resource.endpoint

    @staticmethod
    def from_name(
        scope: Construct, id: str, domain_name: str, *, account_id: str | None = None
    ) -> ImportedOpenSearchDomain:
        """A domain of this region that another stack or account makes, to grant on.

        ``account_id`` is the account that owns it; the stack's unless given.

        Raises:
            LandformError: ``argument-value`` for a name OpenSearch Service would refuse.
        """
        return ImportedOpenSearchDomain(scope, id, domain_name, account_id=account_id)

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the domain's policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone.
        """
        self.policy.add(closed(statement, self))

    def _administration(self, administrator: Grantee) -> Statement:
        if not isinstance(administrator, Grantee):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                f"{type(administrator).__name__} is not something that can administer a domain.",
                place=self.node.place,
                given=repr(administrator),
                expected="a Role, or Role.from_arn(...) for a role of another stack or account",
            )
        organization_id = self._stack.organization.organization_id
        return Statement(
            "AdministratorCalls",
            ADMINISTER,
            (f"{self.arn}/*",),
            principals=(Principal("AWS", administrator.principal_arn),),
            conditions=(Condition("StringEquals", "aws:PrincipalOrgID", (organization_id,)),),
        )

    def _subnets(self, vpc: AnyVpc, several: bool) -> tuple[Subnet, ...]:
        """The subnets that nodes stand in: one, or one in each of two or three zones."""
        subnets = data_subnets(vpc, self.node.place)
        if several and len(subnets) < 2:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Nodes over several zones need subnets in two zones or three.",
                place=self.node.place,
                given=f"a VPC with subnets in {', '.join(subnet.availability_zone for subnet in subnets)}",
                expected="a VPC over two zones or more",
                fix="Make the VPC with az_count=2, or the domain with multi_az=False.",
            )
        return subnets[: max(DATA_NODES) if several else 1]

    def _log_group(self, name: str) -> LogGroup:
        kind = LOGS[name].lower().replace("_", "-")
        return LogGroup(
            self,
            f"{name}Logs",
            log_group_name=f"/aws/opensearch/domains/{self.domain_name}/{kind}",
            key=self.key,
        )

    def _let_logs_in(self) -> CloudwatchLogResourcePolicy:
        statement = Statement(
            "DomainDeliversLogs",
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            tuple(f"{group.arn}:*" for group in self.log_groups.values()),
            principals=(Principal("Service", "es.amazonaws.com"),),
            conditions=(
                Condition("ArnEquals", "aws:SourceArn", (self.arn,)),
                Condition("StringEquals", "aws:SourceAccount", (self._stack.account_id,)),
            ),
        )
        return CloudwatchLogResourcePolicy(
            self,
            "LogPolicy",
            policy_name=f"{self.domain_name}-domain-logs",
            policy_document=PolicyDocument("log resource policy", [statement]).to_json(self.node.place),
        )


class ImportedOpenSearchDomain(Construct):
    """A domain that another stack or account makes; its policy is its owner's to write."""

    def __init__(self, scope: Construct, id: str, domain_name: str, *, account_id: str | None) -> None:
        super().__init__(scope, id)
        self.domain_name = DOMAIN_NAME.checked(domain_name, self.node.place)
        self.arn = AwsStack.of(self).arn("es", f"domain/{domain_name}", account_id=account_id)
        self.grants = DomainGrants(Target(self, self.arn, account_id=account_id, imported=True))


class DomainGrants(ResourceGrants):
    """What may be granted on a domain: on one index (``"products"``), or on those that begin alike (``"logs-*"``).

    Fine-grained access control inside the domain decides too.
    """

    def read_documents(self, principal: Grantee, *, index: str) -> Grant:
        """Get documents, mappings and settings, and search by GET."""
        return self._on(READ_DOCUMENTS, principal, index)

    def search(self, principal: Grantee, *, index: str) -> Grant:
        """Search and count, by GET or POST."""
        return self._on(SEARCH, principal, index)

    def write_documents(self, principal: Grantee, *, index: str) -> Grant:
        """Create and change documents one by one."""
        return self._on(WRITE_DOCUMENTS, principal, index)

    def write_or_delete_in_bulk(self, principal: Grantee, *, index: str) -> Grant:
        """Create, change and delete documents many at once: IAM cannot tell what a bulk request holds."""
        return self._on(WRITE_OR_DELETE_IN_BULK, principal, index)

    def delete_documents(self, principal: Grantee, *, index: str) -> Grant:
        """Delete documents one by one; no index."""
        return self._on(DELETE_DOCUMENTS, principal, index)

    def _on(self, verb: Verb, principal: Grantee, index: str) -> Grant:
        return self._grant(verb, principal, index=INDEX.checked(index, self._target.construct.node.here))


def _cluster(instance_type: str, master_type: str, zones: int) -> ClusterConfig:
    if zones == 1:
        return ClusterConfig(
            instance_type=instance_type,
            instance_count=1,
            dedicated_master_enabled=False,
            zone_awareness_enabled=False,
        )
    return ClusterConfig(
        instance_type=instance_type,
        instance_count=DATA_NODES[zones],
        dedicated_master_enabled=True,
        dedicated_master_type=master_type,
        dedicated_master_count=MASTERS,
        zone_awareness_enabled=True,
        zone_awareness_config=ClusterConfigZoneAwarenessConfig(availability_zone_count=zones),
    )


def _made_beside(construct: Construct, administrator: Grantee) -> tuple[Construct, ...]:
    """The administrator where it is made in the same stack, so that Terraform can make it first."""
    if isinstance(administrator, Construct) and administrator.node.stack is construct.node.stack:
        return (administrator,)
    return ()

"""A cluster. Follows "Amazon EKS security", "Access entries" and "EKS Pod Identity" of the EKS guide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from landform.constructs.ec2.connections import Connections
from landform.constructs.ec2.security_group import SecurityGroup
from landform.constructs.ec2.subnets import Subnet
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.eks.grants import DESCRIBE
from landform.constructs.eks.limits import (
    ACCESS_POLICIES,
    CLUSTER_NAME,
    KUBERNETES_VERSION,
    NAMESPACE,
    SERVICE_ACCOUNT,
    AccessLevel,
)
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.logs import LogGroup
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle, Ref
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import Statement
from landform.iam.arns import role_account
from landform.resources.aws.eks_access_entry import EksAccessEntry
from landform.resources.aws.eks_access_policy_association import AccessScope, EksAccessPolicyAssociation
from landform.resources.aws.eks_addon import EksAddon
from landform.resources.aws.eks_cluster import (
    AccessConfig,
    EncryptionConfig,
    EncryptionConfigProvider,
    UpgradePolicy,
    VpcConfig,
)
from landform.resources.aws.eks_cluster import (
    EksCluster as AwsCluster,
)
from landform.resources.aws.eks_pod_identity_association import EksPodIdentityAssociation
from landform.resources.aws.iam_openid_connect_provider import IamOpenidConnectProvider

SERVICE = "eks.amazonaws.com"
PODS = "pods.eks.amazonaws.com"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
DEFAULT_VERSION = "1.35"

_HTTPS = 443


class EksCluster(Construct):
    """A cluster whose API is inside the VPC, and whose users stand in code.

    Nobody is let in by having made it: ``add_access`` says who may do what, ``add_service_account`` which role a
    pod has. What runs in it needs a ``NodeGroup``.

    Args:
        vpc: with private subnets in two zones or more.
        version: of Kubernetes.
        cluster_name: from the construct path unless given.
        key: the key of its secrets, logs and nodes; one of its own is made unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name or a version that EKS would refuse, and for a VPC with private
            subnets in fewer zones than two.

    >>> cluster = EksCluster(stack, "Apps", vpc=vpc)
    >>> operator = Role.from_arn("arn:aws:iam::012345678901:role/operator")
    >>> cluster.add_access(operator, "edit", namespaces=["ledger"])
    >>> ledger = cluster.add_service_account("Ledger", namespace="ledger", service_account="api")
    >>> Bucket(stack, "Entries").grants.read_objects(ledger).verb
    'read_objects'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        version: str = DEFAULT_VERSION,
        cluster_name: str | None = None,
        key: AnyKey | None = None,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._stack = stack = AwsStack.of(self)
        place = self.node.place
        self.cluster_name = CLUSTER_NAME.checked(cluster_name or stack.physical_name(self, 100), place)
        self.version = KUBERNETES_VERSION.checked(version, place)
        self.arn = stack.arn("eks", f"cluster/{self.cluster_name}")
        self.vpc = vpc
        subnets = self._subnets(vpc)
        protected = stack.default_on(
            self,
            "Terraform may not destroy the cluster",
            setting="sizing.deletion_protection",
            given=protected,
            checks=("LF_PREVENT_DESTROY",),
        )
        self.key: AnyKey = key or Key(self, "Key", description=f"secrets of {self.cluster_name}")
        # EKS writes to the group of this name, and makes it without a key where there is none.
        self.log_group = LogGroup(
            self, "Logs", log_group_name=f"/aws/eks/{self.cluster_name}/cluster", key=self.key
        )
        self.role = Role(
            self,
            "Role",
            trust=[Trust.service(SERVICE, source_arn=self.arn)],
            description=f"The control plane of {self.cluster_name}.",
            managed_policies=["AmazonEKSClusterPolicy"],
        )
        self.security_group = SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"The API of {self.node.id}"
        )
        self.connections = Connections(self.security_group, port=_HTTPS)
        self.resource = self._cluster(subnets, protected)
        self._issue_identities()
        self._access = Construct(self, "Access")
        self._service_accounts = Construct(self, "ServiceAccounts")
        self.grants = ClusterGrants(Target(self, self.arn))

    @staticmethod
    def from_name(scope: Construct, id: str, cluster_name: str) -> ImportedEksCluster:
        """A cluster of this account and region that another stack makes, to grant on.

        Raises:
            LandformError: ``argument-value`` for a name that EKS would refuse.
        """
        return ImportedEksCluster(scope, id, cluster_name)

    @property
    def node_security_group_id(self) -> Ref[str]:
        """The group that EKS makes for the control plane and its nodes to talk in."""
        return self.resource.ref("vpc_config.0.cluster_security_group_id")

    def add_access(self, principal: Grantee, level: AccessLevel, *, namespaces: Sequence[str] = ()) -> None:
        """Let a role use the API of Kubernetes.

        Args:
            principal: a role, made here or from elsewhere.
            level: ``view`` (no secrets), ``edit``, ``admin`` (roles of a namespace too) or ``cluster_admin``.
            namespaces: where; in all of them unless given.

        Raises:
            LandformError: ``argument-value`` for what is no role, a level that there is not, or a namespace that
                Kubernetes would refuse.
        """
        place = self.node.place
        if level not in ACCESS_POLICIES:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "There is no such level of access.",
                place=place,
                given=repr(level),
                expected=", ".join(ACCESS_POLICIES),
                fix=did_you_mean(str(level), ACCESS_POLICIES),
            )
        if not isinstance(principal, Grantee):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A cluster lets roles in.",
                place=place,
                given=repr(principal),
                expected="a Role, or Role.from_arn(...)",
            )
        for namespace in namespaces:
            NAMESPACE.checked(namespace, place)
        entry = self._entry(principal)
        policy = ACCESS_POLICIES[level]
        EksAccessPolicyAssociation(
            entry,
            policy,
            cluster_name=self.resource.name,
            principal_arn=principal.principal_arn,
            policy_arn=f"arn:{self._stack.partition}:eks::aws:cluster-access-policy/{policy}",
            access_scope=AccessScope(
                type="namespace" if namespaces else "cluster", namespaces=namespaces or None
            ),
            # The ARN is literal, so nothing else tells Terraform what must be there first.
            depends_on=[entry.resource],
        )

    def add_service_account(self, id: str, *, namespace: str, service_account: str) -> Role:
        """A role for the pods of a service account, to grant to.

        Raises:
            LandformError: ``argument-value`` for a namespace or a service account that Kubernetes would refuse.
        """
        NAMESPACE.checked(namespace, self.node.place)
        SERVICE_ACCOUNT.checked(service_account, self.node.place)
        role = Role(
            self._service_accounts,
            id,
            trust=[_PodTrust.service(PODS, source_arn=self.arn)],
            description=f"Pods of {namespace}/{service_account} in {self.cluster_name}.",
        )
        EksPodIdentityAssociation(
            role,
            "PodIdentity",
            cluster_name=self.resource.name,
            namespace=namespace,
            service_account=service_account,
            role_arn=role.resource.arn,
        )
        return role

    def _subnets(self, vpc: AnyVpc) -> Sequence[Subnet]:
        zones = sorted({subnet.availability_zone for subnet in vpc.private_subnets})
        if len(zones) >= 2:
            return vpc.private_subnets
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "EKS asks for subnets in two zones.",
            place=self.node.place,
            given=f"private subnets in {', '.join(zones) or 'no zone'}",
            fix="Give the VPC az_count=2 or more, whatever the tier says.",
        )

    def _cluster(self, subnets: Sequence[Subnet], protected: bool) -> AwsCluster:
        return AwsCluster(
            self,
            "Resource",
            name=self.cluster_name,
            version=self.version,
            role_arn=self.role.arn,
            upgrade_policy=UpgradePolicy(support_type="STANDARD"),
            enabled_cluster_log_types=LOG_TYPES,
            access_config=AccessConfig(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            encryption_config=EncryptionConfig(
                resources=["secrets"], provider_=EncryptionConfigProvider(key_arn=self.key.arn)
            ),
            vpc_config=VpcConfig(
                endpoint_private_access=True,
                endpoint_public_access=False,
                subnet_ids=[subnet.subnet_id for subnet in subnets],
                security_group_ids=[self.security_group.security_group_id],
            ),
            # Deleted last, the role still takes away what the control plane made in the VPC.
            depends_on=[self.role, self.log_group],
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )

    def _issue_identities(self) -> None:
        """The agent that gives pods their roles, and the provider for what asks IAM by OpenID Connect."""
        EksAddon(
            self, "PodIdentityAgent", cluster_name=self.resource.name, addon_name="eks-pod-identity-agent"
        )
        self.openid_connect_provider = IamOpenidConnectProvider(
            self,
            "OpenIdConnectProvider",
            url=self.resource.ref("identity.0.oidc.0.issuer"),
            client_id_list=["sts.amazonaws.com"],
        )

    def _entry(self, principal: Grantee) -> _AccessEntry:
        account = role_account(principal.principal_arn)
        id = f"{account}-{principal.principal_arn.partition(':role/')[2]}"
        known = self._access.node.try_find_child(id)
        if isinstance(known, _AccessEntry):
            return known
        return _AccessEntry(self._access, id, self.resource.name, principal.principal_arn)


class ImportedEksCluster(Construct):
    """A cluster that another stack makes in this account and region."""

    def __init__(self, scope: Construct, id: str, cluster_name: str) -> None:
        super().__init__(scope, id)
        self.cluster_name = CLUSTER_NAME.checked(cluster_name, self.node.place)
        self.arn = AwsStack.of(self).arn("eks", f"cluster/{cluster_name}")
        self.grants = ClusterGrants(Target(self, self.arn, imported=True))


class ClusterGrants(ResourceGrants):
    """What may be granted on a cluster."""

    def describe(self, principal: Grantee) -> Grant:
        """Read its endpoint and its certificate, as ``aws eks update-kubeconfig`` does."""
        return self._grant(DESCRIBE, principal)


class _AccessEntry(Construct):
    """A role that the cluster knows; what it may do is said below."""

    def __init__(self, scope: Construct, id: str, cluster_name: Ref[str], principal_arn: str) -> None:
        super().__init__(scope, id)
        self.resource = EksAccessEntry(
            self, "Resource", cluster_name=cluster_name, principal_arn=principal_arn, type="STANDARD"
        )


class _PodTrust(Trust):
    """A trust of EKS Pod Identity, which also tags the session with cluster, namespace and service account."""

    def statement(self, owner: Construct) -> Statement:
        statement = super().statement(owner)
        return replace(statement, actions=(*statement.actions, "sts:TagSession"))

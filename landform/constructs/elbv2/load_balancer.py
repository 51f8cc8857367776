"""An application load balancer. Follows "Application Load Balancers" of the Elastic Load Balancing guide."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.certificates import checked_certificate
from landform.constructs.ec2 import Connections, Peer, SecurityGroup, Subnet
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.elbv2.limits import (
    HOST_PATTERN,
    LOAD_BALANCER_ARN,
    LOAD_BALANCER_NAME,
    PATH_PATTERN,
    PRIORITY,
)
from landform.constructs.elbv2.log_bucket import AnyLoadBalancerLogBucket, LoadBalancerLogBucket
from landform.constructs.elbv2.target_group import AnyTargetGroup
from landform.constructs.stack import AwsStack
from landform.constructs.wafv2.association import associate
from landform.constructs.wafv2.web_acl import AnyWebAcl
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.resources.aws.lb import AccessLogs, ConnectionLogs, Lb
from landform.resources.aws.lb_listener import (
    DefaultAction,
    DefaultActionFixedResponse,
    DefaultActionRedirect,
    LbListener,
)
from landform.resources.aws.lb_listener_rule import (
    Action,
    Condition,
    ConditionHostHeader,
    ConditionPathPattern,
    LbListenerRule,
)

HTTPS_PORT = 443
HTTP_PORT = 80

# TLS 1.3 and 1.2, with forward secrecy and authenticated encryption alone.
SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
_HSTS = "max-age=31536000"


class LoadBalancer(Construct):
    """An application load balancer that listens for HTTPS, inside the VPC unless told otherwise.

    It answers 404 to what no target group takes, and sends plain HTTP on to HTTPS. Nobody reaches it until
    ``connections`` lets them in; the internet is let in to HTTPS where the load balancer faces it, and then a web
    ACL stands before it. What it forwards to is let in by ``connections.allow_to(app, targets.port)``.

    Args:
        vpc: where it stands, in two zones or more.
        certificate_arn: a certificate of this region, by its ARN.
        targets: what it forwards to, but for the routes that are added.
        internet_facing: whether it stands in the public subnets, open to the internet.
        web_acl: what protects it, a regional one; not to be left out where it faces the internet.
        log_bucket: where its logs go; one of its own is made unless given.
        load_balancer_name: from the construct path unless given.
        protected: whether it may not be deleted; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name or a certificate AWS would refuse, fewer than two zones, or
            the internet without a web ACL.

    >>> targets = TargetGroup(stack, "App", vpc=vpc, port=8443)
    >>> certificate = "arn:aws:acm:eu-west-1:012345678901:certificate/0a1b2c3d"
    >>> balancer = LoadBalancer(stack, "Web", vpc=vpc, certificate_arn=certificate, targets=targets)
    >>> app = SecurityGroup(stack, "Containers", vpc=vpc, description="containers of the app")
    >>> balancer.connections.allow_to(app, targets.port)
    >>> balancer.connections.allow_from(Peer.cidr("10.0.0.0/8"))
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        certificate_arn: str | Ref[str],
        targets: AnyTargetGroup | None = None,
        internet_facing: bool = False,
        web_acl: AnyWebAcl | None = None,
        log_bucket: AnyLoadBalancerLogBucket | None = None,
        load_balancer_name: str | None = None,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.load_balancer_name = LOAD_BALANCER_NAME.checked(
            load_balancer_name or stack.physical_name(self, 32), self.node.place
        )
        certificate = checked_certificate(certificate_arn, self, stack.region)
        self._check_web_acl(web_acl, internet_facing)
        subnets = self._checked_subnets(vpc, internet_facing)
        self.log_bucket: AnyLoadBalancerLogBucket = log_bucket or LoadBalancerLogBucket(self, "Logs")
        self.log_bucket.deliver(self.load_balancer_name)
        self.security_group = SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"Load balancer {self.load_balancer_name}."
        )
        self.resource = Lb(
            self,
            "Resource",
            name=self.load_balancer_name,
            load_balancer_type="application",
            internal=not internet_facing,
            subnets=[subnet.subnet_id for subnet in subnets],
            security_groups=[self.security_group.security_group_id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_waf_fail_open=False,
            enable_deletion_protection=stack.default_on(
                self,
                "it may not be deleted",
                setting="sizing.deletion_protection",
                given=protected,
                checks=("CKV_AWS_150",),
            ),
            access_logs=AccessLogs(
                bucket=self.log_bucket.bucket_name, prefix=self.load_balancer_name, enabled=True
            ),
            connection_logs=ConnectionLogs(
                bucket=self.log_bucket.bucket_name, prefix=self.load_balancer_name, enabled=True
            ),
            # AWS tries whether it may deliver, and the bucket's name is literal.
            depends_on=[self.log_bucket],
        )
        self._priorities: set[int] = set()
        self._https = self._listen(certificate, targets)
        if web_acl:
            associate(self, web_acl, self.arn)
        if internet_facing:
            self.connections.allow_from(Peer.internet())

    @staticmethod
    def from_arn(scope: Construct, id: str, arn: str) -> ImportedLoadBalancer:
        """A load balancer of another stack.

        Raises:
            LandformError: ``argument-value`` where it is no ARN of an application load balancer.
        """
        return ImportedLoadBalancer(scope, id, arn)

    @property
    def arn(self) -> Ref[str]:
        """The load balancer's ARN. AWS chooses the end of it, so it is a reference."""
        return self.resource.arn

    @property
    def dns_name(self) -> Ref[str]:
        """The name that AWS gives it, for an alias record."""
        return self.resource.dns_name

    @property
    def connections(self) -> Connections:
        """Who may talk to it, on the port of HTTPS unless another is named."""
        return Connections(self.security_group, port=HTTPS_PORT)

    def add_route(
        self,
        id: str,
        targets: AnyTargetGroup,
        *,
        priority: int,
        paths: Sequence[str] = (),
        hosts: Sequence[str] = (),
    ) -> None:
        """Forward some requests to targets of their own.

        Args:
            id: of the route, unique in the load balancer.
            targets: what takes the requests.
            priority: 1 to 50,000; the lowest route that matches is taken.
            paths: ``/api/*``; any of them.
            hosts: ``api.example.com``; any of them, and a path too where paths are given.

        Raises:
            LandformError: ``argument-value`` for a priority that is taken, or that AWS would refuse as a path or
                a host, and for a route without either.
        """
        place = self.node.place
        if PRIORITY.checked(priority, place) in self._priorities:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Two routes of a load balancer have one priority.",
                place=place,
                given=f"{priority}, of route {id!r} and of another",
                expected="a priority of its own",
            )
        if not paths and not hosts:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A route says which requests it takes.",
                place=place,
                given=f"route {id!r} without paths and hosts",
                fix="Pass paths or hosts; what no route takes goes to the load balancer's own targets.",
            )
        self._priorities.add(priority)
        conditions = []
        if paths:
            values = [PATH_PATTERN.checked(path, place) for path in paths]
            conditions.append(Condition(path_pattern=ConditionPathPattern(values=values)))
        if hosts:
            values = [HOST_PATTERN.checked(host, place) for host in hosts]
            conditions.append(Condition(host_header=ConditionHostHeader(values=values)))
        LbListenerRule(
            self,
            id,
            listener_arn=self._https.arn,
            priority=priority,
            action=[Action(type="forward", target_group_arn=targets.arn)],
            condition=conditions,
        )

    def _listen(self, certificate: str | Ref[str], targets: AnyTargetGroup | None) -> LbListener:
        redirect = DefaultActionRedirect(port=str(HTTPS_PORT), protocol="HTTPS", status_code="HTTP_301")
        LbListener(
            self,
            "Http",
            load_balancer_arn=self.arn,
            port=HTTP_PORT,
            protocol="HTTP",
            default_action=[DefaultAction(type="redirect", redirect=redirect)],
        )
        return LbListener(
            self,
            "Https",
            load_balancer_arn=self.arn,
            port=HTTPS_PORT,
            protocol="HTTPS",
            ssl_policy=SSL_POLICY,
            certificate_arn=certificate,
            routing_http_response_server_enabled=False,
            routing_http_response_strict_transport_security_header_value=_HSTS,
            default_action=[_forward(targets) if targets else _not_found()],
        )

    def _check_web_acl(self, web_acl: AnyWebAcl | None, internet_facing: bool) -> None:
        if internet_facing and web_acl is None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A load balancer that faces the internet needs a web ACL.",
                place=self.node.place,
                given="internet_facing without web_acl",
                fix='Pass web_acl=WebAcl(stack, "WebAcl").',
            )

    def _checked_subnets(self, vpc: AnyVpc, internet_facing: bool) -> tuple[Subnet, ...]:
        subnets = vpc.public_subnets if internet_facing else vpc.private_subnets
        if len(subnets) >= 2:
            return subnets
        kind = "public" if internet_facing else "private"
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A load balancer stands in two zones or more.",
            place=self.node.place,
            given=f"a VPC of {len(subnets)} {kind} subnets",
            expected=f"{kind} subnets in two zones",
            fix='Pass az_count=2 to the Vpc, and nat="single" where there are no public subnets.',
        )


class ImportedLoadBalancer(Construct):
    """A load balancer that another stack or nobody here makes.

    ``full_name`` is what its metrics are filed under: ``app/web/0a1b2c3d``.
    """

    def __init__(self, scope: Construct, id: str, arn: str) -> None:
        super().__init__(scope, id)
        self.arn = LOAD_BALANCER_ARN.checked(arn, self.node.place)
        self.full_name = arn.partition(":loadbalancer/")[2]


def _forward(targets: AnyTargetGroup) -> DefaultAction:
    return DefaultAction(type="forward", target_group_arn=targets.arn)


def _not_found() -> DefaultAction:
    answer = DefaultActionFixedResponse(
        content_type="text/plain", message_body="Not found", status_code="404"
    )
    return DefaultAction(type="fixed-response", fixed_response=answer)

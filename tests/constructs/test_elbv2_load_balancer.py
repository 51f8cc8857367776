import pytest
from reading import at, built, paths, statements

from landform.constructs.ec2 import Peer, SecurityGroup, Vpc
from landform.constructs.elbv2 import LoadBalancer, LoadBalancerLogBucket, TargetGroup
from landform.constructs.wafv2 import WebAcl
from landform.errors import Code, LandformError
from landform.resources import CheckedResource

CERTIFICATE = "arn:aws:acm:eu-west-1:012345678901:certificate/0a1b2c3d"
NAME = "acme-payments-prod-data-lake-web"
GLOBAL_ACL = "arn:aws:wafv2:us-east-1:012345678901:global/webacl/edge/0a1b-2c3d"


def vpc_of(stack, **arguments):
    sizes = {"az_count": 2, "nat": "single", "interface_endpoints": (), **arguments}
    return Vpc(stack, "Vpc", cidr="10.0.0.0/20", **sizes)


def web(then=lambda balancer: None, **arguments):
    """Build a load balancer, and do something with it."""

    def build(stack):
        given = {"vpc": vpc_of(stack), "certificate_arn": CERTIFICATE, **arguments}
        then(LoadBalancer(stack, "Web", **given))

    return build


def public(stack, **arguments):
    """A load balancer that faces the internet."""
    given = {
        "vpc": vpc_of(stack),
        "certificate_arn": CERTIFICATE,
        "web_acl": WebAcl(stack, "Acl"),
        **arguments,
    }
    return LoadBalancer(stack, "Web", internet_facing=True, **given)


@pytest.fixture(scope="module")
def document():
    """One with every default."""
    return built(web())


class TestDefaults:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("name", NAME),
            ("load_balancer_type", "application"),
            ("internal", True),
            ("drop_invalid_header_fields", True),
            ("desync_mitigation_mode", "defensive"),
            ("enable_waf_fail_open", False),
        ],
    )
    def test_default(self, document, argument, value):
        """The secure setting stands in the resource, whatever the provider's default is."""
        assert at(document, "Web/Resource")[argument] == value

    def test_it_stands_in_the_private_subnets(self, document):
        """One a zone."""
        subnets = at(document, "Web/Resource")["subnets"]

        assert len(subnets) == 2
        assert all(".Vpc_Private_" in subnet for subnet in subnets)

    @pytest.mark.parametrize(
        ("tier", "protected"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_it_may_be_deleted(self, tier, protected):
        """What is behind it would be gone from the net."""
        assert at(built(web(), tier=tier), "Web/Resource")["enable_deletion_protection"] is protected

    def test_protected_says_it_instead_of_the_tier(self):
        """One that must go says so."""
        document = built(web(protected=False), tier="prod")

        assert at(document, "Web/Resource")["enable_deletion_protection"] is False


class TestListeners:
    def test_https_is_modern(self, document):
        """TLS 1.3 and 1.2 alone, with the certificate that was given."""
        listener = at(document, "Web/Https")

        assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
        assert listener["ssl_policy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
        assert listener["certificate_arn"] == CERTIFICATE

    def test_https_tells_browsers_to_stay(self, document):
        """And does not say which server answers."""
        listener = at(document, "Web/Https")

        assert listener["routing_http_response_strict_transport_security_header_value"] == "max-age=31536000"
        assert listener["routing_http_response_server_enabled"] is False

    def test_http_is_sent_on(self, document):
        """For good, so that a browser remembers it."""
        listener = at(document, "Web/Http")

        assert (listener["port"], listener["protocol"]) == (80, "HTTP")
        assert listener["default_action"] == [
            {
                "type": "redirect",
                "redirect": [{"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}],
            }
        ]

    def test_without_targets_it_answers_404(self, document):
        """A load balancer says nothing for what nobody takes."""
        (action,) = at(document, "Web/Https")["default_action"]

        assert action["type"] == "fixed-response"
        assert action["fixed_response"][0]["status_code"] == "404"

    def test_it_forwards_to_its_targets(self):
        """By reference, so that they are made first."""

        def build(stack):
            vpc = vpc_of(stack)
            targets = TargetGroup(stack, "App", vpc=vpc)
            LoadBalancer(stack, "Web", vpc=vpc, certificate_arn=CERTIFICATE, targets=targets)

        (action,) = at(built(build), "Web/Https")["default_action"]

        assert action["type"] == "forward"
        assert action["target_group_arn"].startswith("${aws_lb_target_group.App_")

    def test_a_certificate_of_the_stack_is_a_reference(self):
        """What Terraform makes has its ARN afterwards."""

        def build(stack):
            made = CheckedResource(stack, "Names", "aws_acm_certificate", {"domain_name": "a.example.com"})
            web(certificate_arn=made.ref("arn"))(stack)

        assert at(built(build), "Web/Https")["certificate_arn"].startswith("${aws_acm_certificate.Names")


class TestLogs:
    def test_requests_and_connections_are_logged(self, document):
        """To one bucket, below the load balancer's name."""
        logs = {"bucket": f"{NAME}-logs", "enabled": True, "prefix": NAME}
        body = at(document, "Web/Resource")

        assert body["access_logs"] == body["connection_logs"] == [logs]

    def test_the_bucket_is_there_first(self, document):
        """AWS tries whether it may deliver, and its policy must say so by then."""
        first = at(document, "Web/Resource")["depends_on"]

        assert any(address.startswith("aws_s3_bucket_policy.") for address in first)

    def test_two_share_a_bucket(self):
        """Each with a prefix of its own, in one statement."""

        def build(stack):
            vpc = vpc_of(stack)
            logs = LoadBalancerLogBucket(stack, "Logs", bucket_name="acme-lb-logs")
            for id in ("Web", "Api"):
                LoadBalancer(stack, id, vpc=vpc, certificate_arn=CERTIFICATE, log_bucket=logs)

        document = built(build)

        assert paths(document, "aws_s3_bucket") == ["Logs/Resource"]
        assert statements(document, "Logs/Policy")["LoadBalancersDeliverLogs"]["Resource"] == [
            "arn:aws:s3:::acme-lb-logs/acme-payments-prod-data-lake-api/AWSLogs/012345678901/*",
            f"arn:aws:s3:::acme-lb-logs/{NAME}/AWSLogs/012345678901/*",
        ]


class TestInternet:
    def test_it_stands_in_the_public_subnets(self):
        """And is no internal one."""
        body = at(built(public), "Web/Resource")

        assert body["internal"] is False
        assert all(".Vpc_Public_" in subnet for subnet in body["subnets"])

    def test_https_alone_is_open(self):
        """Who may use plain HTTP, to be sent on, the code says."""
        document = built(public)
        rules = paths(document, "aws_vpc_security_group_ingress_rule")

        assert [rule for rule in rules if rule.startswith("Web/")] == ["Web/SecurityGroup/FromInternetTcp443"]

    def test_a_web_acl_stands_before_it(self):
        """Which names the load balancer."""
        association = at(built(public), "Web/WebAclAssociation")

        assert association["resource_arn"].startswith("${aws_lb.Web_")
        assert association["web_acl_arn"].startswith("${aws_wafv2_web_acl.Acl_")

    def test_without_a_web_acl_it_is_refused(self):
        """The internet is not let in unseen."""
        with pytest.raises(LandformError, match="needs a web ACL") as caught:
            built(lambda stack: public(stack, web_acl=None))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_elbv2_load_balancer.py"

    def test_a_web_acl_of_cloudfront_is_refused(self):
        """It protects distributions alone."""
        with pytest.raises(LandformError, match="cannot protect a LoadBalancer"):
            built(lambda stack: public(stack, web_acl=WebAcl.from_arn(stack, "Global", GLOBAL_ACL)))

    def test_one_inside_can_have_a_web_acl(self):
        """Where it is wanted."""
        document = built(lambda stack: web(web_acl=WebAcl(stack, "Acl"))(stack))

        assert paths(document, "aws_wafv2_web_acl_association") == ["Web/WebAclAssociation"]

    @pytest.mark.parametrize(
        ("internet_facing", "sizes"),
        [(False, {"az_count": 1}), (True, {"az_count": 1}), (True, {"nat": "none"})],
    )
    def test_fewer_than_two_zones_are_refused(self, internet_facing, sizes):
        """AWS would say so after half an apply."""

        def build(stack):
            acl = WebAcl(stack, "Acl")
            vpc = vpc_of(stack, **sizes)
            LoadBalancer(
                stack,
                "Web",
                vpc=vpc,
                certificate_arn=CERTIFICATE,
                internet_facing=internet_facing,
                web_acl=acl,
            )

        with pytest.raises(LandformError, match="two zones or more") as caught:
            built(build)

        assert "az_count=2" in caught.value.fix
        assert caught.value.place.file == "test_elbv2_load_balancer.py"


class TestConnections:
    def test_nobody_is_let_in(self, document):
        """Until the code says who."""
        assert not [path for path in paths(document, "aws_vpc_security_group_ingress_rule") if "Web/" in path]

    def test_its_port_is_that_of_https(self):
        """Unless another is named."""

        def peers(balancer):
            balancer.connections.allow_from(Peer.cidr("10.0.0.0/8"))
            balancer.connections.allow_from(Peer.cidr("10.0.0.0/8"), 80)

        document = built(web(peers))

        assert [
            path.rpartition("/")[2]
            for path in paths(document, "aws_vpc_security_group_ingress_rule")
            if path.startswith("Web/")
        ] == ["From10-0-0-0-8Tcp443", "From10-0-0-0-8Tcp80"]

    def test_it_is_let_out_to_its_targets(self):
        """Both groups get their half of the rule."""

        def build(stack):
            vpc = vpc_of(stack)
            balancer = LoadBalancer(stack, "Web", vpc=vpc, certificate_arn=CERTIFICATE)
            app = SecurityGroup(stack, "App", vpc=vpc, description="app")
            balancer.connections.allow_to(app, 8443)

        document = built(build)

        assert "App/FromWeb.SecurityGroupTcp8443" in paths(document, "aws_vpc_security_group_ingress_rule")
        assert "Web/SecurityGroup/ToAppTcp8443" in paths(document, "aws_vpc_security_group_egress_rule")


class TestAddRoute:
    def route(self, **arguments):
        """The rule of a route, added with these arguments."""

        def build(stack):
            vpc = vpc_of(stack)
            balancer = LoadBalancer(stack, "Web", vpc=vpc, certificate_arn=CERTIFICATE)
            balancer.add_route("Api", TargetGroup(stack, "App", vpc=vpc), **{"priority": 10, **arguments})

        return at(built(build), "Web/Api")

    def test_it_forwards_what_matches(self):
        """Any of the paths, on any of the hosts."""
        rule = self.route(paths=["/api/*", "/v1/*"], hosts=["api.example.com"])

        assert rule["priority"] == 10
        assert rule["condition"] == [
            {"path_pattern": [{"values": ["/api/*", "/v1/*"]}]},
            {"host_header": [{"values": ["api.example.com"]}]},
        ]
        assert rule["action"][0]["type"] == "forward"
        assert rule["action"][0]["target_group_arn"].startswith("${aws_lb_target_group.App_")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "which requests"),
            ({"paths": ["api"]}, "path of a route"),
            ({"paths": ["/" + "x" * 128]}, "path of a route"),
            ({"hosts": ["a b"]}, "host of a route"),
            ({"paths": ["/a"], "priority": 0}, "priority of a route"),
            ({"paths": ["/a"], "priority": 50_001}, "priority of a route"),
        ],
    )
    def test_what_is_no_route_is_refused(self, arguments, message):
        """One that matches nothing or everything, or that AWS would refuse."""
        with pytest.raises(LandformError, match=message) as caught:
            self.route(**arguments)

        assert caught.value.place.file == "test_elbv2_load_balancer.py"

    def test_a_priority_is_taken_once(self):
        """AWS refuses the second rule."""

        def build(stack):
            vpc = vpc_of(stack)
            balancer = LoadBalancer(stack, "Web", vpc=vpc, certificate_arn=CERTIFICATE)
            targets = TargetGroup(stack, "App", vpc=vpc)
            balancer.add_route("A", targets, priority=10, paths=["/a"])
            balancer.add_route("B", targets, priority=10, paths=["/b"])

        with pytest.raises(LandformError, match="one priority") as caught:
            built(build)

        assert "'B'" in caught.value.given


class TestBadInput:
    @pytest.mark.parametrize("name", ["internal-web", "-web", "web-", "a_b", "x" * 33])
    def test_a_name_that_aws_refuses(self, name):
        """Wrong characters, too long, or AWS's own beginning."""
        with pytest.raises(LandformError, match="load balancer name") as caught:
            built(web(load_balancer_name=name))

        assert caught.value.given == repr(name)
        assert caught.value.place.file == "test_elbv2_load_balancer.py"

    @pytest.mark.parametrize(
        ("arn", "message"),
        [
            ("web.example.com", "ARN of a certificate"),
            (CERTIFICATE.replace("eu-west-1", "us-east-1"), "certificates of one region"),
        ],
    )
    def test_a_certificate_that_is_none_here(self, arn, message):
        """No ARN, or one of another region."""
        with pytest.raises(LandformError, match=message) as caught:
            built(web(certificate_arn=arn))

        assert caught.value.place.file == "test_elbv2_load_balancer.py"


class TestFromArn:
    ARN = "arn:aws:elasticloadbalancing:eu-west-1:012345678901:loadbalancer/app/web/0a1b2c3d"

    def test_it_has_the_name_of_its_metrics(self):
        """Which an alarm asks for."""
        kept = []
        built(lambda stack: kept.append(LoadBalancer.from_arn(stack, "Web", self.ARN)))

        assert (kept[0].arn, kept[0].full_name) == (self.ARN, "app/web/0a1b2c3d")

    @pytest.mark.parametrize("arn", ["web", ARN.replace("/app/", "/net/")])
    def test_another_arn_is_refused(self, arn):
        """A name, or a network load balancer."""
        with pytest.raises(LandformError, match="application load balancer") as caught:
            built(lambda stack: LoadBalancer.from_arn(stack, "Web", arn))

        assert caught.value.place.file == "test_elbv2_load_balancer.py"

import pytest
from reading import at, built, statements

from landform.constructs.ec2 import Vpc
from landform.constructs.elbv2 import LoadBalancerLogBucket, TargetGroup
from landform.constructs.s3 import AccessLogBucket
from landform.errors import Code, LandformError

ARN = "arn:aws:elasticloadbalancing:eu-west-1:012345678901:targetgroup/app/0a1b2c3d"


def targets(**arguments):
    """Build a target group in a VPC."""

    def build(stack):
        TargetGroup(stack, "App", vpc=Vpc(stack, "Vpc", cidr="10.0.0.0/20"), **arguments)

    return build


class TestTargetGroup:
    def test_targets_speak_https(self):
        """And are asked over HTTPS whether they are healthy."""
        body = at(built(targets()), "App/Resource")

        assert (body["port"], body["protocol"], body["target_type"]) == (443, "HTTPS", "ip")
        assert body["health_check"] == [{"enabled": True, "matcher": "200", "path": "/", "protocol": "HTTPS"}]

    def test_another_port_is_another_group(self):
        """Made before the old one goes, under a name of its own."""
        body = at(built(targets(port=8443)), "App/Resource")

        assert body["name"] != at(built(targets(port=9443)), "App/Resource")["name"]
        assert body["lifecycle"] == {"create_before_destroy": True}

    @pytest.mark.parametrize("port", [1, 443, 65_535])
    def test_its_name_fits(self, port):
        """AWS takes 32 characters, none of them a hyphen at an end."""
        name = at(built(targets(port=port)), "App/Resource")["name"]

        assert len(name) <= 32
        assert name.endswith(f"-{port}")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"port": 0}, "refuse this port"),
            ({"port": 65_536}, "refuse this port"),
            ({"port": "443"}, "refuse this port"),
            ({"target_type": "lambda"}, "type of target"),
            ({"health_check_path": "health"}, "path of a health check"),
            ({"health_check_codes": "500"}, "status codes"),
            ({"health_check_codes": "2xx"}, "status codes"),
        ],
    )
    def test_what_aws_refuses(self, arguments, message):
        """Told on the line that says it."""
        with pytest.raises(LandformError, match=message) as caught:
            built(targets(**arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_elbv2_targets_and_logs.py"

    @pytest.mark.parametrize("codes", ["200", "200,204", "200-299", "200-299,404"])
    def test_statuses_of_a_healthy_target(self, codes):
        """One, some, or a range."""
        (check,) = at(built(targets(health_check_codes=codes)), "App/Resource")["health_check"]

        assert check["matcher"] == codes

    def test_one_from_elsewhere_is_taken_by_its_arn(self):
        """Its stack made it."""
        kept = []
        document = built(lambda stack: kept.append(TargetGroup.from_arn(stack, "App", ARN)))

        assert kept[0].arn == ARN
        assert "resource" not in document

    def test_an_arn_that_is_none(self):
        """A name is not enough: the end of the ARN is AWS's choice."""
        with pytest.raises(LandformError, match="ARN of a target group") as caught:
            built(lambda stack: TargetGroup.from_arn(stack, "App", "app"))

        assert caught.value.place.file == "test_elbv2_targets_and_logs.py"


class TestLoadBalancerLogBucket:
    def logs(self, **arguments):
        return lambda stack: LoadBalancerLogBucket(stack, "Logs", **arguments)

    def test_s3_encrypts_it(self):
        """Load balancers deliver to no bucket with a KMS key."""
        document = built(self.logs())

        assert at(document, "Logs/Encryption")["rule"] == [
            {"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}
        ]
        assert "aws_kms_key" not in document["resource"]

    def test_nobody_delivers_until_a_load_balancer_is_there(self):
        """The policy denies plain HTTP and old TLS, and that is all."""
        assert statements(built(self.logs()), "Logs/Policy").keys() == {"DenyOldTls", "DenyPlainHttp"}

    def test_load_balancers_deliver_below_the_id_of_this_account(self):
        """The service writes below the id of the account it acts for."""
        document = built(lambda stack: self.logs(bucket_name="acme-lb-logs")(stack).deliver("web"))

        assert statements(document, "Logs/Policy")["LoadBalancersDeliverLogs"] == {
            "Sid": "LoadBalancersDeliverLogs",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::acme-lb-logs/web/AWSLogs/012345678901/*",
        }

    def test_its_access_is_logged(self):
        """To the account's own access log bucket."""
        logging = at(built(self.logs()), "Logs/AccessLogs")

        assert logging["target_bucket"] == "acme-access-logs-012345678901-eu-west-1"

    def test_another_region_names_its_access_log_bucket(self):
        """The account's own stands in the home region."""
        with pytest.raises(LandformError, match="no access log bucket"):
            built(self.logs(), region="eu-central-1")

        def build(stack):
            self.logs(access_logs=AccessLogBucket(stack, "AccessLogs").bucket_name)(stack)

        document = built(build, region="eu-central-1")

        assert at(document, "Logs/AccessLogs")["target_bucket"].endswith("-eu-central-1")

    @pytest.mark.parametrize(("tier", "days"), [("sandbox", 365), ("stage", 400), ("prod", 731)])
    def test_logs_expire_as_the_tier_says(self, tier, days):
        """Or as is given."""
        rules = at(built(self.logs(), tier=tier), "Logs/Lifecycle")["rule"]
        given = at(built(self.logs(expire_days=90), tier=tier), "Logs/Lifecycle")["rule"]

        assert rules[1]["expiration"] == [{"days": days}]
        assert given[1]["expiration"] == [{"days": 90}]

    def test_nobody_is_granted_a_write(self):
        """The grants read and list."""
        kept = []
        built(lambda stack: kept.append(self.logs()(stack).grants))

        assert {name for name in dir(kept[0]) if not name.startswith("_")} == {"list", "read_objects"}

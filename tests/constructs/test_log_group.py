import pytest
from reading import at, built, paths, statements

from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.kms.grants import DECRYPT, ENCRYPT
from landform.constructs.logs import LogGroup
from landform.constructs.logs.log_group import RETENTION_DAYS
from landform.errors import Code, LandformError

GLUE = [Trust.service("glue.amazonaws.com")]
ARN = "arn:aws:logs:eu-west-1:012345678901:log-group:/acme-payments-prod-data-lake-audit"


def audit(**arguments):
    return lambda stack: LogGroup(stack, "Audit", **arguments)


class TestLogGroup:
    def test_it_is_encrypted_with_a_key_of_its_own(self):
        """A key policy that lets the logs service in for one group is not for others."""
        document = built(audit())

        assert at(document, "Audit/Resource")["kms_key_id"].startswith("${aws_kms_key.Audit_Key_")
        assert paths(document, "aws_kms_key") == ["Audit/Key/Resource"]

    def test_the_key_serves_this_group_alone(self):
        """The encryption context that CloudWatch Logs sets is the group's ARN."""
        statement = statements(built(audit()), "Audit/Key/Resource")["LogsEncrypt"]

        assert statement["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
        assert statement["Action"] == sorted([*ENCRYPT, *DECRYPT])
        assert statement["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": ARN}}

    def test_one_key_serves_several_groups_by_name(self):
        """Each group has a statement of its own in the shared key's policy."""

        def build(stack):
            key = Key(stack, "Key")
            LogGroup(stack, "Audit", key=key)
            LogGroup(stack, "Jobs", key=key)

        document = built(build)

        assert paths(document, "aws_kms_key") == ["Key/Resource"]
        assert {"LogsEncrypt", "LogsEncrypt2"} < statements(document, "Key/Resource").keys()

    @pytest.mark.parametrize(
        ("tier", "days"), [("sandbox", 365), ("dev", 365), ("stage", 400), ("prod", 731)]
    )
    def test_the_tier_says_how_long(self, tier, days):
        """Never without a retention, never below a year."""
        assert at(built(audit(), tier=tier), "Audit/Resource")["retention_in_days"] == days

    @pytest.mark.parametrize("days", RETENTION_DAYS)
    def test_a_retention_that_aws_takes(self, days):
        """Each of the documented values."""
        assert at(built(audit(retention_days=days)), "Audit/Resource")["retention_in_days"] == days

    @pytest.mark.parametrize("days", [0, 2, 364, 366, 10_000, -1])
    def test_a_retention_that_aws_refuses(self, days):
        """0 means for ever to Terraform, and is no value of the API."""
        with pytest.raises(LandformError, match="does not take this retention") as caught:
            built(audit(retention_days=days))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == f"{days} days"
        assert caught.value.place.file == "test_log_group.py"

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_logs_outlive_the_stack(self, tier, kept):
        """Terraform forgets the group and leaves it in AWS."""
        assert at(built(audit(), tier=tier), "Audit/Resource")["skip_destroy"] is kept

    @pytest.mark.parametrize("name", ["aws/lambda", "no good", "x" * 513, "a*b", "\u00e4"])
    def test_a_name_that_aws_refuses(self, name):
        """Wrong characters, too long, or AWS's own."""
        with pytest.raises(LandformError, match="refuse this log group name") as caught:
            built(audit(log_group_name=name))

        assert caught.value.given == repr(name)
        assert caught.value.place.file == "test_log_group.py"

    def test_a_service_may_ask_for_its_prefix(self):
        """``/aws/lambda/...`` is a name like any other; ``aws/`` is not."""
        document = built(audit(log_group_name="/aws/lambda/settle"))

        assert at(document, "Audit/Resource")["name"] == "/aws/lambda/settle"


class TestLogGroupGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "actions"),
        [
            ("write", "Write", ["logs:CreateLogStream", "logs:PutLogEvents"]),
            ("describe_streams", "DescribeStreams", "logs:DescribeLogStreams"),
            ("read", "Read", ["logs:FilterLogEvents", "logs:GetLogEvents"]),
        ],
    )
    def test_a_verb_is_its_actions_on_the_streams_of_this_group(self, verb, sid, actions):
        """And no KMS action: the service encrypts by itself."""

        def build(stack):
            getattr(LogGroup(stack, "Audit").grants, verb)(Role(stack, "Writer", trust=GLUE))

        assert statements(built(build), "Writer/Policy") == {
            sid: {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": f"{ARN}:*"}
        }

    @pytest.mark.parametrize("account", ["999999999999", "012345678901"])
    def test_a_role_from_elsewhere_cannot_be_let_in(self, account):
        """A log group has no policy that could name it, so the grant would do nothing."""
        elsewhere = Role.from_arn(f"arn:aws:iam::{account}:role/writer")

        with pytest.raises(LandformError, match="no policy here") as caught:
            built(lambda stack: LogGroup(stack, "Audit").grants.write(elsewhere))

        assert caught.value.given == elsewhere.arn
        assert caught.value.place.file == "test_log_group.py"


class TestFromName:
    @pytest.mark.parametrize("name", ["/aws/lambda/settle", "aws-waf-logs-edge", "aws/service"])
    def test_it_makes_nothing(self, name):
        """And may be one that AWS names."""
        kept = []
        document = built(lambda stack: kept.append(LogGroup.from_name(stack, "Theirs", name)))

        assert kept[0].arn == f"arn:aws:logs:eu-west-1:012345678901:log-group:{name}"
        assert "resource" not in document

    def test_a_role_of_the_stack_may_write_to_it(self):
        """To its streams, as to those of one that is made here."""

        def build(stack):
            theirs = LogGroup.from_name(stack, "Theirs", "/aws/codebuild/ledger")
            theirs.grants.write(Role(stack, "Writer", trust=GLUE))

        assert statements(built(build), "Writer/Policy")["Write"]["Resource"] == (
            "arn:aws:logs:eu-west-1:012345678901:log-group:/aws/codebuild/ledger:*"
        )

    def test_a_role_from_elsewhere_cannot_be_let_in(self):
        """A log group has no policy that could name it."""
        elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/writer")

        with pytest.raises(LandformError, match="no policy here"):
            built(lambda stack: LogGroup.from_name(stack, "Theirs", "/audit").grants.write(elsewhere))

    @pytest.mark.parametrize("name", ["", "*", "/aws/*", "no good", "x" * 513])
    def test_a_name_that_is_refused(self, name):
        """A wildcard would be every log group."""
        with pytest.raises(LandformError, match="refuse this log group name") as caught:
            built(lambda stack: LogGroup.from_name(stack, "Theirs", name))

        assert caught.value.given == repr(name)
        assert caught.value.place.file == "test_log_group.py"

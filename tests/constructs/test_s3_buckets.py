import pytest
from reading import at, built, paths, statements

from landform.constructs.kms import Key
from landform.constructs.s3 import AccessLogBucket, Bucket, LogArchiveBucket
from landform.core import App
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement

OTHER = "arn:aws:iam::999999999999:role/reader"
ORGANIZATION = "o-a1b2c3d4e5"

EVERY_BUCKET = pytest.mark.parametrize("make", [Bucket, LogArchiveBucket, AccessLogBucket])


def lake(**arguments):
    return lambda stack: Bucket(stack, "Lake", **arguments)


def of(make):
    return built(lambda stack: make(stack, "Lake"))


class TestEveryBucket:
    @EVERY_BUCKET
    @pytest.mark.parametrize(
        "argument",
        ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"],
    )
    def test_it_is_not_public(self, make, argument):
        """All four blocks are on."""
        assert at(of(make), "Lake/PublicAccessBlock")[argument] is True

    @EVERY_BUCKET
    def test_acls_are_off(self, make):
        """The bucket's owner owns every object, whoever wrote it."""
        assert at(of(make), "Lake/Ownership")["rule"] == [{"object_ownership": "BucketOwnerEnforced"}]

    @EVERY_BUCKET
    def test_versions_are_kept(self, make):
        """What was overwritten can be read again."""
        assert at(of(make), "Lake/Versioning")["versioning_configuration"] == [{"status": "Enabled"}]

    @EVERY_BUCKET
    def test_old_versions_and_unfinished_uploads_go(self, make):
        """Nobody sees them, and they cost."""
        housekeeping = at(of(make), "Lake/Lifecycle")["rule"][0]

        assert housekeeping["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 7}]
        assert housekeeping["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
        assert housekeeping["filter"] == [{"prefix": ""}]

    @EVERY_BUCKET
    def test_lifecycle_rules_come_after_versioning(self, make):
        """S3 refuses rules on old versions before."""
        (before,) = at(of(make), "Lake/Lifecycle")["depends_on"]

        assert before.startswith("aws_s3_bucket_versioning.Lake_Versioning_")

    @EVERY_BUCKET
    def test_events_go_to_eventbridge(self, make):
        """Where they can be filtered and kept."""
        assert at(of(make), "Lake/Notification")["eventbridge"] is True

    @EVERY_BUCKET
    @pytest.mark.parametrize(
        ("sid", "condition"),
        [
            ("DenyPlainHttp", {"Bool": {"aws:SecureTransport": "false"}}),
            ("DenyOldTls", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        ],
    )
    def test_transport_is_tls_1_2(self, make, sid, condition):
        """On the bucket and on its objects, for everyone."""
        document = of(make)
        name = at(document, "Lake/Resource")["bucket"]

        assert statements(document, "Lake/Policy")[sid] == {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
            "Condition": condition,
        }

    @EVERY_BUCKET
    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, make, tier, kept):
        """Data of stage and prod outlive a mistake in a plan."""
        body = at(built(lambda stack: make(stack, "Lake"), tier=tier), "Lake/Resource")

        assert body.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    @EVERY_BUCKET
    def test_a_bucket_outside_a_stack_is_refused_on_the_users_line(self, make):
        """It has no account."""
        with pytest.raises(LandformError) as caught:
            make(App(), "Lake")

        assert caught.value.code is Code.NO_STACK
        assert caught.value.place.construct_path == "Lake"
        assert caught.value.place.file == "test_s3_buckets.py"

    @EVERY_BUCKET
    @pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::other/*", "arn:aws:s3:::*"])
    def test_a_statement_about_something_else_is_refused(self, make, resource):
        """S3 refuses the whole policy at apply; a statement without resources is one."""
        statement = Statement("Read", ("s3:GetObject",), (resource,), principals=(Principal("AWS", OTHER),))

        with pytest.raises(LandformError, match="about something else") as caught:
            built(lambda stack: make(stack, "Lake").add_to_policy(statement))

        assert caught.value.given == f"statement Read on {resource}"
        assert caught.value.place.file == "test_s3_buckets.py"

    @EVERY_BUCKET
    def test_everyone_is_refused_in_its_policy(self, make):
        """Without a condition it would be a public bucket."""

        def build(stack):
            bucket = make(stack, "Lake")
            everyone = (Principal.everyone(),)
            bucket.add_to_policy(
                Statement("All", ("s3:GetObject",), (f"{bucket.arn}/*",), principals=everyone)
            )

        with pytest.raises(LandformError, match="nothing to everyone") as caught:
            built(build)

        assert caught.value.place.file == "test_s3_buckets.py"

    @EVERY_BUCKET
    def test_everyone_under_a_condition_is_taken(self, make):
        """The condition says who."""

        def build(stack):
            bucket = make(stack, "Lake")
            bucket.add_to_policy(
                Statement(
                    "Organization",
                    ("s3:GetObject",),
                    (f"{bucket.arn}/*",),
                    principals=(Principal.everyone(),),
                    conditions=(Condition("StringEquals", "aws:PrincipalOrgID", (ORGANIZATION,)),),
                )
            )

        assert statements(built(build), "Lake/Policy")["Organization"]["Principal"] == "*"

    @EVERY_BUCKET
    def test_a_wildcard_action_is_refused_in_its_policy(self, make):
        """Each action is named."""

        def build(stack):
            bucket = make(stack, "Lake")
            other = (Principal("AWS", OTHER),)
            bucket.add_to_policy(Statement("Wide", ("s3:*",), (f"{bucket.arn}/*",), principals=other))

        with pytest.raises(LandformError, match="names each action"):
            built(build)


class TestBucket:
    def test_it_is_encrypted_with_a_key_of_its_own(self):
        """And a bucket key, which saves 99 of 100 requests to KMS."""
        document = built(lake())
        (rule,) = at(document, "Lake/Encryption")["rule"]
        (default,) = rule["apply_server_side_encryption_by_default"]

        assert paths(document, "aws_kms_key") == ["LakeKey/Resource"]
        assert default["sse_algorithm"] == "aws:kms"
        assert default["kms_master_key_id"].startswith("${aws_kms_key.LakeKey_")
        assert rule["bucket_key_enabled"] is True

    def test_a_key_can_be_shared(self):
        """Then none is made."""
        document = built(lambda stack: Bucket(stack, "Lake", key=Key(stack, "Shared")))

        assert paths(document, "aws_kms_key") == ["Shared/Resource"]

    def test_access_is_logged_to_the_accounts_bucket(self):
        """Below its own name."""
        logging = at(built(lake()), "Lake/AccessLogs")

        assert logging["target_bucket"] == "acme-access-logs-012345678901-eu-west-1"
        assert logging["target_prefix"] == "acme-payments-prod-data-lake/"

    def test_outside_the_home_region_there_is_no_bucket_to_log_to(self):
        """S3 logs within one region; the message says what to make."""
        with pytest.raises(LandformError, match="within one region") as caught:
            built(lake(), region="eu-central-1")

        assert caught.value.given == "a bucket in eu-central-1"
        assert caught.value.place.file == "test_s3_buckets.py"
        assert caught.value.place.construct_path == "payments-prod.data-lake/Lake"

    def test_outside_the_home_region_it_logs_where_it_is_told(self):
        """To the region's own access log bucket."""

        def build(stack):
            logs = AccessLogBucket(stack, "AccessLogs")
            Bucket(stack, "Lake", access_logs=logs.bucket_name)

        document = built(build, region="eu-central-1")

        assert (
            at(document, "Lake/AccessLogs")["target_bucket"] == "acme-access-logs-012345678901-eu-central-1"
        )

    def test_objects_do_not_expire_unless_it_is_said(self):
        """Nothing is deleted by default."""
        assert [rule["id"] for rule in at(built(lake()), "Lake/Lifecycle")["rule"]] == ["housekeeping"]

    def test_objects_expire_when_it_is_said(self):
        """In days."""
        rules = at(built(lake(expire_days=30)), "Lake/Lifecycle")["rule"]

        assert rules[1]["expiration"] == [{"days": 30}]

    @pytest.mark.parametrize("argument", ["expire_days", "noncurrent_days"])
    @pytest.mark.parametrize("days", [0, -1, 1.5, "30", True])
    def test_days_that_s3_refuses(self, argument, days):
        """A day is the shortest."""
        with pytest.raises(LandformError, match="days in the life of an object") as caught:
            built(lake(**{argument: days}))

        assert caught.value.given == repr(days)
        assert caught.value.place.file == "test_s3_buckets.py"

    def test_protected_says_it_instead_of_the_tier(self):
        """In both directions."""
        assert "lifecycle" not in at(built(lake(protected=False), tier="prod"), "Lake/Resource")
        assert at(built(lake(protected=True), tier="dev"), "Lake/Resource")["lifecycle"] == {
            "prevent_destroy": True
        }


class TestBucketName:
    @pytest.mark.parametrize("name", ["abc", "a1b", "logs.acme.example", "x" * 63, "0-9", "192.168.5.4.5"])
    def test_taken(self, name):
        """By "General purpose bucket naming rules"."""
        assert at(built(lake(bucket_name=name)), "Lake/Resource")["bucket"] == name

    @pytest.mark.parametrize(
        "name",
        [
            "ab",
            "x" * 64,
            "Lake",
            "data_lake",
            "data lake",
            "-lake",
            "lake-",
            ".lake",
            "lake.",
            "data..lake",
            "192.168.5.4",
            "xn--lake",
            "sthree-lake",
            "sthree-configurator",
            "amzn-s3-demo-lake",
            "lake-s3alias",
            "lake--ol-s3",
            "lake.mrap",
            "lake--x-s3",
            "lake--table-s3",
            "lake\n",
            "l\u00e4ke",
        ],
    )
    def test_refused(self, name):
        """By the same rules, on the user's line."""
        with pytest.raises(LandformError, match="refuse this bucket name") as caught:
            built(lake(bucket_name=name))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == repr(name)
        assert caught.value.place.file == "test_s3_buckets.py"

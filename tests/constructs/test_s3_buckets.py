import pytest
from reading import at, built, paths, statements

from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.s3 import AccessLogBucket, Bucket, LogArchiveBucket
from landform.constructs.s3.log_archive_bucket import DELIVERIES
from landform.core import App
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement

GLUE = [Trust.service("glue.amazonaws.com")]
OTHER = "arn:aws:iam::999999999999:role/reader"
SIBLING = "arn:aws:iam::012345678901:role/reader"
ARN = "arn:aws:s3:::acme-payments-prod-data-lake"
ORGANIZATION = "o-a1b2c3d4e5"

EVERY_BUCKET = pytest.mark.parametrize("make", [Bucket, LogArchiveBucket, AccessLogBucket])


def lake(**arguments):
    return lambda stack: Bucket(stack, "Lake", **arguments)


def granted(give, principal=None):
    """The document of a stack in which ``give(bucket, role)`` was called."""

    def build(stack):
        give(Bucket(stack, "Lake"), principal or Role(stack, "Reader", trust=GLUE))

    return built(build)


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
    def test_everyone_is_refused_in_its_policy(self, make):
        """Without a condition it would be a public bucket."""
        statement = Statement("All", ("s3:GetObject",), (f"{ARN}/*",), principals=(Principal.everyone(),))

        with pytest.raises(LandformError, match="nothing to everyone") as caught:
            built(lambda stack: make(stack, "Lake").add_to_policy(statement))

        assert caught.value.place.file == "test_s3_buckets.py"

    @EVERY_BUCKET
    def test_everyone_under_a_condition_is_taken(self, make):
        """The condition says who."""
        statement = Statement(
            "Organization",
            ("s3:GetObject",),
            (f"{ARN}/*",),
            principals=(Principal.everyone(),),
            conditions=(Condition("StringEquals", "aws:PrincipalOrgID", (ORGANIZATION,)),),
        )

        document = built(lambda stack: make(stack, "Lake").add_to_policy(statement))

        assert statements(document, "Lake/Policy")["Organization"]["Principal"] == "*"

    @EVERY_BUCKET
    def test_a_wildcard_action_is_refused_in_its_policy(self, make):
        """Each action is named."""
        statement = Statement("Wide", ("s3:*",), (f"{ARN}/*",), principals=(Principal("AWS", OTHER),))

        with pytest.raises(LandformError, match="names each action"):
            built(lambda stack: make(stack, "Lake").add_to_policy(statement))


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

        assert at(document, "Lake/AccessLogs")["target_bucket"] == "acme-access-logs-012345678901-eu-central-1"

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


class TestBucketGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "actions"),
        [
            ("read_objects", "ReadObjects", ["s3:GetObject", "s3:GetObjectTagging"]),
            (
                "write_objects",
                "WriteObjects",
                [
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts",
                    "s3:PutObject",
                    "s3:PutObjectTagging",
                ],
            ),
            ("delete_objects", "DeleteObjects", "s3:DeleteObject"),
        ],
    )
    def test_a_verb_on_objects_is_its_actions_below_the_prefix(self, verb, sid, actions):
        """Exactly these, on exactly those."""
        document = granted(lambda bucket, role: getattr(bucket.grants, verb)(role, prefix="in/"))

        assert statements(document, "Reader/Policy")[sid] == {
            "Sid": sid,
            "Effect": "Allow",
            "Action": actions,
            "Resource": f"{ARN}/in/*",
        }

    def test_without_a_prefix_it_is_every_object(self):
        """Of this bucket."""
        document = granted(lambda bucket, role: bucket.grants.read_objects(role))

        assert statements(document, "Reader/Policy")["ReadObjects"]["Resource"] == f"{ARN}/*"

    def test_two_prefixes_are_one_statement(self):
        """With two resources."""

        def both(bucket, role):
            bucket.grants.read_objects(role, prefix="out/")
            bucket.grants.read_objects(role, prefix="in/")

        policy = statements(granted(both), "Reader/Policy")

        assert policy["ReadObjects"]["Resource"] == [f"{ARN}/in/*", f"{ARN}/out/*"]
        assert policy.keys() == {"ReadObjects", "UseKeyViaS3"}

    def test_listing_is_of_the_bucket_and_carries_the_prefix(self):
        """``s3:ListBucket`` is an action on the bucket, so the prefix can only be a condition."""
        document = granted(lambda bucket, role: bucket.grants.list(role, prefix="in/"))

        assert statements(document, "Reader/Policy") == {
            "List": {
                "Sid": "List",
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": ARN,
                "Condition": {"StringLike": {"s3:prefix": "in/*"}},
            }
        }

    def test_listing_everything_has_no_condition(self):
        """Without a prefix."""
        document = granted(lambda bucket, role: bucket.grants.list(role))

        assert "Condition" not in statements(document, "Reader/Policy")["List"]

    @pytest.mark.parametrize(
        ("verb", "actions"),
        [("read_objects", "kms:Decrypt"), ("write_objects", ["kms:Decrypt", "kms:GenerateDataKey"])],
    )
    def test_the_key_goes_along(self, verb, actions):
        """Through S3 alone, and for the objects of this bucket alone."""
        document = granted(lambda bucket, role: getattr(bucket.grants, verb)(role))
        statement = statements(document, "Reader/Policy")["UseKeyViaS3"]

        assert statement["Action"] == actions
        assert statement["Resource"].startswith("${aws_kms_key.LakeKey_")
        assert statement["Condition"] == {
            "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [ARN, f"{ARN}/*"]},
        }

    @pytest.mark.parametrize("verb", ["list", "delete_objects"])
    def test_the_key_stays_where_it_is_not_needed(self, verb):
        """Neither listing nor deleting reads an object."""
        document = granted(lambda bucket, role: getattr(bucket.grants, verb)(role))

        assert "UseKeyViaS3" not in statements(document, "Reader/Policy")

    def test_nobody_who_writes_deletes(self):
        """A writer of audit records cannot take them back."""
        document = granted(lambda bucket, role: bucket.grants.write_objects(role))

        assert "Delete" not in str(statements(document, "Reader/Policy"))

    def test_a_role_of_the_stack_is_not_in_the_bucket_policy(self):
        """Within an account one side is enough."""
        document = granted(lambda bucket, role: bucket.grants.read_objects(role))

        assert statements(document, "Lake/Policy").keys() == {"DenyOldTls", "DenyPlainHttp"}

    def test_another_accounts_role_is_in_the_bucket_policy(self):
        """That role by name, while it is of the organisation."""
        document = granted(
            lambda bucket, role: bucket.grants.list(role, prefix="in/"), Role.from_arn(OTHER)
        )

        assert statements(document, "Lake/Policy")["List"] == {
            "Sid": "List",
            "Effect": "Allow",
            "Principal": {"AWS": OTHER},
            "Action": "s3:ListBucket",
            "Resource": ARN,
            "Condition": {
                "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
                "StringLike": {"s3:prefix": "in/*"},
            },
        }

    def test_another_accounts_role_is_in_the_key_policy_too(self):
        """An object that cannot be decrypted cannot be read."""
        document = granted(lambda bucket, role: bucket.grants.read_objects(role), Role.from_arn(OTHER))

        assert statements(document, "LakeKey/Resource")["UseKeyViaS3"] == {
            "Sid": "UseKeyViaS3",
            "Effect": "Allow",
            "Principal": {"AWS": OTHER},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "aws:PrincipalOrgID": ORGANIZATION,
                    "kms:ViaService": "s3.eu-west-1.amazonaws.com",
                },
                "StringLike": {"kms:EncryptionContext:aws:s3:arn": [ARN, f"{ARN}/*"]},
            },
        }

    def test_a_role_that_another_stack_makes_is_in_the_bucket_policy(self):
        """Its own policy cannot be written from here, and a grant that stands nowhere is none."""
        document = granted(lambda bucket, role: bucket.grants.read_objects(role), Role.from_arn(SIBLING))

        assert statements(document, "Lake/Policy")["ReadObjects"]["Principal"] == {"AWS": SIBLING}
        assert statements(document, "LakeKey/Resource")["UseKeyViaS3"]["Principal"] == {"AWS": SIBLING}

    def test_what_was_granted_is_a_value(self):
        """To whom, what, where, under which conditions."""
        kept = []
        granted(lambda bucket, role: kept.append(bucket.grants.list(role, prefix="in/")), Role.from_arn(OTHER))

        assert (kept[0].principal, kept[0].verb, kept[0].actions) == (OTHER, "list", ("s3:ListBucket",))
        assert (kept[0].resource, kept[0].in_resource_policy) == (ARN, True)
        assert kept[0].conditions == (Condition("StringLike", "s3:prefix", ("in/*",)),)

    @pytest.mark.parametrize("prefix", ["*", "in/*", "i?", "${aws:username}/"])
    @pytest.mark.parametrize("verb", ["read_objects", "list", "write_objects", "delete_objects"])
    def test_a_wildcard_in_a_prefix_is_refused(self, verb, prefix):
        """A prefix stands for everything below it already."""
        with pytest.raises(LandformError, match="prefix") as caught:
            granted(lambda bucket, role: getattr(bucket.grants, verb)(role, prefix=prefix))

        assert caught.value.given == repr(prefix)
        assert caught.value.place.file == "test_s3_buckets.py"

    @pytest.mark.parametrize(
        "principal",
        [
            lambda stack: OTHER,
            lambda stack: None,
            lambda stack: Bucket(stack, "Other"),
            lambda stack: Key(stack, "Other"),
            lambda stack: Trust.service("glue.amazonaws.com"),
        ],
    )
    def test_what_is_no_principal_is_refused(self, principal):
        """A bucket has a policy and an ARN, and can still do nothing."""
        with pytest.raises(LandformError, match="not something that can be granted to") as caught:
            built(lambda stack: Bucket(stack, "Lake").grants.list(principal(stack)))

        assert caught.value.place.file == "test_s3_buckets.py"


class TestLogArchiveBucket:
    def archive(self, **arguments):
        return lambda stack: LogArchiveBucket(stack, "Archive", **arguments)

    def test_objects_are_locked(self):
        """In compliance mode, which not even the root user ends."""
        document = built(self.archive(), tier="prod")
        (rule,) = at(document, "Archive/ObjectLock")["rule"]

        assert rule == {"default_retention": [{"days": 731, "mode": "COMPLIANCE"}]}
        assert at(document, "Archive/Resource")["object_lock_enabled"] is True

    def test_objects_expire_the_day_after_the_lock_ends(self):
        """A day earlier S3 would try and fail."""
        rules = at(built(self.archive(retention_days=400)), "Archive/Lifecycle")["rule"]

        assert rules[1]["expiration"] == [{"days": 401}]

    @pytest.mark.parametrize("days", [0, -1, 36_501, "365"])
    def test_a_lock_that_s3_refuses(self, days):
        """A day to a hundred years."""
        with pytest.raises(LandformError, match="days an object is locked") as caught:
            built(self.archive(retention_days=days))

        assert caught.value.place.file == "test_s3_buckets.py"

    @pytest.mark.parametrize(
        ("service", "name", "prefix"),
        [
            ("cloudtrail.amazonaws.com", "Cloudtrail", "AWSLogs/*"),
            ("config.amazonaws.com", "Config", "AWSLogs/*"),
            ("delivery.logs.amazonaws.com", "DeliveryLogs", "AWSLogs/*"),
        ],
    )
    def test_a_service_delivers_for_the_organisation(self, service, name, prefix):
        """It finds the bucket, puts objects below its prefix and encrypts them, for these accounts alone."""
        document = built(self.archive(services=[service]))
        bucket = f"{ARN}-archive"
        who = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Condition": {"StringEquals": {"aws:SourceOrgID": ORGANIZATION}},
        }
        policy = statements(document, "Archive/Policy")

        assert policy.keys() == {"DenyOldTls", "DenyPlainHttp", f"{name}Finds", f"{name}Delivers"}
        assert policy[f"{name}Finds"] == {
            **who,
            "Sid": f"{name}Finds",
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": bucket,
        }
        assert policy[f"{name}Delivers"] == {
            **who,
            "Sid": f"{name}Delivers",
            "Action": "s3:PutObject",
            "Resource": f"{bucket}/{prefix}",
        }
        assert statements(document, "ArchiveKey/Resource")[f"{name}Encrypts"] == {
            **who,
            "Sid": f"{name}Encrypts",
            "Action": ["kms:DescribeKey", "kms:GenerateDataKey"],
            "Resource": "*",
        }

    def test_every_service_delivers_by_default(self):
        """Those of the table."""
        policy = statements(built(self.archive()), "Archive/Policy")

        assert sum(sid.endswith("Delivers") for sid in policy) == len(DELIVERIES)

    def test_a_service_that_delivers_no_logs_is_refused(self):
        """With the nearest one that does."""
        with pytest.raises(LandformError, match="delivers no logs") as caught:
            built(self.archive(services=["cloudtrial.amazonaws.com"]))

        assert caught.value.fix == "Did you mean 'cloudtrail.amazonaws.com'?"
        assert caught.value.place.file == "test_s3_buckets.py"

    def test_nobody_is_granted_a_write(self):
        """The grants read and list."""
        kept = []
        built(lambda stack: kept.append(self.archive()(stack).grants))

        assert {name for name in dir(kept[0]) if not name.startswith("_")} == {"list", "read_objects"}


class TestAccessLogBucket:
    def logs(self, **arguments):
        return built(lambda stack: AccessLogBucket(stack, "Logs", **arguments))

    def test_it_has_the_name_that_other_buckets_log_to(self):
        """One an account and region."""
        assert at(self.logs(), "Logs/Resource")["bucket"] == "acme-access-logs-012345678901-eu-west-1"

    def test_s3_encrypts_it(self):
        """S3 delivers access logs to no bucket with a KMS key."""
        document = self.logs()

        assert at(document, "Logs/Encryption")["rule"] == [
            {"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}
        ]
        assert "aws_kms_key" not in document["resource"]

    def test_it_does_not_log_itself(self):
        """Each record would make another one."""
        assert "aws_s3_bucket_logging" not in self.logs()["resource"]

    def test_s3_delivers_for_this_account_alone(self):
        """Another account cannot fill it."""
        assert statements(self.logs(), "Logs/Policy")["S3DeliversAccessLogs"] == {
            "Sid": "S3DeliversAccessLogs",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::acme-access-logs-012345678901-eu-west-1/*",
            "Condition": {"StringEquals": {"aws:SourceAccount": "012345678901"}},
        }

    def test_logs_expire_as_the_tier_says(self):
        """Or as is given."""
        assert at(self.logs(), "Logs/Lifecycle")["rule"][1]["expiration"] == [{"days": 731}]
        assert at(self.logs(expire_days=400), "Logs/Lifecycle")["rule"][1]["expiration"] == [{"days": 400}]

    def test_no_days_are_no_retention(self):
        """0 is a mistake and not the tier's own."""
        with pytest.raises(LandformError, match="days in the life of an object"):
            self.logs(expire_days=0)

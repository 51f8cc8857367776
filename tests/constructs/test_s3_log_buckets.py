import pytest
from reading import at, built, statements

from landform.constructs.s3 import AccessLogBucket, LogArchiveBucket
from landform.constructs.s3.log_archive_bucket import DELIVERIES
from landform.errors import LandformError

ARN = "arn:aws:s3:::acme-payments-prod-data-lake"
ORGANIZATION = "o-a1b2c3d4e5"


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

        assert caught.value.place.file == "test_s3_log_buckets.py"

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
        assert caught.value.place.file == "test_s3_log_buckets.py"

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

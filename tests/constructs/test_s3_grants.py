import json

import pytest
from reading import built, statements

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.s3 import Bucket
from landform.core import App
from landform.errors import Code, LandformError
from landform.iam import Condition
from landform.testing import stack_instance

GLUE = [Trust.service("glue.amazonaws.com")]
OTHER = "arn:aws:iam::999999999999:role/reader"
SIBLING = "arn:aws:iam::012345678901:role/reader"
ARN = "arn:aws:s3:::acme-payments-prod-data-lake"
ORGANIZATION = "o-a1b2c3d4e5"


def granted(give, principal=None):
    """The document of a stack in which ``give(bucket, role)`` was called."""

    def build(stack):
        give(Bucket(stack, "Lake"), principal or Role(stack, "Reader", trust=GLUE))

    return built(build)


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
        document = granted(lambda bucket, role: bucket.grants.list(role, prefix="in/"), Role.from_arn(OTHER))

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

    def test_the_role_of_another_stack_is_refused_where_a_key_goes_along(self):
        """Its policy would name whatever key has the same address in its own stack."""
        app = App()
        here = AwsStack(app, stack_instance())
        there = AwsStack(app, stack_instance(account="reports-prod", account_id="999999999999"))
        Bucket(there, "Lake")

        with pytest.raises(LandformError, match="something that another stack makes") as caught:
            Bucket(here, "Lake").grants.read_objects(Role(there, "Reader", trust=GLUE))

        assert caught.value.code is Code.REFERENCE
        assert "of stack 'payments-prod.data-lake'" in caught.value.given
        assert caught.value.place.file == "test_s3_grants.py"

    def test_the_role_of_another_stack_may_list(self):
        """Names are literal, so both halves can be written."""
        app = App()
        here = AwsStack(app, stack_instance())
        there = AwsStack(app, stack_instance(account="reports-prod", account_id="999999999999"))
        role = Role(there, "Reader", trust=GLUE)
        Bucket(here, "Lake").grants.list(role)

        lake, reports = (json.loads(synthesis.text) for synthesis in app.synthesise())

        assert statements(lake, "Lake/Policy")["List"]["Principal"] == {"AWS": role.arn}
        assert statements(reports, "Reader/Policy")["List"]["Resource"] == ARN

    def test_what_was_granted_is_a_value(self):
        """To whom, what, where, under which conditions."""
        kept = []
        granted(
            lambda bucket, role: kept.append(bucket.grants.list(role, prefix="in/")), Role.from_arn(OTHER)
        )

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
        assert caught.value.place.file == "test_s3_grants.py"

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

        assert caught.value.place.file == "test_s3_grants.py"


class TestFromName:
    def test_it_makes_nothing(self):
        """And its ARN is literal, of whichever account."""
        kept = []
        document = built(
            lambda stack: kept.append(Bucket.from_name(stack, "Theirs", "lake", account_id="999999999999"))
        )

        assert kept[0].arn == "arn:aws:s3:::lake"
        assert "resource" not in document

    def test_a_grant_is_the_roles_half(self):
        """The bucket's policy is its owner's to write."""

        def build(stack):
            lake = Bucket.from_name(stack, "Theirs", "lake", account_id="999999999999")
            lake.grants.read_objects(Role(stack, "Reader", trust=GLUE), prefix="in/")

        document = built(build)

        assert statements(document, "Reader/Policy") == {
            "ReadObjects": {
                "Sid": "ReadObjects",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:GetObjectTagging"],
                "Resource": "arn:aws:s3:::lake/in/*",
            }
        }
        assert "aws_s3_bucket_policy" not in document["resource"]

    def test_its_key_goes_along(self):
        """Where it is known."""

        def build(stack):
            key = Key.from_arn(stack, "Key", "arn:aws:kms:eu-west-1:999999999999:key/0a1b")
            lake = Bucket.from_name(stack, "Theirs", "lake", account_id="999999999999", key=key)
            lake.grants.read_objects(Role(stack, "Reader", trust=GLUE))

        statement = statements(built(build), "Reader/Policy")["UseKeyViaS3"]

        assert statement["Resource"] == "arn:aws:kms:eu-west-1:999999999999:key/0a1b"
        assert statement["Condition"]["StringLike"] == {
            "kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"]
        }

    def test_a_role_from_elsewhere_cannot_be_let_in(self):
        """Neither policy is ours to write."""
        with pytest.raises(LandformError, match="no policy here") as caught:
            built(lambda stack: Bucket.from_name(stack, "Theirs", "lake").grants.list(Role.from_arn(SIBLING)))

        assert caught.value.given == SIBLING
        assert caught.value.place.file == "test_s3_grants.py"

    @pytest.mark.parametrize("name", ["*", "Lake", "la", "arn:aws:s3:::lake", "lake/in", ""])
    def test_a_name_that_is_refused(self, name):
        """A wildcard would be every bucket."""
        with pytest.raises(LandformError, match="refuse this bucket name") as caught:
            built(lambda stack: Bucket.from_name(stack, "Theirs", name))

        assert caught.value.given == repr(name)
        assert caught.value.place.file == "test_s3_grants.py"

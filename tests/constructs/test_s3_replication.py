"""Replication of buckets to another region."""

import json
from dataclasses import replace

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.s3 import AccessLogBucket, Bucket, LogArchiveBucket
from landform.constructs.state import StateBackend
from landform.errors import Code, LandformError
from landform.testing import stack_instance, synthesise_json

HERE, THERE, OTHER = "eu-west-1", "eu-central-1", "999999999999"
REPLICA = "arn:aws:s3:::lake-replica"
ROLE = "arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-replication-role"
HOLDS = "objects are replicated to another region"

BOTH = pytest.mark.parametrize("kind", [Bucket, LogArchiveBucket])


def key_arn(region=THERE, account_id="012345678901"):
    return f"arn:aws:kms:{region}:{account_id}:key/0a1b2c3d"


def replica(stack, kind=Bucket, *, name="lake-replica", region=THERE, key=None, account_id=None):
    """A bucket of another region, as its key says."""
    given = Key.from_arn(stack, "ReplicaKey", key or key_arn())
    return kind.from_name(stack, "Replica", name, region=region, account_id=account_id, key=given)


def lake(kind=Bucket, **arguments):
    return lambda stack: kind(stack, "Lake", replicate_to=replica(stack, kind, **arguments))


def elsewhere():
    """A bucket that is replicated into another account."""
    return lake(account_id=OTHER, key=key_arn(account_id=OTHER))


def wanting():
    """A place whose tier wants buckets replicated."""
    instance = stack_instance()
    sizing = instance.tier.sizing.model_copy(update={"replication": True})
    return replace(instance, tier=instance.tier.model_copy(update={"sizing": sizing}))


def refused(build, **instance):
    with pytest.raises(LandformError) as caught:
        built(build, **instance)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_s3_replication.py"
    return caught.value


def rule(build):
    (only,) = at(built(build), "Lake/Replication")["rule"]
    return only


class TestConfiguration:
    @BOTH
    def test_everything_is_replicated(self, kind):
        """Whatever its prefix, encrypted as it is."""
        found = rule(lake(kind))

        assert (found["status"], found["filter"]) == ("Enabled", [{"prefix": ""}])
        assert found["source_selection_criteria"] == [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}]

    @BOTH
    def test_replicas_are_encrypted_with_the_key_of_the_other_region(self, kind):
        """A key does not leave its region."""
        assert rule(lake(kind))["destination"] == [
            {"bucket": REPLICA, "encryption_configuration": [{"replica_kms_key_id": key_arn()}]}
        ]

    def test_deletions_stay_behind(self):
        """What is deleted by mistake is still there."""
        assert rule(lake())["delete_marker_replication"] == [{"status": "Disabled"}]

    def test_it_comes_after_versioning(self):
        """S3 refuses it before."""
        before = at(built(lake()), "Lake/Replication")["depends_on"]

        assert any(each.startswith("aws_s3_bucket_versioning.Lake_Versioning_") for each in before)

    def test_replicas_in_another_account_are_its_own(self):
        """The account that they came from may be the one that is lost."""
        (destination,) = rule(elsewhere())["destination"]

        assert destination["account"] == OTHER
        assert destination["access_control_translation"] == [{"owner": "Destination"}]

    def test_the_other_account_is_told(self):
        """Its policies are not ours to write."""
        told = stack_of(elsewhere()).node.try_find_child("Replica").node.annotations

        assert told == (("info", f"The policies of {REPLICA} and of its key must let {ROLE} put replicas."),)

    def test_the_state_is_replicated(self):
        """An account without its state cannot be planned."""
        document = built(lambda stack: StateBackend(stack, "State", replicate_to=replica(stack)))

        assert paths(document, "aws_s3_bucket_replication_configuration") == ["State/Bucket/Replication"]


class TestRole:
    def granted(self, build=None):
        return statements(built(build or lake()), "Lake/ReplicationRole/Policy")

    def test_s3_assumes_it(self):
        """Without a condition: S3 documents no source that it sends."""
        document = built(lake())
        (trust,) = json.loads(at(document, "Lake/ReplicationRole/Resource")["assume_role_policy"])[
            "Statement"
        ]

        assert at(document, "Lake/Replication")["role"] == ROLE
        assert (trust["Principal"], "Condition" in trust) == ({"Service": "s3.amazonaws.com"}, False)

    def test_it_reads_this_bucket_and_writes_the_other_alone(self):
        """Exact on both sides, and neither side the other's verbs."""
        own = "arn:aws:s3:::acme-payments-prod-data-lake"

        assert {
            sid: one["Resource"] for sid, one in self.granted().items() if "UseKey" not in sid
        } == {
            "PutReplicas": f"{REPLICA}/*",
            "ReadReplication": own,
            "ReadVersions": f"{own}/*",
        }  # fmt: skip

    @BOTH
    def test_it_can_delete_nothing(self, kind):
        """Not a version, and not by replicating a deletion."""
        assert "Delete" not in json.dumps(self.granted(lake(kind)))

    @pytest.mark.parametrize(
        ("sid", "actions", "region"),
        [
            ("UseKeyViaS3", "kms:Decrypt", HERE),
            ("UseKeyViaS32", ["kms:Encrypt", "kms:GenerateDataKey"], THERE),
        ],
    )
    def test_each_key_is_used_through_s3_of_its_region(self, sid, actions, region):
        """One to decrypt with, one to encrypt with."""
        statement = self.granted()[sid]

        assert statement["Action"] == actions
        assert statement["Condition"]["StringEquals"] == {"kms:ViaService": f"s3.{region}.amazonaws.com"}

    def test_the_locks_of_an_archive_go_along(self):
        """A replica that can be deleted is none of an archive."""
        assert self.granted(lake(LogArchiveBucket))["ReadLocks"]["Action"] == [
            "s3:GetObjectLegalHold",
            "s3:GetObjectRetention",
        ]

    def test_replicas_are_handed_over_to_another_account_alone(self):
        """Within an account there is nobody to hand over to."""
        assert self.granted(elsewhere())["HandOverReplicas"]["Resource"] == f"{REPLICA}/*"
        assert "HandOverReplicas" not in self.granted()


class TestAcceptReplicasFrom:
    def accepting(self, stack):
        Bucket(stack, "Lake", replicate_to=False).accept_replicas_from(
            Role.from_arn(f"arn:aws:iam::{OTHER}:role/acme-replication")
        )

    @pytest.mark.parametrize(
        ("sid", "action"),
        [
            ("PutReplicas", ["s3:ReplicateObject", "s3:ReplicateTags"]),
            ("HandOverReplicas", "s3:ObjectOwnerOverrideToBucketOwner"),
        ],
    )
    def test_the_bucket_lets_the_role_in(self, sid, action):
        """One role, while its account is in the organisation."""
        statement = statements(built(self.accepting), "Lake/Policy")[sid]

        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{OTHER}:role/acme-replication"}
        assert statement["Action"] == action
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}

    def test_its_key_lets_the_role_in(self):
        """To encrypt, through S3."""
        statement = statements(built(self.accepting), "LakeKey/Resource")["UseKeyViaS3"]

        assert statement["Action"] == ["kms:Encrypt", "kms:GenerateDataKey"]
        assert statement["Condition"]["StringEquals"]["kms:ViaService"] == f"s3.{HERE}.amazonaws.com"


class TestTier:
    def test_it_is_off_unless_the_tier_says_so(self):
        """A second region costs as much as the first; the record names the check that will find it."""
        stack = stack_of(lambda stack: Bucket(stack, "Lake"))
        (off,) = [each for each in stack.switched_off if each.holds == HOLDS]

        assert (off.why, off.checks) == ("sizing.replication of tier prod", ("CKV_AWS_144",))

    def test_a_bucket_that_is_told_where_to_is_replicated_in_every_tier(self):
        """What the code says goes before the tier."""
        assert not [each for each in stack_of(lake()).switched_off if each.holds == HOLDS]

    @BOTH
    def test_a_tier_that_wants_it_asks_where_to(self, kind):
        """No default could know."""
        with pytest.raises(LandformError, match="not told where to") as caught:
            synthesise_json(lambda stack: kind(stack, "Lake"), wanting())

        assert caught.value.given == "sizing.replication of tier prod, and no replicate_to"
        assert f"replicate_to={kind.__name__}.from_name(" in caught.value.fix
        assert caught.value.place.file == "test_s3_replication.py"

    def test_a_tier_that_wants_it_is_content_with_a_replica(self):
        """That is where the replication ends."""
        document = synthesise_json(lambda stack: Bucket(stack, "Lake", replicate_to=False), wanting())

        assert not paths(document, "aws_s3_bucket_replication_configuration")

    def test_a_bucket_of_access_logs_stays_in_its_region(self):
        """Whatever the tier wants, and the code says so."""
        made = []
        synthesise_json(lambda stack: made.append(AccessLogBucket(stack, "Logs")), wanting())
        (off,) = [each for each in made[0].node.stack.switched_off if each.holds == HOLDS]

        assert off.why == "the code"


class TestRefusals:
    @pytest.mark.parametrize("region", [HERE, None])
    def test_a_replica_in_the_same_region(self, region):
        """It would be lost with the region."""
        error = refused(lake(region=region, key=key_arn(HERE)))

        assert error.given == f"lake-replica in {HERE}"
        assert error.place.construct_path == "payments-prod.data-lake/Lake"

    def test_the_bucket_itself(self):
        """It is in one region, whatever is said of it."""
        assert "lost with it" in refused(lake(name="acme-payments-prod-data-lake")).message

    def test_a_replica_without_a_key(self):
        """Its objects would be less protected than these."""
        error = refused(
            lambda stack: Bucket(
                stack, "Lake", replicate_to=Bucket.from_name(stack, "Replica", "lake-replica", region=THERE)
            )
        )

        assert (error.given, error.expected) == (
            "lake-replica without a key",
            f"the key in {THERE} that encrypts lake-replica",
        )

    def test_a_key_of_another_region(self):
        """S3 there could not use it."""
        assert refused(lake(key=key_arn(HERE))).given == f"a key in {HERE}"

    def test_a_key_of_this_stack(self):
        """It is here."""

        def build(stack):
            key = Key(stack, "Mine")
            there = Bucket.from_name(stack, "Replica", "lake-replica", region=THERE, key=key)
            Bucket(stack, "Lake", replicate_to=there)

        assert refused(build).given == f"a key in {HERE}"

    @pytest.mark.parametrize(
        ("make", "given"),
        [
            (lambda stack: Bucket(stack, "Other"), "Bucket"),
            (lambda stack: "lake-replica", "str"),
            (lambda stack: True, "bool"),
            (lambda stack: replica(stack, LogArchiveBucket), "ImportedLogBucket"),
        ],
    )
    def test_what_is_no_bucket_of_elsewhere(self, make, given):
        """One of this stack is in this region; one of logs is written by services alone."""
        assert refused(lambda stack: Bucket(stack, "Lake", replicate_to=make(stack))).given == given

    def test_an_archive_is_replicated_to_an_archive(self):
        """S3 wants an object lock at both ends."""
        error = refused(lambda stack: LogArchiveBucket(stack, "Lake", replicate_to=replica(stack)))

        assert error.expected == "a bucket that LogArchiveBucket.from_name gives"

    def test_a_region_that_is_none_of_the_organisations(self):
        """Nobody of the organisation could have made it."""
        assert refused(lake(region="mars-north-1")).given == "'mars-north-1'"


class TestGrantsOnABucketOfAnotherRegion:
    def test_its_key_is_used_through_s3_of_its_region(self):
        """Through S3 of the stack's region it is never used."""

        def build(stack):
            reader = Role(stack, "Reader", trust=[Trust.service("glue.amazonaws.com")])
            replica(stack).grants.read_objects(reader)

        statement = statements(built(build), "Reader/Policy")["UseKeyViaS3"]

        assert statement["Condition"]["StringEquals"] == {"kms:ViaService": f"s3.{THERE}.amazonaws.com"}

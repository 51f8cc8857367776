import re

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.ec2 import SecurityGroup, Vpc
from landform.constructs.elasticache import RedisReplicationGroup
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.errors import Code, LandformError
from landform.testing import TIERS

GLUE = [Trust.service("glue.amazonaws.com")]
NAME = "acme-payments-prod-data-lake-cache"
ARN = "arn:aws:elasticache:eu-west-1:012345678901"
USERS = {"app": "on ~app::* +@read", "job": "on ~job::* +@all -@dangerous"}


def network(stack, az_count=2):
    return Vpc(stack, "Vpc", cidr="10.0.0.0/20", az_count=az_count, nat="none", interface_endpoints=())


def cache(**arguments):
    return lambda stack: RedisReplicationGroup(stack, "Cache", vpc=network(stack), **arguments)


def granted(give, **arguments):
    """The document of a stack in which ``give(grants, role)`` was called."""

    def build(stack):
        give(cache(**arguments)(stack).grants, Role(stack, "Reader", trust=GLUE))

    return built(build)


def refused(build, **instance):
    """The error of a build, which names the line in this file."""
    with pytest.raises(LandformError) as caught:
        built(build, **instance)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_elasticache_redis_replication_group.py"
    return caught.value


@pytest.fixture(scope="module")
def document():
    """One cache with two users, as it comes."""
    return built(cache(users=USERS))


class TestCache:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("replication_group_id", NAME),
            ("engine", "redis"),
            ("engine_version", "7.1"),
            ("at_rest_encryption_enabled", "true"),
            ("transit_encryption_enabled", True),
            ("transit_encryption_mode", "required"),
            ("auto_minor_version_upgrade", "true"),
            ("port", 6379),
        ],
    )
    def test_default(self, document, argument, value):
        """The secure setting stands in the resource, whatever AWS's default is."""
        assert at(document, "Cache/Resource")[argument] == value

    def test_it_is_encrypted_with_a_key_of_its_own(self, document):
        """And so are its logs."""
        key = at(document, "Cache/Resource")["kms_key_id"]

        assert re.fullmatch(r"\$\{aws_kms_key\.Cache_Key_[0-9A-F]+\.arn\}", key)
        assert at(document, "Cache/SlowLog/Resource")["kms_key_id"] == key

    def test_a_key_can_be_given(self):
        """Then none is made."""
        document = built(lambda stack: cache(key=Key(stack, "Shared"))(stack))

        assert not [path for path in paths(document, "aws_kms_key") if path.startswith("Cache/")]

    def test_no_password_stands_in_the_code(self, document):
        """Neither the cache's nor a user's."""
        assert "auth_token" not in at(document, "Cache/Resource")
        assert not [
            path for path in paths(document, "aws_elasticache_user") if "passwords" in at(document, path)
        ]

    def test_what_is_given_is_what_it_says(self):
        """Each argument goes before the tier."""
        build = cache(node_type="cache.r7g.large", replicas=3, backup_days=3, replication_group_id="sessions")
        body = at(built(build), "Cache/Resource")

        assert (body["replication_group_id"], body["node_type"]) == ("sessions", "cache.r7g.large")
        assert (body["num_cache_clusters"], body["snapshot_retention_limit"]) == (4, 3)

    @pytest.mark.parametrize("log", ["slow-log", "engine-log"])
    def test_its_logs_go_to_groups_that_are_made_first(self, document, log):
        """As JSON, for as long as the tier says."""
        body = at(document, "Cache/Resource")
        id = "".join(part.capitalize() for part in log.split("-"))
        group = at(document, f"Cache/{id}/Resource")

        assert group["name"] == f"/aws/vendedlogs/elasticache/{NAME}/{log}"
        assert group["retention_in_days"] == 731
        assert {
            "destination": group["name"],
            "destination_type": "cloudwatch-logs",
            "log_format": "json",
            "log_type": log,
        } in body["log_delivery_configuration"]
        assert f"aws_cloudwatch_log_group.Cache_{id}_" in " ".join(body["depends_on"])

    def test_it_stands_in_the_isolated_subnets(self, document):
        """They have no way to the internet."""
        group = at(document, "Cache/SubnetGroup")

        assert all("aws_subnet.Vpc_Isolated_" in subnet for subnet in group["subnet_ids"])
        assert at(document, "Cache/Resource")["subnet_group_name"].endswith(".name}")

    def test_a_peer_is_let_in_on_the_caches_port(self):
        """And nobody else."""

        def build(stack):
            vpc = network(stack)
            app = SecurityGroup(stack, "App", vpc=vpc, description="servers")
            RedisReplicationGroup(stack, "Cache", vpc=vpc).connections.allow_from(app)

        (rule,) = paths(document := built(build), "aws_vpc_security_group_ingress_rule")

        assert (at(document, rule)["from_port"], at(document, rule)["to_port"]) == (6379, 6379)

    def test_its_arn_is_literal_and_its_endpoint_is_not(self):
        """The id is ours, the host name AWS's."""
        kept = []
        stack_of(lambda stack: kept.append(cache()(stack)))

        assert kept[0].arn == f"{ARN}:replicationgroup:{NAME}"
        assert str(kept[0].endpoint).endswith(".primary_endpoint_address}")


class TestUsers:
    @pytest.mark.parametrize(("user", "id"), [("app", f"{NAME}-app"), ("job", f"{NAME}-job")])
    def test_a_user_is_signed_in_to_by_iam(self, document, user, id):
        """Which asks that its id is its name."""
        body = at(document, f"Cache/Users/User-{user}")

        assert (body["user_id"], body["user_name"]) == (id, id)
        assert body["authentication_mode"] == [{"type": "iam"}]
        assert body["access_string"] == USERS[user]

    def test_the_default_user_may_do_nothing(self, document):
        """Whoever names no user is it."""
        body = at(document, "Cache/Users/Default")

        assert body["user_name"] == "default"
        assert re.fullmatch(f"{NAME[:31]}-[0-9a-f]{{8}}", body["user_id"])
        assert body["access_string"] == "off -@all"

    def test_the_group_has_all_of_them(self, document):
        """And the cache has the group."""
        group = at(document, "Cache/Users/Group")

        assert group["user_group_id"] == NAME
        assert len(group["user_ids"]) == 3
        assert re.fullmatch(
            r"\$\{aws_elasticache_user_group\.Cache_Users_Group_[0-9A-F]+\.user_group_id\}",
            at(document, "Cache/Resource")["user_group_ids"][0],
        )

    def test_an_id_that_is_too_long_is_cut(self):
        """ElastiCache takes 40 characters; the digits keep two users apart."""
        kept = []
        stack_of(lambda stack: kept.append(cache(replication_group_id="x" * 40)(stack)))
        ids = {kept[0].user_id(user) for user in ("app", "job")}

        assert len(ids) == 2
        assert {len(id) for id in ids} == {40}

    @pytest.mark.parametrize("name", ["default", "App", "1st", "a--b", "a-", "x" * 41, "*", ""])
    def test_a_name_that_is_refused(self, name):
        """Capitals, a digit first, two hyphens, or the one that is turned off."""
        assert refused(cache(users={name: "on ~* +@read"})).given == repr(name)

    @pytest.mark.parametrize(
        "access", ["", "on", "off", "~* +@all", "on ~* +@all >secret", "on nopass ~* +@all", "on #0a1b ~*"]
    )
    def test_an_access_string_that_is_refused(self, access):
        """It begins with on, says what, and has no password, nor does without one."""
        assert refused(cache(users={"app": access})).given == repr(access)


class TestTiers:
    @pytest.mark.parametrize(
        ("tier", "node_type", "nodes", "days"),
        [
            ("sandbox", "cache.t4g.small", 1, 1),
            ("dev", "cache.t4g.small", 1, 7),
            ("stage", "cache.m7g.large", 2, 14),
            ("prod", "cache.r7g.xlarge", 2, 35),
        ],
    )
    def test_the_tier_sizes_it(self, tier, node_type, nodes, days):
        """Type, replicas and backups."""
        body = at(built(cache(), tier=tier), "Cache/Resource")

        assert (body["node_type"], body["num_cache_clusters"]) == (node_type, nodes)
        assert body["automatic_failover_enabled"] is body["multi_az_enabled"] is (nodes > 1)
        assert body["snapshot_retention_limit"] == days

    @pytest.mark.parametrize(("tier", "kept"), [*zip(TIERS, (False, False, True, True), strict=True)])
    def test_the_tier_says_whether_it_can_be_destroyed(self, tier, kept):
        """And whether a last snapshot remains."""
        body = at(built(cache(), tier=tier), "Cache/Resource")

        assert body.get("final_snapshot_identifier") == (f"{NAME}-final" if kept else None)
        assert body.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    def test_no_replica_is_recorded(self):
        """With the check that will find it."""
        off = {each.checks: each.why for each in stack_of(cache(replicas=0)).switched_off}

        assert off == {("CKV2_AWS_50",): "the code"}

    def test_one_node_stands_in_one_zone(self):
        """A sandbox has a VPC in one."""

        def build(stack):
            RedisReplicationGroup(stack, "Cache", vpc=network(stack, az_count=1))

        assert len(at(built(build, tier="sandbox"), "Cache/SubnetGroup")["subnet_ids"]) == 1


class TestRefusals:
    @pytest.mark.parametrize("name", ["Sessions", "1st", "a--b", "a-", "x" * 41])
    def test_an_id_that_elasticache_would_refuse(self, name):
        """Capitals, a digit first, two hyphens, one at the end, too long."""
        assert refused(cache(replication_group_id=name)).given == repr(name)

    @pytest.mark.parametrize("name", ["db.r7g.large", "cache.r7g", "r7g.large"])
    def test_a_node_type_that_is_none(self, name):
        """ElastiCache's begin with cache. and have a family and a size."""
        assert refused(cache(node_type=name)).given == repr(name)

    @pytest.mark.parametrize("replicas", [-1, 6, "1", True])
    def test_replicas_that_elasticache_would_refuse(self, replicas):
        """Five at most."""
        assert refused(cache(replicas=replicas)).expected == "0 to 5"

    @pytest.mark.parametrize("days", [0, 36])
    def test_backups_that_elasticache_would_refuse(self, days):
        """0 would be none at all."""
        assert refused(cache(backup_days=days)).expected == "1 to 35"

    def test_a_replica_in_the_zone_of_the_primary_is_refused(self):
        """Both would go together, and AWS refuses it."""
        error = refused(
            lambda stack: RedisReplicationGroup(stack, "Cache", vpc=network(stack, az_count=1), replicas=1)
        )

        assert error.given == "a VPC with subnets in eu-west-1a"


class TestGrants:
    def test_connect_is_for_one_user_of_this_cache(self):
        """AWS asks for both."""
        policy = statements(
            granted(lambda grants, role: grants.connect(role, user="app"), users=USERS), "Reader/Policy"
        )

        assert policy == {
            "Connect": {
                "Sid": "Connect",
                "Effect": "Allow",
                "Action": "elasticache:Connect",
                "Resource": [f"{ARN}:replicationgroup:{NAME}", f"{ARN}:user:{NAME}-app"],
            }
        }

    @pytest.mark.parametrize(
        ("users", "user"), [(USERS, "ap"), ({}, "app"), (USERS, "*"), (USERS, "default")]
    )
    def test_a_user_that_the_cache_does_not_have(self, users, user):
        """The grant would let nobody in."""

        def build(stack):
            cache(users=users)(stack).grants.connect(Role(stack, "Reader", trust=GLUE), user=user)

        error = refused(build)

        assert error.given == repr(user)
        assert error.fix.startswith("Did you mean 'app'?" if user == "ap" else "Make it: users=")

    @pytest.mark.parametrize("account", ["999999999999", "012345678901"])
    def test_a_role_from_elsewhere_cannot_be_let_in(self, account):
        """A cache has no policy that could name it."""
        elsewhere = Role.from_arn(f"arn:aws:iam::{account}:role/reader")

        error = refused(lambda stack: cache(users=USERS)(stack).grants.connect(elsewhere, user="app"))

        assert error.given == elsewhere.arn

    def test_an_imported_one_is_granted_on_by_its_id(self):
        """Its users are named as this construct names them."""

        def build(stack):
            imported = RedisReplicationGroup.from_id(stack, "Cache", "sessions")
            imported.grants.connect(Role(stack, "Reader", trust=GLUE), user="app")

        assert statements(built(build), "Reader/Policy")["Connect"]["Resource"] == [
            f"{ARN}:replicationgroup:sessions",
            f"{ARN}:user:sessions-app",
        ]

    @pytest.mark.parametrize(("id", "user"), [("Sessions", "app"), ("sessions", "*")])
    def test_an_imported_one_takes_no_wildcard(self, id, user):
        """Neither as its id nor as a user."""

        def build(stack):
            imported = RedisReplicationGroup.from_id(stack, "Cache", id)
            imported.grants.connect(Role(stack, "Reader", trust=GLUE), user=user)

        assert refused(build).given in (repr(id), repr(user))

import re

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs import AwsStack
from landform.constructs.ec2 import SecurityGroup, Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.rds import PostgresInstance
from landform.errors import Code, LandformError
from landform.testing import TIERS, stack_instance

GLUE = [Trust.service("glue.amazonaws.com")]
NAME = "acme-payments-prod-data-lake-db"
USERS = "arn:aws:rds-db:eu-west-1:012345678901:dbuser"
KEY = r"\$\{aws_kms_key\.Db_Key_[0-9A-F]+\.arn\}"
SMALL = {"az_count": 2, "nat": "none", "interface_endpoints": ()}


def network(stack, **arguments):
    return Vpc(stack, "Vpc", cidr="10.0.0.0/20", **{**SMALL, **arguments})


def database(**arguments):
    return lambda stack: PostgresInstance(stack, "Db", vpc=network(stack), **arguments)


def granted(give):
    """The document of a stack in which ``give(grants, role)`` was called."""

    def build(stack):
        give(database()(stack).grants, Role(stack, "Reader", trust=GLUE))

    return built(build)


def refused(build, **instance):
    """The error of a build, which names the line in this file."""
    with pytest.raises(LandformError) as caught:
        built(build, **instance)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_rds_postgres_instance.py"
    return caught.value


@pytest.fixture(scope="module")
def document():
    """One instance, as it comes."""
    return built(database())


class TestInstance:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("identifier", NAME),
            ("engine", "postgres"),
            ("engine_version", "17"),
            ("storage_encrypted", True),
            ("publicly_accessible", False),
            ("manage_master_user_password", True),
            ("iam_database_authentication_enabled", True),
            ("username", "dbadmin"),
            ("ca_cert_identifier", "rds-ca-rsa2048-g1"),
            ("auto_minor_version_upgrade", True),
            ("copy_tags_to_snapshot", True),
            ("enabled_cloudwatch_logs_exports", ["postgresql", "upgrade"]),
            ("monitoring_interval", 60),
            ("performance_insights_enabled", True),
            ("port", 5432),
        ],
    )
    def test_default(self, document, argument, value):
        """The secure setting stands in the resource, whatever AWS's default is."""
        assert at(document, "Db/Resource")[argument] == value

    @pytest.mark.parametrize(
        "argument", ["kms_key_id", "master_user_secret_kms_key_id", "performance_insights_kms_key_id"]
    )
    def test_one_key_encrypts_all_of_it(self, document, argument):
        """Storage, password and insights."""
        assert re.fullmatch(KEY, at(document, "Db/Resource")[argument])

    def test_a_key_can_be_given(self):
        """Then none is made, and the logs are under it too."""
        document = built(lambda stack: database(key=Key(stack, "Shared"))(stack))

        assert not [path for path in paths(document, "aws_kms_key") if path.startswith("Db/")]
        assert "LogsEncrypt" in statements(document, "Shared/Resource")

    def test_no_password_stands_in_the_code(self, document):
        """RDS makes it."""
        assert not {"password", "password_wo"} & at(document, "Db/Resource").keys()

    def test_what_is_given_is_what_it_says(self):
        """Each argument goes before the tier."""
        build = database(
            database_name="ledger",
            engine_version="16",
            instance_class="db.r7g.4xlarge",
            storage_gib=1000,
            multi_az=False,
            backup_days=3,
            identifier="ledger",
        )
        body = at(built(build), "Db/Resource")

        assert (body["identifier"], body["db_name"], body["engine_version"]) == ("ledger", "ledger", "16")
        assert (body["instance_class"], body["multi_az"]) == ("db.r7g.4xlarge", False)
        assert (body["allocated_storage"], body["max_allocated_storage"]) == (1000, 5000)
        assert body["backup_retention_period"] == 3

    def test_its_arn_is_literal(self):
        """The identifier is ours."""
        kept = []
        stack_of(lambda stack: kept.append(database()(stack)))

        assert kept[0].arn == f"arn:aws:rds:eu-west-1:012345678901:db:{NAME}"
        assert str(kept[0].endpoint).endswith(".address}")


class TestTiers:
    @pytest.mark.parametrize(
        ("tier", "instance_class", "gib", "multi_az", "days"),
        [
            ("sandbox", "db.t4g.medium", 20, False, 1),
            ("dev", "db.t4g.medium", 20, False, 7),
            ("stage", "db.m7g.large", 100, True, 14),
            ("prod", "db.r7g.xlarge", 400, True, 35),
        ],
    )
    def test_the_tier_sizes_it(self, tier, instance_class, gib, multi_az, days):
        """Class, storage, standby and backups."""
        body = at(built(database(), tier=tier), "Db/Resource")

        assert (body["instance_class"], body["allocated_storage"]) == (instance_class, gib)
        assert (body["multi_az"], body["backup_retention_period"]) == (multi_az, days)

    @pytest.mark.parametrize(("tier", "kept"), [*zip(TIERS, (False, False, True, True), strict=True)])
    def test_the_tier_says_whether_it_can_be_deleted(self, tier, kept):
        """By AWS, by Terraform, and with or without what remains of it."""
        body = at(built(database(), tier=tier), "Db/Resource")

        assert body["deletion_protection"] is kept
        assert body["skip_final_snapshot"] is not kept
        assert body["delete_automated_backups"] is not kept
        assert body.get("final_snapshot_identifier") == (f"{NAME}-final" if kept else None)
        assert body.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    def test_what_is_off_is_recorded(self):
        """With the checks that will find it."""
        stack = stack_of(database(), tier="sandbox")

        off = {check for each in stack.switched_off for check in each.checks}
        assert off == {"CKV_AWS_157", "CKV_AWS_293", "LF_LAST_SNAPSHOT"}


class TestNetwork:
    def test_it_stands_in_the_isolated_subnets(self, document):
        """They have no way to the internet."""
        group = at(document, "Db/SubnetGroup")

        assert group["name"] == NAME
        assert len(group["subnet_ids"]) == 2
        assert all("aws_subnet.Vpc_Isolated_" in subnet for subnet in group["subnet_ids"])

    def test_nobody_is_let_in(self, document):
        """Until a peer is named."""
        assert paths(document, "aws_vpc_security_group_ingress_rule") == []
        assert "Db/SecurityGroup/Resource" in paths(document, "aws_security_group")

    def test_a_peer_is_let_in_on_the_databases_port(self):
        """And its own way out is opened."""

        def build(stack):
            vpc = network(stack)
            app = SecurityGroup(stack, "App", vpc=vpc, description="servers")
            PostgresInstance(stack, "Db", vpc=vpc).connections.allow_from(app)

        (rule,) = paths(document := built(build), "aws_vpc_security_group_ingress_rule")

        assert (at(document, rule)["from_port"], at(document, rule)["to_port"]) == (5432, 5432)
        assert len(paths(document, "aws_vpc_security_group_egress_rule")) == 1

    def test_a_vpc_in_one_zone_is_refused(self):
        """RDS refuses a subnet group in one zone, standby or not."""
        error = refused(
            lambda stack: PostgresInstance(stack, "Db", vpc=network(stack, az_count=1)), tier="sandbox"
        )

        assert "two zones" in error.message
        assert error.given == "a VPC with subnets in eu-west-1a"
        assert error.fix == "Make the VPC with az_count=2."


class TestParameters:
    def test_tls_alone_and_logs(self, document):
        """The group is of the family of the version."""
        group = at(document, "Db/Parameters")

        assert group["family"] == "postgres17"
        assert group["name"] == f"{NAME}-postgres17"
        assert {each["name"]: each["value"] for each in group["parameter"]} == {
            "log_connections": "1",
            "log_disconnections": "1",
            "log_min_duration_statement": "1000",
            "log_statement": "ddl",
            "rds.force_ssl": "1",
        }

    def test_the_new_group_of_a_version_is_made_before_the_old_one_goes(self, document):
        """The instance uses the old one until then."""
        assert at(document, "Db/Parameters")["lifecycle"] == {"create_before_destroy": True}

    def test_the_instance_uses_it(self, document):
        """Not RDS's own, which nobody can change."""
        assert re.fullmatch(
            r"\$\{aws_db_parameter_group\.Db_Parameters_[0-9A-F]+\.name\}",
            at(document, "Db/Resource")["parameter_group_name"],
        )


class TestLogs:
    @pytest.mark.parametrize("log", ["postgresql", "upgrade"])
    def test_its_log_groups_have_the_names_that_rds_writes_to(self, document, log):
        """Under the database's key, for as long as the tier says."""
        group = at(document, f"Db/{log.capitalize()}Logs/Resource")

        assert group["name"] == f"/aws/rds/instance/{NAME}/{log}"
        assert group["retention_in_days"] == 731
        assert re.fullmatch(KEY, group["kms_key_id"])

    def test_they_are_made_first(self, document):
        """Otherwise RDS makes them, unencrypted and for ever."""
        needed = " ".join(at(document, "Db/Resource")["depends_on"])

        assert "aws_cloudwatch_log_group.Db_PostgresqlLogs_" in needed
        assert "aws_cloudwatch_log_group.Db_UpgradeLogs_" in needed
        assert "aws_iam_role.Db_Monitoring_" in needed

    def test_monitoring_acts_for_this_instance_alone(self, document):
        """Otherwise another account's instance could deliver with it."""
        (trust,) = statements(document, "Db/Monitoring/Resource", "assume_role_policy").values()

        assert trust["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
        assert trust["Condition"] == {
            "ArnLike": {"aws:SourceArn": f"arn:aws:rds:eu-west-1:012345678901:db:{NAME}"},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }


class TestRefusals:
    @pytest.mark.parametrize("name", ["Ledger", "1st", "a--b", "a-", "x" * 64, "a_b", "*"])
    def test_an_identifier_that_rds_would_refuse(self, name):
        """Capitals, a digit first, two hyphens, one at the end, too long."""
        assert refused(database(identifier=name)).given == repr(name)

    @pytest.mark.parametrize("name", ["postgres", "rdsadmin", "1st", "a-b", "A", "x" * 64])
    def test_a_database_that_postgresql_would_refuse(self, name):
        """Or has already."""
        assert refused(database(database_name=name)).given == repr(name)

    @pytest.mark.parametrize("version", ["9.6", "14", "17.2", 17, "", "18beta"])
    def test_a_version_that_is_not_kept_new(self, version):
        """A major version, of those that RDS still supports for years."""
        assert refused(database(engine_version=version)).expected == "15, 16 or 17"

    @pytest.mark.parametrize(
        "name", ["r7g.large", "db.r7g", "cache.r7g.large", "db.serverless", "DB.R7G.LARGE"]
    )
    def test_an_instance_class_that_is_none(self, name):
        """RDS's begin with db. and have a family and a size."""
        assert refused(database(instance_class=name)).given == repr(name)

    @pytest.mark.parametrize("gib", [0, 19, 13_108, 20.0, True])
    def test_storage_that_rds_would_refuse(self, gib):
        """Or that could not grow to five times."""
        assert refused(database(storage_gib=gib)).expected == "20 to 13107"

    @pytest.mark.parametrize("days", [0, 36, -1, "7"])
    def test_backups_that_rds_would_refuse(self, days):
        """0 would be none at all."""
        assert refused(database(backup_days=days)).expected == "1 to 35"


class TestGrants:
    def test_connect_is_for_one_user_of_this_resource_id(self):
        """A database made again under the same name has another id."""
        policy = statements(granted(lambda grants, role: grants.connect(role, user="app")), "Reader/Policy")
        resource = policy["Connect"].pop("Resource")

        assert policy == {"Connect": {"Sid": "Connect", "Effect": "Allow", "Action": "rds-db:connect"}}
        assert re.fullmatch(rf"{USERS}:\$\{{aws_db_instance\.Db_[0-9A-F]+\.resource_id\}}/app", resource)

    @pytest.mark.parametrize("user", ["*", "app*", "a?", "", "a/b", "${aws:username}", "x" * 64])
    def test_connect_names_one_user(self, user):
        """No wildcard, no variable."""
        assert refused(lambda stack: _connect(stack, user)).given == repr(user)

    def test_the_password_is_read_from_its_secret_alone(self):
        """The secret is RDS's, so its ARN is a reference."""
        document = granted(lambda grants, role: grants.read_master_password(role))
        statement = statements(document, "Reader/Policy")["ReadMasterPassword"]

        assert statement["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        assert re.fullmatch(
            r"\$\{aws_db_instance\.\w+\.master_user_secret\[0\]\.secret_arn\}", statement["Resource"]
        )

    def test_the_key_goes_along_for_that_secret(self):
        """Through Secrets Manager, with the context that it sets."""
        document = granted(lambda grants, role: grants.read_master_password(role))
        statement = statements(document, "Reader/Policy")["UseKeyViaSecretsmanager"]
        conditions = statement["Condition"]

        assert statement["Action"] == "kms:Decrypt"
        assert conditions["StringEquals"] == {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
        assert "kms:EncryptionContext:SecretARN" in conditions["StringLike"]

    def test_a_role_that_another_stack_makes_is_refused(self):
        """The text of its policy would name whatever has that address there."""

        def build(stack):
            other = AwsStack(stack.node.scope, stack_instance(stack="jobs"))
            database()(stack).grants.connect(Role(other, "Reader", trust=GLUE), user="app")

        with pytest.raises(LandformError) as caught:
            built(build)

        assert caught.value.code is Code.REFERENCE

    @pytest.mark.parametrize("account", ["999999999999", "012345678901"])
    @pytest.mark.parametrize("verb", ["connect", "read_master_password"])
    def test_a_role_from_elsewhere_cannot_be_let_in(self, account, verb):
        """IAM authentication ends at the account, and RDS's secret has no policy of ours."""
        elsewhere = Role.from_arn(f"arn:aws:iam::{account}:role/reader")
        arguments = {"user": "app"} if verb == "connect" else {}

        error = refused(lambda stack: getattr(database()(stack).grants, verb)(elsewhere, **arguments))

        assert error.given == elsewhere.arn


def _connect(stack, user):
    database()(stack).grants.connect(Role(stack, "Reader", trust=GLUE), user=user)


class TestImported:
    def test_it_is_connected_to_by_its_resource_id(self):
        """Which its owner publishes."""

        def build(stack):
            imported = PostgresInstance.from_id(stack, "Db", "db-ABCDEFGHIJKL01234")
            imported.grants.connect(Role(stack, "Reader", trust=GLUE), user="app")

        policy = statements(built(build), "Reader/Policy")

        assert policy["Connect"]["Resource"] == f"{USERS}:db-ABCDEFGHIJKL01234/app"

    @pytest.mark.parametrize("resource_id", ["ledger", "db-*", "db-abc", "", "arn:aws:rds:eu-west-1:1:db:x"])
    def test_an_identifier_is_no_resource_id(self, resource_id):
        """It could be given to another database later."""
        error = refused(lambda stack: PostgresInstance.from_id(stack, "Db", resource_id))

        assert error.given == repr(resource_id)

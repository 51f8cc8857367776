import re

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.ec2 import SecurityGroup, Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.rds import AuroraCluster
from landform.errors import Code, LandformError
from landform.testing import TIERS

GLUE = [Trust.service("glue.amazonaws.com")]
NAME = "acme-payments-prod-data-lake-db"
KEY = r"\$\{aws_kms_key\.Db_Key_[0-9A-F]+\.arn\}"


def network(stack, az_count=2):
    return Vpc(stack, "Vpc", cidr="10.0.0.0/20", az_count=az_count, nat="none", interface_endpoints=())


def cluster(**arguments):
    return lambda stack: AuroraCluster(stack, "Db", vpc=network(stack), **arguments)


def refused(build, **instance):
    """The error of a build, which names the line in this file."""
    with pytest.raises(LandformError) as caught:
        built(build, **instance)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_rds_aurora_cluster.py"
    return caught.value


@pytest.fixture(scope="module")
def document():
    """One cluster, as it comes."""
    return built(cluster())


class TestCluster:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("cluster_identifier", NAME),
            ("engine", "aurora-postgresql"),
            ("engine_version", "17"),
            ("storage_encrypted", True),
            ("manage_master_user_password", True),
            ("master_username", "dbadmin"),
            ("iam_database_authentication_enabled", True),
            ("copy_tags_to_snapshot", True),
            ("enabled_cloudwatch_logs_exports", ["postgresql"]),
            ("port", 5432),
        ],
    )
    def test_default(self, document, argument, value):
        """The secure setting stands in the resource, whatever AWS's default is."""
        assert at(document, "Db/Resource")[argument] == value

    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("publicly_accessible", False),
            ("auto_minor_version_upgrade", True),
            ("ca_cert_identifier", "rds-ca-rsa2048-g1"),
            ("copy_tags_to_snapshot", True),
            ("monitoring_interval", 60),
            ("performance_insights_enabled", True),
        ],
    )
    def test_default_of_every_instance(self, document, argument, value):
        """The writer's and the reader's: which is which changes."""
        instances = paths(document, "aws_rds_cluster_instance")

        assert instances == ["Db/Instance1", "Db/Instance2"]
        assert {str(at(document, path)[argument]) for path in instances} == {str(value)}

    @pytest.mark.parametrize("argument", ["kms_key_id", "master_user_secret_kms_key_id"])
    def test_one_key_encrypts_all_of_it(self, document, argument):
        """Storage and password, and the insights of each instance."""
        assert re.fullmatch(KEY, at(document, "Db/Resource")[argument])
        assert re.fullmatch(KEY, at(document, "Db/Instance2")["performance_insights_kms_key_id"])

    def test_what_is_given_is_what_it_says(self):
        """Each argument goes before the tier."""
        build = cluster(database_name="ledger", engine_version="15", instance_class="db.r7g.4xlarge",
                        readers=3, backup_days=3, identifier="ledger")  # fmt: skip
        document = built(build)
        body = at(document, "Db/Resource")

        assert (body["cluster_identifier"], body["database_name"]) == ("ledger", "ledger")
        assert (body["engine_version"], body["backup_retention_period"]) == ("15", 3)
        assert [at(document, f"Db/Instance{n}")["identifier"] for n in (1, 2, 3, 4)] == [
            "ledger-1", "ledger-2", "ledger-3", "ledger-4",
        ]  # fmt: skip
        assert at(document, "Db/Instance4")["instance_class"] == "db.r7g.4xlarge"

    def test_its_endpoints_are_the_clusters(self):
        """One writes, one spreads over the readers."""
        kept = []
        stack_of(lambda stack: kept.append(cluster()(stack)))

        assert kept[0].arn == f"arn:aws:rds:eu-west-1:012345678901:cluster:{NAME}"
        assert str(kept[0].endpoint).endswith(".endpoint}")
        assert str(kept[0].reader_endpoint).endswith(".reader_endpoint}")

    def test_a_peer_is_let_in_on_the_databases_port(self):
        """And nobody else."""

        def build(stack):
            vpc = network(stack)
            app = SecurityGroup(stack, "App", vpc=vpc, description="servers")
            AuroraCluster(stack, "Db", vpc=vpc).connections.allow_from(app)

        (rule,) = paths(document := built(build), "aws_vpc_security_group_ingress_rule")

        assert (at(document, rule)["from_port"], at(document, rule)["to_port"]) == (5432, 5432)

    def test_its_log_group_is_made_first(self, document):
        """Under the name that RDS writes to."""
        group = at(document, "Db/PostgresqlLogs/Resource")

        assert group["name"] == f"/aws/rds/cluster/{NAME}/postgresql"
        assert group["retention_in_days"] == 731
        assert "aws_cloudwatch_log_group.Db_PostgresqlLogs_" in " ".join(
            at(document, "Db/Resource")["depends_on"]
        )

    def test_its_parameters_are_tls_alone_and_logs(self, document):
        """Of the family of the version, for every instance."""
        group = at(document, "Db/Parameters")

        assert (group["family"], group["name"]) == ("aurora-postgresql17", f"{NAME}-aurora-postgresql17")
        assert {"name": "rds.force_ssl", "value": "1"} in group["parameter"]
        assert {each["name"] for each in group["parameter"]} > {"log_statement", "log_min_duration_statement"}

    def test_monitoring_acts_for_its_instances_alone(self, document):
        """Their names begin with the cluster's."""
        (trust,) = statements(document, "Db/Monitoring/Resource", "assume_role_policy").values()

        assert trust["Condition"]["ArnLike"] == {
            "aws:SourceArn": f"arn:aws:rds:eu-west-1:012345678901:db:{NAME}-*"
        }


class TestTiers:
    @pytest.mark.parametrize(
        ("tier", "instance_class", "instances", "days"),
        [
            ("sandbox", "db.t4g.medium", 1, 1),
            ("dev", "db.t4g.medium", 1, 7),
            ("stage", "db.r7g.large", 2, 14),
            ("prod", "db.r7g.2xlarge", 2, 35),
        ],
    )
    def test_the_tier_sizes_it(self, tier, instance_class, instances, days):
        """Class, readers and backups."""
        document = built(cluster(), tier=tier)

        assert at(document, "Db/Instance1")["instance_class"] == instance_class
        assert len(paths(document, "aws_rds_cluster_instance")) == instances
        assert at(document, "Db/Resource")["backup_retention_period"] == days

    @pytest.mark.parametrize(("tier", "kept"), [*zip(TIERS, (False, False, True, True), strict=True)])
    def test_the_tier_says_whether_it_can_be_deleted(self, tier, kept):
        """By AWS, by Terraform, and with or without what remains of it."""
        body = at(built(cluster(), tier=tier), "Db/Resource")

        assert body["deletion_protection"] is kept
        assert body["skip_final_snapshot"] is not kept
        assert body.get("final_snapshot_identifier") == (f"{NAME}-final" if kept else None)
        assert body.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    @pytest.mark.parametrize(("arguments", "why"), [({}, None), ({"readers": 0}, "the code")])
    def test_no_reader_is_recorded(self, arguments, why):
        """Where the code says so; a tier that has standbys has one."""
        off = {each.holds: each.why for each in stack_of(cluster(**arguments)).switched_off}

        assert off.get("a reader in another zone takes over") == why


class TestRefusals:
    @pytest.mark.parametrize("name", ["Ledger", "1st", "a--b", "a-", "x" * 61])
    def test_an_identifier_that_rds_would_refuse(self, name):
        """Those of the instances are longer."""
        assert refused(cluster(identifier=name)).given == repr(name)

    @pytest.mark.parametrize("readers", [-1, 16, "2", True])
    def test_readers_that_aurora_would_refuse(self, readers):
        """Fifteen at most."""
        assert refused(cluster(readers=readers)).expected == "0 to 15"

    @pytest.mark.parametrize("version", ["14", "16.4", ""])
    def test_a_version_that_is_not_kept_new(self, version):
        """A major version, of those that RDS still supports for years."""
        assert refused(cluster(engine_version=version)).given == repr(version)

    @pytest.mark.parametrize("name", ["r7g.large", "db.serverless"])
    def test_an_instance_class_that_is_none(self, name):
        """Serverless instances need a range of capacity."""
        assert refused(cluster(instance_class=name)).given == repr(name)

    def test_a_vpc_in_one_zone_is_refused(self):
        """RDS refuses a subnet group in one zone."""
        error = refused(lambda stack: AuroraCluster(stack, "Db", vpc=network(stack, az_count=1)))

        assert "two zones" in error.message


class TestGrants:
    def test_connect_is_for_one_user_of_this_resource_id(self):
        """Of the cluster, whichever instance answers."""

        def build(stack):
            cluster()(stack).grants.connect(Role(stack, "Reader", trust=GLUE), user="app")

        resource = statements(built(build), "Reader/Policy")["Connect"]["Resource"]

        assert re.fullmatch(
            r"arn:aws:rds-db:eu-west-1:012345678901:dbuser:"
            r"\$\{aws_rds_cluster\.Db_[0-9A-F]+\.cluster_resource_id\}/app",
            resource,
        )

    def test_the_password_is_read_from_its_secret_alone(self):
        """The secret is RDS's, so its ARN is a reference."""

        def build(stack):
            cluster()(stack).grants.read_master_password(Role(stack, "Reader", trust=GLUE))

        policy = statements(built(build), "Reader/Policy")

        assert policy["ReadMasterPassword"]["Resource"].endswith(".master_user_secret[0].secret_arn}")
        assert policy["UseKeyViaSecretsmanager"]["Action"] == "kms:Decrypt"

    def test_an_imported_one_is_connected_to_by_its_resource_id(self):
        """Which its owner publishes."""

        def build(stack):
            imported = AuroraCluster.from_id(stack, "Db", "cluster-ABCDEFGHIJKL01234")
            imported.grants.connect(Role(stack, "Reader", trust=GLUE), user="app")

        resource = statements(built(build), "Reader/Policy")["Connect"]["Resource"]

        assert resource.endswith(":dbuser:cluster-ABCDEFGHIJKL01234/app")

    @pytest.mark.parametrize("resource_id", ["ledger", "cluster-*", ""])
    def test_an_identifier_is_no_resource_id(self, resource_id):
        """It could be given to another cluster later."""
        assert refused(lambda stack: AuroraCluster.from_id(stack, "Db", resource_id)).given == repr(
            resource_id
        )

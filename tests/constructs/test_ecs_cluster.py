"""Clusters: insights, logged commands, and a key that serves them alone."""

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.ecs import Cluster
from landform.constructs.kms import Key
from landform.errors import Code, LandformError
from landform.testing import synthesise

NAME = "acme-payments-prod-data-lake-apps"


def cluster(**arguments):
    return lambda stack: Cluster(stack, "Apps", **arguments)


def one(value):
    """A block, written alone or in a list."""
    return value[0] if isinstance(value, list) else value


def body(**arguments):
    return at(built(cluster(**arguments)), "Apps/Resource")


class TestCluster:
    def test_insights_are_on(self):
        """Tasks and their use of processor and memory are seen."""
        assert body()["setting"] == [{"name": "containerInsights", "value": "enabled"}]

    def test_commands_are_logged_and_encrypted(self):
        """Under the cluster's key, in a group of its own."""
        document = built(cluster())
        found = one(one(at(document, "Apps/Resource")["configuration"])["execute_command_configuration"])
        log = one(found["log_configuration"])

        assert found["logging"] == "OVERRIDE"
        assert found["kms_key_id"].startswith("${aws_kms_key.Apps_Key")
        assert log["cloud_watch_encryption_enabled"] is True
        assert log["cloud_watch_log_group_name"].startswith("${aws_cloudwatch_log_group.Apps_CommandLogs")
        assert paths(document, "aws_kms_key") == ["Apps/Key/Resource"]

    def test_storage_of_tasks_is_encrypted_with_the_key(self):
        """Fargate's own key is not the customer's."""
        storage = one(one(body()["configuration"])["managed_storage_configuration"])

        assert storage["fargate_ephemeral_storage_kms_key_id"].startswith("${aws_kms_key.Apps_Key")

    def test_fargate_uses_the_key_for_this_cluster_alone(self):
        """By the encryption context, and grants are to decrypt."""
        policy = statements(built(cluster()), "Apps/Key/Resource")
        context = {
            "kms:EncryptionContext:aws:ecs:clusterAccount": "012345678901",
            "kms:EncryptionContext:aws:ecs:clusterName": NAME,
        }

        assert policy["FargateEncryptsStorage"]["Action"] == "kms:GenerateDataKeyWithoutPlaintext"
        assert policy["FargateEncryptsStorage"]["Condition"] == {"StringEquals": context}
        assert policy["FargateReadsStorage"]["Action"] == "kms:CreateGrant"
        assert policy["FargateReadsStorage"]["Condition"] == {
            "StringEquals": context,
            "ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"},
        }
        assert {
            policy[sid]["Principal"]["Service"] for sid in ("FargateEncryptsStorage", "FargateReadsStorage")
        } == {"fargate.amazonaws.com"}

    def test_tasks_run_on_fargate(self):
        """There is no machine to look after."""
        found = at(built(cluster()), "Apps/CapacityProviders")

        assert found["capacity_providers"] == ["FARGATE"]

    def test_a_key_that_is_given(self):
        """Is let Fargate and the log in, and none is made."""
        document = built(lambda stack: Cluster(stack, "Apps", key=Key(stack, "Shared")))

        assert paths(document, "aws_kms_key") == ["Shared/Resource"]
        assert {"FargateEncryptsStorage", "LogsEncrypt"} <= statements(document, "Shared/Resource").keys()

    def test_the_owner_of_an_imported_key_is_told(self):
        """Its policy is not ours to write."""

        def build(stack):
            arn = "arn:aws:kms:eu-west-1:999999999999:key/0a1b2c3d"
            Cluster(stack, "Apps", key=Key.from_arn(stack, "Shared", arn))

        assert any("let fargate.amazonaws.com use" in note.message for note in synthesise(build).annotations)

    @pytest.mark.parametrize("name", ["a b", "a.b", "a" * 256, "caf\u00e9", 7])
    def test_a_name_ecs_would_refuse(self, name):
        """On the user's line, for one made and for one imported."""
        for build in (cluster(cluster_name=name), lambda stack: Cluster.from_name(stack, "Apps", name)):
            with pytest.raises(LandformError, match="refuse this cluster name") as caught:
                built(build)

            assert caught.value.code is Code.ARGUMENT_VALUE
            assert caught.value.place.file == "test_ecs_cluster.py"

    def test_an_imported_one_has_a_literal_arn(self):
        """And makes nothing."""
        clusters = []
        stack_of(lambda stack: clusters.append(Cluster.from_name(stack, "Apps", "apps")))

        assert clusters[0].arn == "arn:aws:ecs:eu-west-1:012345678901:cluster/apps"

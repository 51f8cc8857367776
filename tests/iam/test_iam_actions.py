import pytest

from landform.iam.actions import takes_resource


class TestTakesResource:
    @pytest.mark.parametrize("action", ["s3:GetObject", "kms:Decrypt", "iam:PassRole", "S3:getobject"])
    def test_true_where_a_policy_can_name_it(self, action):
        """AWS's table names a resource type for the action, whatever its capitals."""
        assert takes_resource(action)

    @pytest.mark.parametrize("action", ["s3:ListAllMyBuckets", "kms:ListAliases", "sts:GetCallerIdentity"])
    def test_false_where_only_a_star_is_taken(self, action):
        """These are allowed on everything or not at all."""
        assert not takes_resource(action)

    @pytest.mark.parametrize("action", ["s3:GetObjct", "nosuch:Thing", "nonsense"])
    def test_false_for_what_the_table_does_not_know(self, action):
        """AWS may have made it since."""
        assert not takes_resource(action)

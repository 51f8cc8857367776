import pytest
from reading import at, built, paths, statements

from landform.constructs.state import StateBackend

BUCKET = "arn:aws:s3:::acme-tfstate-012345678901"


@pytest.fixture(scope="module")
def backend():
    """The document of a stack with a state backend."""
    return built(lambda stack: StateBackend(stack, "State"))


class TestStateBackend:
    def test_the_bucket_and_key_are_those_of_every_stacks_backend(self, backend):
        """The names that each stack of the account has in its backend block."""
        block = backend["terraform"]["backend"]["s3"]

        assert at(backend, "State/Bucket/Resource")["bucket"] == block["bucket"]
        assert block["kms_key_id"].endswith(at(backend, "State/Key/Alias")["name"])

    def test_there_is_no_lock_table(self, backend):
        """S3 locks by itself."""
        assert "aws_dynamodb_table" not in backend["resource"]
        assert backend["terraform"]["backend"]["s3"]["use_lockfile"] is True

    def test_access_to_the_state_is_logged_to_its_own_bucket(self, backend):
        """Which is the one of the whole account."""
        assert (
            at(backend, "State/Bucket/AccessLogs")["target_bucket"]
            == (at(backend, "State/AccessLogs/Resource")["bucket"])
        )

    def test_nobody_deletes_state(self, backend):
        """Neither the state nor an old version of it."""
        assert statements(backend, "State/Bucket/Policy")["DenyDeletingState"] == {
            "Sid": "DenyDeletingState",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": f"{BUCKET}/*.tfstate",
        }


class TestRoles:
    @pytest.mark.parametrize("role", ["PlanRole", "ApplyRole"])
    def test_the_deployer_of_the_management_account_assumes_it(self, backend, role):
        """And nobody else."""
        trust = statements(backend, f"State/{role}/Resource", "assume_role_policy")

        assert trust == {
            "TrustRole": {
                "Sid": "TrustRole",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111111111111:role/acme-deployer"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
            }
        }

    @pytest.mark.parametrize("role", ["PlanRole", "ApplyRole"])
    def test_it_carries_the_boundary(self, backend, role):
        """Also the one that applies."""
        assert at(backend, f"State/{role}/Resource")["permissions_boundary"].endswith(
            "policy/acme-permissions-boundary"
        )

    @pytest.mark.parametrize(
        ("role", "policies"),
        [
            ("PlanRole", ["SecurityAudit", "ViewOnlyAccess"]),
            ("ApplyRole", ["PowerUserAccess", "SecurityAudit", "ViewOnlyAccess"]),
        ],
    )
    def test_its_managed_policies(self, backend, role, policies):
        """Reading for both; whoever applies is no administrator either."""
        attached = [
            path.rpartition("/")[2]
            for path in paths(backend, "aws_iam_role_policy_attachment")
            if path.startswith(f"State/{role}/")
        ]

        assert attached == policies

    @pytest.mark.parametrize(
        ("sid", "actions", "resource"),
        [
            ("ListState", "s3:ListBucket", BUCKET),
            ("ReadState", "s3:GetObject", f"{BUCKET}/*"),
            ("LockState", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], f"{BUCKET}/*.tflock"),
        ],
    )
    @pytest.mark.parametrize("role", ["PlanRole", "ApplyRole"])
    def test_both_read_and_lock(self, backend, role, sid, actions, resource):
        """Terraform locks the state to plan, too."""
        assert statements(backend, f"State/{role}/Policy")[sid] == {
            "Sid": sid,
            "Effect": "Allow",
            "Action": actions,
            "Resource": resource,
        }

    def test_the_plan_role_writes_nothing_but_a_lock(self, backend):
        """No statement but reading, locking and the key for that."""
        policy = statements(backend, "State/PlanRole/Policy")

        assert policy.keys() == {"ListState", "ReadState", "LockState", "UseKeyViaS3", "UseKeyViaS32"}

    def test_the_apply_role_writes_state(self, backend):
        """State files alone."""
        assert statements(backend, "State/ApplyRole/Policy")["WriteState"] == {
            "Sid": "WriteState",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": f"{BUCKET}/*.tfstate",
        }

    def test_the_apply_role_makes_roles_with_the_boundary_alone(self, backend):
        """Otherwise it could make an administrator and be one."""
        make = statements(backend, "State/ApplyRole/Policy")["MakeBoundedRoles"]

        assert "iam:CreateRole" in make["Action"]
        assert make["Resource"] == "arn:aws:iam::012345678901:role/acme-*"
        assert make["Condition"] == {
            "StringEquals": {
                "iam:PermissionsBoundary": "arn:aws:iam::012345678901:policy/acme-permissions-boundary"
            }
        }

    def test_the_apply_role_cannot_change_itself(self, backend):
        """Its name is none of those that its statements on roles name."""
        for role in ("PlanRole", "ApplyRole"):
            assert not at(backend, f"State/{role}/Resource")["name"].startswith("acme-")

    @pytest.mark.parametrize("role", ["PlanRole", "ApplyRole"])
    def test_the_key_is_used_for_the_state_bucket_alone(self, backend, role):
        """Through S3, in the bucket's encryption context."""
        for sid, statement in statements(backend, f"State/{role}/Policy").items():
            if sid.startswith("UseKey"):
                assert statement["Condition"] == {
                    "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
                    "StringLike": {"kms:EncryptionContext:aws:s3:arn": [BUCKET, f"{BUCKET}/*"]},
                }

import pytest
from reading import at, built, paths, resources, statements

from landform.constructs.backup import BackupPlan
from landform.constructs.ec2 import SecurityGroup, Vpc
from landform.constructs.efs import AccessPoint, FileSystem
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.core import Ref
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement

GLUE = [Trust.service("glue.amazonaws.com")]
OTHER = "arn:aws:iam::999999999999:role/reader"
MOUNT = "elasticfilesystem:ClientMount"
WRITE = "elasticfilesystem:ClientWrite"
VIA_MOUNT_TARGET = {"elasticfilesystem:AccessedViaMountTarget": "true"}


def network(stack):
    return Vpc(stack, "Vpc", cidr="10.0.0.0/20", nat="none")


def files(give=None, **arguments):
    """A stack with a VPC and a file system in it, which ``give(stack, vpc, files)`` is called with."""

    def build(stack):
        vpc = network(stack)
        found = FileSystem(stack, "Files", vpc=vpc, **arguments)
        if give:
            give(stack, vpc, found)

    return build


def granted(give, principal=None):
    """The document of a stack in which ``give(files, role)`` was called."""
    return built(files(lambda stack, vpc, found: give(found, principal or Role(stack, "Reader", trust=GLUE))))


def ledger(**arguments):
    """A stack with an access point."""
    given = {"path": "/ledger", "uid": 1000, **arguments}
    return lambda stack: AccessPoint(
        stack, "Ledger", file_system=FileSystem.from_id(stack, "Files", "fs-0a1b2c3d"), **given
    )


def refused(build, match):
    """The error that a stack gives, which names the user's line."""
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_efs_file_system.py"
    return caught.value


class TestFileSystem:
    def test_it_is_encrypted_with_a_key_of_its_own(self):
        """It cannot be encrypted later."""
        found = at(built(files()), "Files/Resource")

        assert found["encrypted"] is True
        assert found["kms_key_id"].startswith("${aws_kms_key.Files_Key_")

    def test_a_key_of_the_stack_is_used(self):
        """And none is made for the files."""

        def build(stack):
            FileSystem(stack, "Files", vpc=network(stack), key=Key(stack, "Shared"))

        assert at(built(build), "Files/Resource")["kms_key_id"].startswith("${aws_kms_key.Shared_")

    def test_it_has_a_name(self):
        """Which AWS keeps it from being made twice by."""
        found = at(built(files()), "Files/Resource")

        assert found["creation_token"] == found["tags"]["Name"] == "acme-payments-prod-data-lake-files"

    def test_its_id_and_arn_are_references(self):
        """AWS chooses both."""
        kept = []
        built(files(lambda stack, vpc, found: kept.append(found)))

        assert isinstance(kept[0].file_system_id, Ref)
        assert isinstance(kept[0].arn, Ref)

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier, kept):
        """As for all that holds data."""
        found = at(built(files(), tier=tier), "Files/Resource")

        assert found.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    def test_its_policy_takes_no_mount_without_tls(self):
        """And, being there, none by nobody."""
        document = built(files())
        statement = statements(document, "Files/Policy")["DenyWithoutTls"]

        assert statement.pop("Resource").startswith("${aws_efs_file_system.Files_")
        assert statements(document, "Files/Policy").keys() == {"DenyWithoutTls"}
        assert statement == {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": [MOUNT, "elasticfilesystem:ClientRootAccess", WRITE],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }


class TestNetwork:
    @pytest.mark.parametrize(("tier", "zones"), [("sandbox", "A"), ("dev", "AB"), ("prod", "ABC")])
    def test_a_mount_target_in_each_zone(self, tier, zones):
        """In the subnets without a way to the internet."""
        document = built(files(), tier=tier)

        assert paths(document, "aws_efs_mount_target") == [f"Files/MountTarget{zone}" for zone in zones]
        for zone in zones:
            target = at(document, f"Files/MountTarget{zone}")
            assert target["subnet_id"].startswith(f"${{aws_subnet.Vpc_Isolated_{zone}_")

    def test_a_security_group_of_its_own(self):
        """Which nothing comes in by."""
        document = built(files())
        (group,) = at(document, "Files/MountTargetA")["security_groups"]

        assert group.startswith("${aws_security_group.Files_SecurityGroup_")
        assert not [
            path
            for kind, path, _ in resources(document)
            if "rule" in kind and path.startswith("Files/SecurityGroup/")
        ]

    def test_a_peer_connects_on_the_port_of_nfs(self):
        """Both ways are opened."""

        def connect(stack, vpc, found):
            app = SecurityGroup(stack, "App", vpc=vpc, description="web servers")
            found.connections.allow_from(app)

        document = built(files(connect))
        way_in = at(document, "Files/SecurityGroup/FromAppTcp2049")

        assert (way_in["from_port"], way_in["to_port"], way_in["ip_protocol"]) == (2049, 2049, "tcp")
        assert "App/ToFiles.SecurityGroupTcp2049" in paths(document, "aws_vpc_security_group_egress_rule")


class TestBackup:
    def test_a_plan_of_its_own(self):
        """Which backs up nothing else."""
        document = built(files())
        (arn,) = at(document, "Files/Backup/Added")["resources"]

        assert arn.startswith("${aws_efs_file_system.Files_")
        assert paths(document, "aws_backup_selection") == ["Files/Backup/Added"]

    def test_a_plan_of_the_stack_is_used(self):
        """And none is made."""

        def build(stack):
            FileSystem(stack, "Files", vpc=network(stack), backup_plan=BackupPlan(stack, "Plan", tags={}))

        document = built(build)

        assert paths(document, "aws_backup_plan") == ["Plan/Resource"]
        assert len(at(document, "Plan/Added")["resources"]) == 1


class TestAddToPolicy:
    @pytest.mark.parametrize("arn", ["*", "arn:aws:elasticfilesystem:eu-west-1:1:file-system/fs-0a1b2c3d"])
    def test_another_resource_is_refused(self, arn):
        """EFS would refuse it at apply."""
        statement = Statement("Mount", (MOUNT,), (arn,), principals=(Principal("AWS", OTHER),))

        refused(files(lambda stack, vpc, found: found.add_to_policy(statement)), "something else")

    def test_everyone_is_refused(self):
        """Without a condition that says who."""

        def give(stack, vpc, found):
            found.add_to_policy(
                Statement("Mount", (MOUNT,), (found.arn,), principals=(Principal.everyone(),))
            )

        refused(files(give), "nothing to everyone")


class TestGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "actions"), [("read", "Read", MOUNT), ("write", "Write", [MOUNT, WRITE])]
    )
    def test_a_verb_is_its_actions_through_mount_targets(self, verb, sid, actions):
        """On this file system, and no key: EFS decrypts by itself."""
        document = granted(lambda found, role: getattr(found.grants, verb)(role))
        statement = statements(document, "Reader/Policy")[sid]

        assert statements(document, "Reader/Policy").keys() == {sid}
        assert statement["Action"] == actions
        assert statement["Resource"].startswith("${aws_efs_file_system.Files_")
        assert statement["Condition"] == {"Bool": VIA_MOUNT_TARGET}

    def test_an_access_point_narrows_it(self):
        """To its directory and its user."""

        def give(stack, vpc, found):
            point = AccessPoint(stack, "Ledger", file_system=found, path="/ledger", uid=1000)
            found.grants.write(Role(stack, "Reader", trust=GLUE), access_point=point)

        condition = statements(built(files(give)), "Reader/Policy")["Write"]["Condition"]

        assert condition["Bool"] == VIA_MOUNT_TARGET
        assert condition["StringEquals"]["elasticfilesystem:AccessPointArn"].startswith(
            "${aws_efs_access_point.Ledger_"
        )

    def test_an_access_point_of_another_file_system_is_refused(self):
        """The grant would never match."""

        def give(stack, vpc, found):
            other = FileSystem.from_id(stack, "Other", "fs-0a1b2c3d")
            point = AccessPoint(stack, "Ledger", file_system=other, path="/ledger", uid=1000)
            found.grants.read(Role(stack, "Reader", trust=GLUE), access_point=point)

        assert refused(files(give), "another file system").given.endswith("/Ledger")

    def test_another_accounts_role_is_in_the_policy(self):
        """By name, while it is of the organisation."""
        document = granted(lambda found, role: found.grants.read(role), Role.from_arn(OTHER))
        statement = statements(document, "Files/Policy")["Read"]

        assert statement["Principal"] == {"AWS": OTHER}
        assert statement["Condition"] == {
            "Bool": VIA_MOUNT_TARGET,
            "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
        }

    def test_nobody_is_granted_to_be_root(self):
        """By any verb."""

        def both(found, role):
            found.grants.read(role)
            found.grants.write(role)

        assert "Root" not in str(statements(granted(both), "Reader/Policy"))


class TestFromId:
    def test_it_makes_nothing(self):
        """And is named by a literal ARN of this region."""
        kept = []
        document = built(lambda stack: kept.append(FileSystem.from_id(stack, "Files", "fs-0a1b2c3d")))

        assert kept[0].arn == "arn:aws:elasticfilesystem:eu-west-1:012345678901:file-system/fs-0a1b2c3d"
        assert "resource" not in document

    def test_a_grant_on_another_accounts_file_system(self):
        """This half of it; the other is its owner's."""

        def build(stack):
            theirs = FileSystem.from_id(stack, "Files", "fs-0a1b2c3d", account_id="999999999999")
            point = AccessPoint.from_id(stack, "Point", "fsap-0a1b2c3d")
            theirs.grants.read(Role(stack, "Reader", trust=GLUE), access_point=point)

        statement = statements(built(build), "Reader/Policy")["Read"]

        assert statement["Resource"].endswith(":999999999999:file-system/fs-0a1b2c3d")
        assert statement["Condition"]["StringEquals"] == {
            "elasticfilesystem:AccessPointArn": (
                "arn:aws:elasticfilesystem:eu-west-1:012345678901:access-point/fsap-0a1b2c3d"
            )
        }

    @pytest.mark.parametrize("file_system_id", ["files", "fs-*", "fs-0A1B2C3D", ""])
    def test_an_id_that_is_refused(self, file_system_id):
        """A wildcard would be every file system."""
        refused(lambda stack: FileSystem.from_id(stack, "Files", file_system_id), "id of a file system")


class TestAccessPoint:
    def test_it_ends_at_its_directory(self):
        """Which belongs to the user that every client is."""
        point = at(built(ledger()), "Ledger/Resource")

        assert point["file_system_id"] == "fs-0a1b2c3d"
        assert point["posix_user"] == [{"uid": 1000, "gid": 1000}]
        assert point["root_directory"] == [
            {
                "path": "/ledger",
                "creation_info": [{"owner_uid": 1000, "owner_gid": 1000, "permissions": "0750"}],
            }
        ]

    def test_a_group_of_its_own(self):
        """Where it is not the user's number."""
        assert at(built(ledger(gid=2000)), "Ledger/Resource")["posix_user"] == [{"uid": 1000, "gid": 2000}]

    @pytest.mark.parametrize("path", ["/", "", "ledger", "/a/", "/a/b/c/d/e", "/..", "/a*", f"/{'x' * 100}"])
    def test_a_path_that_is_refused(self, path):
        """The root, no path, too deep, or a way out."""
        assert refused(ledger(path=path), "root directory of an access point").given == repr(path)

    @pytest.mark.parametrize("which", ["uid", "gid"])
    @pytest.mark.parametrize("number", [0, -1, 2**32, "1000", True])
    def test_root_is_refused(self, which, number):
        """And what is no number of a user."""
        refused(ledger(**{which: number}), "not root")

    @pytest.mark.parametrize("permissions", ["0777", "755", "0758", "rwx", "", 750])
    def test_permissions_that_are_refused(self, permissions):
        """What lets others in."""
        refused(ledger(permissions=permissions), "permissions of a directory")

    @pytest.mark.parametrize("permissions", ["0700", "770"])
    def test_permissions(self, permissions):
        """Of the user and the group."""
        (root,) = at(built(ledger(permissions=permissions)), "Ledger/Resource")["root_directory"]

        assert root["creation_info"][0]["permissions"] == permissions

    @pytest.mark.parametrize("access_point_id", ["ledger", "fsap-*", "fs-0a1b2c3d"])
    def test_an_id_that_is_refused(self, access_point_id):
        """A wildcard would be every access point."""
        refused(lambda stack: AccessPoint.from_id(stack, "Point", access_point_id), "id of an access point")

from dataclasses import replace

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.backup import BackupVault
from landform.constructs.backup.grants import ENDING
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement
from landform.org.models import Backup
from landform.testing import stack_instance, synthesise_json

GLUE = [Trust.service("glue.amazonaws.com")]
OTHER = "arn:aws:iam::999999999999:role/reader"
NAME = "acme-payments-prod-data-lake-vault"
ARN = f"arn:aws:backup:eu-west-1:012345678901:backup-vault:{NAME}"


def vault(**arguments):
    return lambda stack: BackupVault(stack, "Vault", **arguments)


def said(build, tier="prod", **backup):
    """The document of a stack whose settings say this of backups."""
    instance = stack_instance(tier=tier)
    settings = instance.settings.model_copy(update={"backup": Backup(**backup)})
    return synthesise_json(build, replace(instance, settings=settings))


def refused(build, match, code=Code.ARGUMENT_VALUE):
    """The error that a stack gives, which names the user's line."""
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is code
    if caught.value.place:
        assert caught.value.place.file == "test_backup_vault.py"
    return caught.value


class TestBackupVault:
    def test_it_is_encrypted_with_a_key_of_its_own(self):
        """A key that is not the data's."""
        document = built(vault())

        assert at(document, "Vault/Resource")["kms_key_arn"].startswith("${aws_kms_key.Vault_Key_")
        assert paths(document, "aws_kms_key") == ["Vault/Key/Resource"]

    def test_a_key_of_the_stack_is_used(self):
        """And none is made."""
        document = built(lambda stack: vault(key=Key(stack, "Shared"))(stack))

        assert paths(document, "aws_kms_key") == ["Shared/Resource"]

    def test_its_policy_lets_nobody_end_a_backup(self):
        """Whatever their own policies say."""
        assert statements(built(vault()), "Vault/Policy") == {
            "NobodyEndsABackup": {
                "Sid": "NobodyEndsABackup",
                "Effect": "Deny",
                "Principal": "*",
                "Action": sorted(ENDING),
                "Resource": "*",
            }
        }

    @pytest.mark.parametrize("name", ["x", "x" * 51, "no good", "a/b", "a*"])
    def test_a_name_that_is_refused(self, name):
        """Wrong characters, too short or too long."""
        assert refused(vault(vault_name=name), "refuse this backup vault name").given == repr(name)

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier, kept):
        """As for all that holds data."""
        found = at(built(vault(), tier=tier), "Vault/Resource")

        assert found.get("lifecycle") == ({"prevent_destroy": True} if kept else None)


class TestLock:
    @pytest.mark.parametrize(
        ("tier", "locked"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_it_is_locked(self, tier, locked):
        """A lock outlives the stack, so a sandbox has none."""
        document = built(vault(), tier=tier)

        assert paths(document, "aws_backup_vault_lock_configuration") == (["Vault/Lock"] if locked else [])

    def test_what_is_off_is_recorded(self):
        """With the tier that says so."""
        (off,) = [each for each in stack_of(vault(), tier="dev").switched_off if "locked" in each.holds]

        assert off.why == "sizing.deletion_protection of tier dev"

    @pytest.mark.parametrize(("says", "locked"), [(True, True), (False, False), (None, False)])
    def test_the_settings_can_lock_what_the_tier_does_not(self, says, locked):
        """The stricter of the two holds."""
        document = said(vault(), tier="dev", vault_lock=says)

        assert paths(document, "aws_backup_vault_lock_configuration") == (["Vault/Lock"] if locked else [])

    def test_the_settings_do_not_unlock_what_the_tier_locks(self):
        """No word against it."""
        assert paths(said(vault(), vault_lock=False), "aws_backup_vault_lock_configuration") == ["Vault/Lock"]

    def test_the_code_goes_before_both(self):
        """And is recorded."""
        document = said(vault(locked=False), vault_lock=True)

        assert paths(document, "aws_backup_vault_lock_configuration") == []

    def test_it_keeps_backups_for_35_days_or_longer(self):
        """It can be lifted, unless the code says when it can not."""
        lock = at(built(vault()), "Vault/Lock")

        assert lock["min_retention_days"] == 35
        assert "changeable_for_days" not in lock

    def test_the_settings_say_how_long(self):
        """Where the code does not."""
        assert at(said(vault(), retention_days=90), "Vault/Lock")["min_retention_days"] == 90
        assert (
            at(said(vault(min_retention_days=7), retention_days=90), "Vault/Lock")["min_retention_days"] == 7
        )

    @pytest.mark.parametrize("days", [0, -1, 36_501, "35"])
    def test_days_that_are_refused(self, days):
        """None is no number of days."""
        refused(vault(min_retention_days=days), "a backup is kept")

    def test_after_its_days_of_grace_nobody_lifts_it(self):
        """Compliance mode."""
        assert at(built(vault(lock_grace_days=3)), "Vault/Lock")["changeable_for_days"] == 3

    @pytest.mark.parametrize("days", [0, 2, 36_501])
    def test_days_of_grace_that_are_refused(self, days):
        """AWS wants three days to think it over."""
        refused(vault(lock_grace_days=days), "lift a vault's lock")

    def test_days_of_grace_without_a_lock_are_refused(self):
        """Somebody thinks that the vault is locked."""
        assert refused(vault(lock_grace_days=3, locked=False), "without a lock").given == "lock_grace_days=3"


class TestCopies:
    def test_the_vault_for_copies_has_the_name_that_plans_know(self):
        """One an account and region."""
        document = built(lambda stack: BackupVault.for_copies(stack, "Copies"))

        assert at(document, "Copies/Resource")["name"] == "acme-backup-copies"

    def test_another_account_may_copy_into_it(self):
        """By its name, while it is of the organisation."""
        document = built(lambda stack: vault()(stack).accept_copies_from("management"))

        assert statements(document, "Vault/Policy")["AcceptCopies"] == {
            "Sid": "AcceptCopies",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
            "Action": "backup:CopyIntoBackupVault",
            "Resource": ARN,
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        }

    def test_everyone_is_refused(self):
        """Without a condition that says who."""
        statement = Statement(
            "Copy", ("backup:CopyIntoBackupVault",), (ARN,), principals=(Principal.everyone(),)
        )

        refused(lambda stack: vault()(stack).add_to_policy(statement), "nothing to everyone")


class TestGrants:
    def test_a_role_lists_backups(self):
        """And ends none."""

        def build(stack):
            vault()(stack).grants.list_backups(Role(stack, "Reader", trust=GLUE))

        assert statements(built(build), "Reader/Policy") == {
            "ListBackups": {
                "Sid": "ListBackups",
                "Effect": "Allow",
                "Action": ["backup:DescribeBackupVault", "backup:ListRecoveryPointsByBackupVault"],
                "Resource": ARN,
            }
        }

    def test_another_accounts_role_is_in_the_vaults_policy(self):
        """By name."""
        document = built(lambda stack: vault()(stack).grants.list_backups(Role.from_arn(OTHER)))

        assert statements(document, "Vault/Policy")["ListBackups"]["Principal"] == {"AWS": OTHER}


class TestFromName:
    @pytest.mark.parametrize(
        ("arguments", "place"),
        [
            ({}, "eu-west-1:012345678901"),
            ({"region": "eu-central-1"}, "eu-central-1:012345678901"),
            ({"account_id": "999999999999"}, "eu-west-1:999999999999"),
        ],
    )
    def test_it_makes_nothing(self, arguments, place):
        """And may be of another region or account."""
        kept = []
        document = built(
            lambda stack: kept.append(BackupVault.from_name(stack, "Theirs", "copies", **arguments))
        )

        assert kept[0].arn == f"arn:aws:backup:{place}:backup-vault:copies"
        assert "resource" not in document

    @pytest.mark.parametrize("name", ["*", "x", "a b"])
    def test_a_name_that_is_refused(self, name):
        """A wildcard would be every vault."""
        refused(lambda stack: BackupVault.from_name(stack, "Theirs", name), "refuse this backup vault name")

    def test_a_region_that_is_none_of_the_organisations(self):
        """Data stays where the organisation is."""
        error = refused(
            lambda stack: BackupVault.from_name(stack, "Theirs", "copies", region="us-east-1"),
            "none of the organisation's",
        )

        assert error.expected == "one of eu-west-1, eu-central-1"

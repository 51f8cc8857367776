from dataclasses import replace

import pytest
from reading import at, built, paths

from landform.constructs.backup import BackupPlan, BackupVault
from landform.constructs.dynamodb import Attribute, Table
from landform.constructs.kms import Key
from landform.constructs.s3 import Bucket
from landform.errors import Code, LandformError
from landform.org.models import Backup
from landform.resources import CheckedResource
from landform.testing import stack_instance, synthesise_json

NAME = "acme-payments-prod-data-lake-backup"
PLAN_ID = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
POLICIES = "Backup/Role/ManagedPolicies"
BUCKETS = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"


def plan(**arguments):
    return lambda stack: BackupPlan(stack, "Backup", **arguments)


def adding(*things, **arguments):
    """A stack with a plan, to which what each of ``things`` makes is added."""

    def build(stack):
        found = plan(**arguments)(stack)
        for thing in things:
            found.add(thing(stack))

    return build


def table(stack):
    return Table(stack, "Ledger", partition_key=Attribute("account"))


def rule(document):
    (found,) = at(document, "Backup/Resource")["rule"]
    return found


def said(build, **backup):
    """The document of a stack whose settings say this of backups."""
    instance = stack_instance()
    settings = instance.settings.model_copy(update={"backup": Backup(**backup)})
    return synthesise_json(build, replace(instance, settings=settings))


def refused(build, match):
    """The error that a stack gives, which names the user's line."""
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_backup_plan.py"
    return caught.value


class TestBackupPlan:
    def test_it_backs_up_every_day(self):
        """Into a vault of its own, for 35 days."""
        document = built(plan())

        assert at(document, "Backup/Resource")["name"] == NAME
        assert rule(document)["rule_name"] == "daily"
        assert rule(document)["schedule"] == "cron(0 5 ? * * *)"
        assert rule(document)["lifecycle"] == [{"delete_after": 35}]
        assert rule(document)["target_vault_name"].startswith("${aws_backup_vault.Backup_Vault_")
        assert at(document, "Backup/Vault/Lock")["min_retention_days"] == 35

    def test_backups_carry_the_mandatory_tags(self):
        """A backup outlives what it is of."""
        assert rule(built(plan()))["recovery_point_tags"] == {
            "account": "payments-prod",
            "cost-center": "4711",
            "data-class": "restricted",
            "managed-by": "landform",
            "owner": "payments",
            "tier": "prod",
        }

    def test_the_settings_say_how_long(self):
        """Of the backups, and of the vault's lock."""
        document = said(plan(), retention_days=90)

        assert rule(document)["lifecycle"] == [{"delete_after": 90}]
        assert at(document, "Backup/Vault/Lock")["min_retention_days"] == 90

    def test_the_code_goes_before_the_settings(self):
        """Of both too: a vault refuses backups that it could not keep as long as it must."""
        document = said(plan(retention_days=7), retention_days=90)

        assert rule(document)["lifecycle"] == [{"delete_after": 7}]
        assert at(document, "Backup/Vault/Lock")["min_retention_days"] == 7

    @pytest.mark.parametrize("days", [0, 36_501, "35"])
    def test_days_that_are_refused(self, days):
        """0 would be for ever to nobody."""
        refused(plan(retention_days=days), "a backup is kept")

    @pytest.mark.parametrize("schedule", ["daily", "rate(1 day)", "cron(0 5 * * *)", "cron()", ""])
    def test_a_schedule_that_is_refused(self, schedule):
        """Six fields, as AWS has them."""
        assert refused(plan(schedule=schedule), "schedule of a backup plan").given == repr(schedule)

    @pytest.mark.parametrize("name", ["no good", "x" * 51, "a/b"])
    def test_a_name_that_is_refused(self, name):
        """Wrong characters, or too long."""
        refused(plan(plan_name=name), "refuse this backup plan name")

    def test_a_vault_of_the_stack_is_used(self):
        """And none is made."""
        document = built(lambda stack: plan(vault=BackupVault(stack, "Vault"))(stack))

        assert paths(document, "aws_backup_vault") == ["Vault/Resource"]

    def test_a_vault_that_another_stack_makes(self):
        """By its name, in this account and region."""
        document = built(lambda stack: plan(vault=BackupVault.from_name(stack, "Theirs", "shared"))(stack))

        assert rule(document)["target_vault_name"] == "shared"

    @pytest.mark.parametrize("elsewhere", [{"region": "eu-central-1"}, {"account_id": "999999999999"}])
    def test_a_vault_of_elsewhere_is_refused(self, elsewhere):
        """AWS backs up within an account and region, and copies from there."""
        error = refused(
            lambda stack: plan(vault=BackupVault.from_name(stack, "Theirs", "shared", **elsewhere))(stack),
            "its own account and region",
        )

        assert error.fix == "Pass a vault of elsewhere in copy_to."


class TestCopies:
    def test_none_unless_the_settings_say_so(self):
        """One region is a decision of the organisation."""
        assert "copy_action" not in rule(built(plan()))

    def test_to_the_regions_of_the_settings(self):
        """Into the vault for copies of each, kept as long; the plan's own region is none of them."""
        document = said(plan(), copy_regions=("eu-central-1", "eu-west-1"), retention_days=90)

        assert rule(document)["copy_action"] == [
            {
                "destination_vault_arn": (
                    "arn:aws:backup:eu-central-1:012345678901:backup-vault:acme-backup-copies"
                ),
                "lifecycle": [{"delete_after": 90}],
            }
        ]

    def test_to_the_vaults_of_the_code(self):
        """Of another account, whatever the settings say."""

        def build(stack):
            theirs = BackupVault.from_name(stack, "Theirs", "copies", account_id="222222222222")
            plan(copy_to=[theirs])(stack)

        (copy,) = rule(said(build, copy_regions=("eu-central-1",)))["copy_action"]

        assert copy["destination_vault_arn"] == ("arn:aws:backup:eu-west-1:222222222222:backup-vault:copies")

    def test_into_the_vault_itself_is_refused(self):
        """That is no copy."""

        def build(stack):
            vault = BackupVault(stack, "Vault")
            plan(vault=vault, copy_to=[vault])(stack)

        refused(build, "copies to others")


class TestTags:
    def test_what_carries_the_plans_name_is_backed_up(self):
        """Whichever stack makes it."""
        selection = at(built(plan()), "Backup/Tagged")

        assert selection["resources"] == ["*"]
        assert selection["condition"] == [
            {"string_equals": [{"key": "aws:ResourceTag/backup-plan", "value": NAME}]}
        ]

    def test_the_settings_name_the_plan(self):
        """Which covers the account."""
        (condition,) = at(said(plan(), plan="daily-35d"), "Backup/Tagged")["condition"]

        assert condition["string_equals"] == [{"key": "aws:ResourceTag/backup-plan", "value": "daily-35d"}]

    def test_the_code_says_which_tags(self):
        """All of them, not one of them."""
        tags = {"tier": "prod", "data-class": "restricted"}
        (condition,) = at(built(plan(tags=tags)), "Backup/Tagged")["condition"]

        assert condition["string_equals"] == [
            {"key": "aws:ResourceTag/data-class", "value": "restricted"},
            {"key": "aws:ResourceTag/tier", "value": "prod"},
        ]

    def test_no_tags_select_nothing(self):
        """And nothing needs a role."""
        document = built(plan(tags={}))

        assert paths(document, "aws_backup_selection") == []
        assert paths(document, "aws_iam_role") == []


class TestAdd:
    def test_a_construct_is_backed_up(self):
        """By a reference, which a check can follow."""
        (arn,) = at(built(adding(table)), "Backup/Added")["resources"]

        assert arn.startswith("${aws_dynamodb_table.Ledger_")

    def test_several_are_one_selection(self):
        """And each of them is in it once."""
        kept = []

        def once(stack):
            kept.append(kept[0] if kept else table(stack))
            return kept[0]

        def volume(stack):
            key = Key(stack, "Key").arn
            return CheckedResource(
                stack,
                "Volume",
                "aws_ebs_volume",
                {"availability_zone": "eu-west-1a", "size": 8, "encrypted": True, "kms_key_id": key},
            )

        document = built(adding(once, once, volume, tags={}))

        assert paths(document, "aws_backup_selection") == ["Backup/Added"]
        assert [arn.partition(".")[0] for arn in at(document, "Backup/Added")["resources"]] == [
            "${aws_dynamodb_table",
            "${aws_ebs_volume",
        ]

    @pytest.mark.parametrize(
        ("thing", "given"),
        [(lambda stack: Key(stack, "Key"), "aws_kms_key"), (lambda stack: "ledger", "'ledger'")],
    )
    def test_what_cannot_be_backed_up_is_refused(self, thing, given):
        """It would be backed up on paper alone."""
        assert refused(adding(thing), "does not back this up").given == given

    def test_a_bucket_needs_a_policy_more(self):
        """Once for all buckets."""
        document = built(adding(lambda stack: Bucket(stack, "A"), lambda stack: Bucket(stack, "B"), tags={}))

        assert at(document, "Backup/BackUpBuckets")["policy_arn"] == BUCKETS

    def test_without_a_bucket_there_is_none(self):
        """The role reads no bucket; by tags it may find some."""
        assert "Backup/BackUpBuckets" not in paths(
            built(adding(table, tags={})), "aws_iam_role_policy_attachment"
        )
        assert "Backup/BackUpBuckets" in paths(built(plan()), "aws_iam_role_policy_attachment")


class TestRole:
    def test_it_backs_up_and_restores_nothing(self):
        """By AWS's policy for backups alone."""
        document = built(adding(table, tags={}))
        attachments = paths(document, "aws_iam_role_policy_attachment")

        assert attachments == [f"{POLICIES}/AWSBackupServiceRolePolicyForBackup"]

    def test_it_is_there_before_the_selection(self):
        """The service tries it."""
        needs = at(built(adding(table)), "Backup/Added")["depends_on"]

        assert any(need.startswith("aws_iam_role.Backup_Role_") for need in needs)
        assert any(need.startswith("aws_iam_role_policy_attachment.") for need in needs)


class TestFromId:
    def test_what_is_added_to_a_plan_of_another_stack(self):
        """With a role of this one."""
        document = built(lambda stack: BackupPlan.from_id(stack, "Backup", PLAN_ID).add(table(stack)))

        assert at(document, "Backup/Added")["plan_id"] == PLAN_ID
        assert paths(document, "aws_backup_plan") == []

    def test_it_makes_nothing(self):
        """Until something is added."""
        assert "resource" not in built(lambda stack: BackupPlan.from_id(stack, "Backup", PLAN_ID))

    @pytest.mark.parametrize("plan_id", ["daily", "", PLAN_ID.upper(), f"{PLAN_ID}0"])
    def test_an_id_that_is_refused(self, plan_id):
        """A name is not an id."""
        refused(lambda stack: BackupPlan.from_id(stack, "Backup", plan_id), "id of a backup plan")

"""Files of older schema versions: shown in the present one, never guessed."""

import pytest

from landform.errors import LandformError
from landform.org.document import parse
from landform.org.format import write_all
from landform.org.load import load
from landform.org.migrate import STEPS, migrate, migrate_text
from landform.org.versions import kind_and_version

OLD = """\
# the account of the payments team
schema: landform/account/v0
name: payments-dev
email: aws+payments-dev@acme.example
id: 012345678901  # as AWS gave it
ou: Workloads/Dev
tier: dev
owner: payments
contact: payments@acme.example
cost_center: "4711"
purpose: something
data_class: internal
regions: [eu-west-1, eu-central-1]
labels: { app: payments-dev }
"""


class TestAccountVersion0:
    """``landform/account/v0``: the id under another key, the owner a text."""

    def test_becomes_version_1(self):
        """Keys renamed and moved, comments where they were."""
        after = migrate_text(OLD, "org/accounts/payments-dev.yaml")
        assert after.startswith("# the account of the payments team\nschema: landform/account/v1\n")
        assert 'account_id: "012345678901"  # as AWS gave it\n' in after
        assert parse(after, "x").value["owner"] == {
            "team": "payments",
            "contact": "payments@acme.example",
            "cost_center": "4711",
        }

    @pytest.mark.parametrize("written", ["12345678901", "'012345678901'", '"012345678901"'])
    def test_a_lost_zero_comes_back(self, written):
        """An id has twelve digits; a number that has fewer lost them in front."""
        after = migrate_text(OLD.replace("012345678901", written), "x")
        assert parse(after, "x").value["account_id"] == "012345678901"

    @pytest.mark.parametrize("written", ["1234567890123", "12e4", "[1]", "", "0o17"])
    def test_what_is_no_id_is_an_error(self, written):
        """It is not guessed at."""
        with pytest.raises(LandformError) as caught:
            migrate_text(OLD.replace("012345678901", written), "x.yaml")
        assert caught.value.code.slug == "spec-value"
        assert caught.value.place.line == 5

    def test_what_the_new_version_needs_must_be_there(self):
        """An owner without a contact stays an error, at the owner."""
        with pytest.raises(LandformError) as caught:
            migrate_text(OLD.replace("contact: payments@acme.example\n", ""), "x.yaml")
        assert (caught.value.code.slug, caught.value.place.line) == ("spec-missing-key", 8)

    def test_two_ids_are_an_error(self):
        """Which of them is right is not for a program to say."""
        with pytest.raises(LandformError) as caught:
            migrate_text(OLD + 'account_id: "012345678901"\n', "x.yaml")
        assert caught.value.code.slug == "spec-duplicate"

    def test_migrating_twice_changes_nothing(self):
        """The second run finds the present version."""
        once = migrate_text(OLD, "x")
        assert migrate_text(once, "x") == once


class TestMigrate:
    """The files of a project."""

    def test_the_migrated_spec_loads(self, project):
        """Before it does not, and says what to do."""
        project.write("org/accounts/payments-dev.yaml", OLD)
        error = project.error()
        assert error.code.slug == "spec-version"
        assert "landform org migrate" in error.fix
        write_all(project.root, migrate(project.root))
        assert load(project.root).accounts[1].account_id == "012345678901"

    def test_nothing_is_written_by_looking(self, project):
        """What would change is given back."""
        project.write("org/accounts/payments-dev.yaml", OLD)
        (changed,) = migrate(project.root)
        assert (changed.file, changed.before) == ("org/accounts/payments-dev.yaml", OLD)
        assert (project.root / changed.file).read_text() == OLD

    def test_a_newer_version_is_an_error(self, project):
        """Another landform wrote it."""
        project.write("org/accounts/payments-dev.yaml", OLD.replace("v0", "v2"))
        for error in (project.error(), *self.errors(project)):
            assert error.code.slug == "spec-version"
            assert "newer" in error.fix

    def test_an_older_version_without_a_step_is_an_error(self, project):
        """There was never a version 0 of the units."""
        project.edit("org/ous.yaml", "ous/v1", "ous/v0")
        (error,) = self.errors(project)
        assert (error.code.slug, error.place.file, error.place.line) == ("spec-version", "org/ous.yaml", 1)
        assert "no step from landform/ous/v0" in error.fix

    def test_files_of_this_version_are_left_alone(self, project):
        """Even where they are not formatted."""
        project.edit("org/ous.yaml", "ous:\n", "ous:    \n")
        assert migrate(project.root) == []

    @staticmethod
    def errors(project):
        with pytest.raises(LandformError) as caught:
            migrate(project.root)
        return caught.value.each()


class TestSteps:
    """The table of steps."""

    def test_each_step_goes_one_version_on(self):
        """So that every older version has one way to the present."""
        assert all(step.after == step.before + 1 for step in STEPS)
        assert len({(step.kind, step.before) for step in STEPS}) == len(STEPS)


class TestKindAndVersion:
    """What a ``schema`` says."""

    @pytest.mark.parametrize("text", ["landform/account/v01", "landform/account", "account/v1", "", None, 1])
    def test_what_is_no_schema(self, text):
        """None, and no exception."""
        assert kind_and_version(text) is None

    def test_what_is_one(self):
        """Kind and number."""
        assert kind_and_version("landform/network-lock/v12") == ("network-lock", 12)

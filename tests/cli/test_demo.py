"""What ``landform demo`` makes of a project before it begins; the walk itself is in ``test_example.py``."""

import pytest

from landform.cli.demo import CANARY, STACK, prepare
from landform.errors import Code, LandformError
from landform.org.load import load
from landform.org.resolve import resolve

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVvZ2hpZXNoaWVwaDdhaXBvaDlhaG5nZWV0aDVhZTFy"


class TestPrepare:
    """``prepare``."""

    def test_adds_its_own_stack_to_some_accounts(self, project):
        """Three of them, in as many tiers."""
        before = {one.key for one in resolve(load(project)).instances}
        prepare(project, {})
        added = [one for one in resolve(load(project)).instances if one.key not in before]
        assert {one.stack for one in added} == {STACK}
        assert {one.tier.name for one in added} == {"dev", "stage", "prod"}

    def test_nobody_waits(self, project):
        """Neither for a bake nor for the end of a freeze window, whatever the day."""
        prepare(project, {})
        spec = load(project)
        assert {tier.rollout.bake for tier in spec.tiers} == {"0m", "0s"}
        assert {wave.bake for wave in spec.waves} <= {"0m", "0s", None}
        assert all(tier.rollout.freeze == () for tier in spec.tiers)

    def test_somebody_can_sign(self, project):
        """The people who are named have the keys that were given, and the others theirs."""
        before = {person.name: person.keys for person in load(project).approvers.people}
        prepare(project, {"jane": KEY})
        after = {person.name: person.keys for person in load(project).approvers.people}
        assert after["jane"][0].startswith(KEY)
        assert {**after, "jane": None} == {**before, "jane": None}

    def test_a_second_time_it_is_as_at_first(self, project):
        """What the demo before this one has changed is taken back."""
        prepare(project, {"jane": KEY})
        files = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
        account = project / f"org/accounts/{CANARY}.yaml"
        account.write_text(
            f'{account.read_text()}stacks: {{ params: {{ {STACK}: {{ text: "Good evening." }} }} }}\n'
        )
        prepare(project, {"jane": KEY})
        assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == files

    def test_a_project_that_is_not_the_example(self, project):
        """The file that it lacks is named."""
        (project / "org/waves.yaml").unlink()
        with pytest.raises(LandformError) as raised:
            prepare(project, {})
        assert raised.value.code is Code.NOT_WRITABLE
        assert "waves.yaml" in str(raised.value.place)

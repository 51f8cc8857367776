"""Which stacks a change affects, against a bundle and against a git revision."""

import json
import sys

import pytest

from landform.errors import Code, LandformError
from landform.org.load import load
from landform.org.resolve import resolve
from landform.synth.affected import affected
from landform.synth.bundle import INDEX
from landform.synth.recorded import RECORDED
from landform.synth.run import synth

LEDGERS = [f"payments-{tier}.payments-ledger" for tier in ("dev", "prod", "stage")]
TIER = "org/tiers/prod.yaml"


def forget():
    """A command is a process of its own; here the project's code must be imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme"]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def _own_modules(monkeypatch):
    """No test sees the code of another's project."""
    monkeypatch.setattr(sys, "path", [path for path in sys.path if "/acme" not in path])
    forget()
    yield
    forget()


@pytest.fixture(params=["bundle", "revision"])
def base(request, project, git):
    """The project as it is at the start, both ways."""
    if request.param == "revision":
        git.commit(project)
        return "HEAD"
    fleet = resolve(load(project))
    synth(fleet, fleet.instances, project=project, out=project / "cdktf.out")
    forget()
    return "cdktf.out"


@pytest.fixture
def compare(project, base):
    """Compare the project as it is now with the base."""
    return lambda **selection: affected(resolve(load(project)), project=project, base=base, **selection)


def edit(project, file, old, new):
    path = project / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def hows(found):
    return {stack.name: stack.how for stack in found.stacks}


class TestAffected:
    """What is affected and why."""

    def test_nothing_changed(self, compare):
        """Every stack was looked at, none differs."""
        found = compare()
        assert (found.compared, found.stacks, found.equal) == (41, (), ())

    def test_a_setting(self, project, compare):
        """The stacks that read it, with the field and both values; not those that do not."""
        edit(project, TIER, "az_count: 3", "az_count: 2")
        found = compare()
        assert {stack.stack for stack in found.stacks} == {"network", "payments-zone"}
        assert {stack.tier for stack in found.stacks} == {"prod"}
        (reason,) = found.stacks[0].reasons
        assert (reason.kind, reason.change.field, reason.change.before, reason.change.after) == (
            "spec", "settings.sizing.az_count", 3, 2,
        )  # fmt: skip
        assert any(part.startswith("- aws_subnet.") for part in found.stacks[0].parts)

    def test_other_inputs_and_the_same_result(self, project, compare):
        """A stricter gate is another input, and no other Terraform JSON."""
        edit(project, "org/tiers/dev.yaml", "max_days: 60", "max_days: 50")
        found = compare()
        assert found.stacks == ()
        assert {stack.account for stack in found.equal} == {"payments-dev"}
        assert found.equal[0].reasons[0].change.field == "settings.waivers.max_days"

    def test_a_comment_in_code_affects_nothing(self, project, compare):
        """The code's digest differs for all stacks, and no stack's text."""
        path = project / "acme" / "payments.py"
        path.write_text("# a comment\n" + path.read_text())
        found = compare()
        assert found.stacks == ()
        assert len(found.equal) == 41

    def test_code(self, project, compare):
        """The stacks that it makes, the file, and what differs in them."""
        edit(project, "acme/payments.py", "keep_days: int = 2557", "keep_days: int = 2556")
        found = compare()
        assert hows(found) == dict.fromkeys(LEDGERS, "changed")
        assert [str(reason) for reason in found.stacks[0].reasons] == ["code: acme/payments.py"]
        assert [part[:42] for part in found.stacks[0].parts] == ["~ aws_s3_bucket_lifecycle_configuration.Le"]

    def test_dependents(self, project, compare):
        """Whatever stands behind a stack that differs, near or far, with what it needs."""
        (project / "acme" / "base.py").write_text(
            "from landform.resources.aws.cloudwatch_log_group import CloudwatchLogGroup\n"
            "from landform.stacks import StateBackendStack\n\n\nclass Base(StateBackendStack):\n"
            "    def __init__(self, scope, instance):\n        super().__init__(scope, instance)\n"
            "        CloudwatchLogGroup(self, 'More', name='more')\n"
        )
        edit(project, "org/stacks.yaml", "landform.stacks:StateBackendStack", "acme.base:Base")
        found = compare(accounts=["payments-dev"])
        assert hows(found) == {
            "payments-dev.baseline": "dependent",
            "payments-dev.data-lake": "dependent",
            "payments-dev.eu-central-1.network": "dependent",
            "payments-dev.eu-west-1.network": "dependent",
            "payments-dev.payments-ledger": "dependent",
            "payments-dev.payments-zone": "dependent",
            "payments-dev.state-backend": "changed",
        }
        assert [str(reason) for stack in found.stacks[:2] for reason in stack.reasons] == [
            "needs: payments-dev.state-backend",
            "needs: payments-dev.baseline",
        ]
        assert found.stacks[-1].parts == ("+ aws_cloudwatch_log_group.More",)
        assert [str(reason) for reason in found.stacks[-1].reasons] == [
            "spec: construct: landform.stacks:StateBackendStack -> acme.base:Base",
            "code: acme/base.py",
        ]

    def test_new_and_removed(self, project, compare):
        """What is gone is told, and not named for a plan."""
        edit(project, "org/accounts/analytics-prod.yaml", 'data: "true"', 'data: "no"')
        path = project / "org/accounts/shared-network.yaml"
        path.write_text(path.read_text() + 'labels: { data: "true" }\n')
        found = compare(stacks=["data-lake"])
        assert hows(found) == {"analytics-prod.data-lake": "removed", "shared-network.data-lake": "new"}
        assert found.names == ("shared-network.data-lake",)

    def test_what_a_selection_needs_counts(self, project, compare):
        """A stack that was not selected is compared where a selected one needs it, and not told."""
        edit(project, TIER, "az_count: 3", "az_count: 2")
        assert compare(stacks=["baseline"]).stacks == ()
        assert {stack.account for stack in compare(accounts=["payments-*"], tiers=["prod"]).stacks} == {
            "payments-prod"
        }

    def test_a_selection_that_matches_nothing(self, compare):
        """It is an error, as everywhere."""
        with pytest.raises(LandformError) as caught:
            compare(accounts=["nobody"])
        assert caught.value.code is Code.NO_MATCH

    def test_a_stack_that_fails_now(self, project, compare):
        """One error for the cause, with the line."""
        edit(project, "acme/payments.py", "ledger = Bucket(", "ledger = Absent(")
        with pytest.raises(LandformError) as caught:
            compare()
        assert caught.value.code is Code.STACK_FAILED
        assert caught.value.place.file == "acme/payments.py"

    def test_the_answer_is_json(self, project, compare):
        """With all reasons."""
        edit(project, TIER, "az_count: 3", "az_count: 2")
        document = json.loads(json.dumps(compare().as_json()))
        assert document["stacks"][0]["reasons"] == [
            {"kind": "spec", "field": "settings.sizing.az_count", "before": 3, "after": 2}
        ]


class TestBundleAsBase:
    """What a bundle can tell."""

    @pytest.fixture
    def bundle(self, project):
        fleet = resolve(load(project))
        return synth(fleet, fleet.instances, project=project, out=project / "cdktf.out").bundle

    def test_only_the_index_is_needed(self, project, bundle):
        """Without the texts and the record of inputs the stacks are the same, and less is explained."""
        for path in bundle.root.rglob("cdk.tf.json"):
            path.unlink()
        (bundle.root / RECORDED).unlink()
        edit(project, TIER, "az_count: 3", "az_count: 2")
        found = affected(resolve(load(project)), project=project, base="cdktf.out")
        assert {stack.stack for stack in found.stacks} == {"network", "payments-zone"}
        assert [str(reason) for reason in found.stacks[0].reasons] == ["spec"]
        assert found.stacks[0].parts == ()

    def test_another_context_is_a_reason(self, project, bundle):
        """What CDKTF_CONTEXT_JSON gives reaches constructs."""
        fleet = resolve(load(project))
        found = affected(fleet, project=project, base="cdktf.out", context={"hello": "x"})
        assert found.stacks == ()
        assert str(found.equal[0].reasons[0]) == "context"

    def test_another_provider_schema_is_a_reason(self, project, bundle):
        """With both versions."""
        index = json.loads((bundle.root / INDEX).read_text())
        index["inputs"]["schema_packs"]["hashicorp/aws"] = "5.0.0 sha256:x"
        for stack in index["stacks"].values():
            stack["inputs"] = "sha256:other"
        (bundle.root / INDEX).write_text(json.dumps(index))
        found = affected(resolve(load(project)), project=project, base="cdktf.out")
        assert str(found.equal[0].reasons[0]).startswith(
            "schema-pack: hashicorp/aws: 5.0.0 sha256:x -> 5.100.0"
        )

    def test_a_bundle_of_a_selection_lacks_the_others(self, project):
        """They are new to it."""
        fleet = resolve(load(project))
        few = [instance for instance in fleet.instances if instance.stack == "payments-ledger"]
        synth(fleet, few, project=project, out=project / "cdktf.out")
        found = affected(fleet, project=project, base="cdktf.out", accounts=["payments-dev"])
        assert set(hows(found).values()) == {"new", "dependent"}
        assert hows(found)["payments-dev.payments-ledger"] == "dependent"


class TestRevisionAsBase:
    """What a revision can tell."""

    def test_two_versions_of_a_module_do_not_mix(self, project, git):
        """The present one is imported already when the old one is made."""
        git.commit(project)
        edit(project, "acme/payments.py", "keep_days: int = 2557", "keep_days: int = 2556")
        fleet = resolve(load(project))
        synth(fleet, fleet.instances, project=project, out=project / "cdktf.out")
        assert affected(fleet, project=project, base="HEAD").names == tuple(LEDGERS)

    def test_a_stack_that_failed_there(self, project, git):
        """What could not be made differs from what can, and the rest is compared."""
        text = (project / "acme/payments.py").read_text()
        (project / "acme/payments.py").write_text("broken(\n")
        git.commit(project)
        (project / "acme/payments.py").write_text(text)
        found = affected(resolve(load(project)), project=project, base="HEAD")
        assert {stack.stack for stack in found.stacks} == {"payments-ledger", "payments-zone"}
        assert "could not be synthesised there" in str(found.stacks[0].reasons[0])

    def test_a_spec_that_was_wrong_there(self, project, git):
        """The error names the revision."""
        edit(project, TIER, "rank: 40", "rank: high")
        git.commit(project)
        edit(project, TIER, "rank: high", "rank: 40")
        with pytest.raises(LandformError) as caught:
            affected(resolve(load(project)), project=project, base="HEAD")
        assert caught.value.place.file == f"HEAD:{TIER}"

    def test_a_project_in_a_folder_of_its_repository(self, project, git):
        """And with stack code that prints."""
        path = project / "acme" / "payments.py"
        path.write_text(path.read_text() + "\nprint('hello')\n")
        git.commit(project.parent)
        edit(project, TIER, "az_count: 3", "az_count: 2")
        found = affected(resolve(load(project)), project=project, base="HEAD")
        assert {stack.stack for stack in found.stacks} == {"network", "payments-zone"}


class TestBase:
    """What is no base."""

    @pytest.mark.parametrize(
        ("base", "code"), [("nope", Code.NO_REVISION), ("org", Code.NO_BUNDLE), ("-h", Code.NO_REVISION)]
    )
    def test_neither_bundle_nor_revision(self, project, git, base, code):
        """The error says what it looked for."""
        git.commit(project)
        with pytest.raises(LandformError) as caught:
            affected(resolve(load(project)), project=project, base=base)
        assert (caught.value.code, caught.value.given) == (code, base)

    def test_no_repository(self, project):
        """A project of its own has no revisions."""
        with pytest.raises(LandformError) as caught:
            affected(resolve(load(project)), project=project, base="HEAD")
        assert caught.value.code is Code.NO_REVISION

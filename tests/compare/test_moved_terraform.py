"""A scope that was renamed, under real Terraform and the real AWS provider, against the local AWS."""

import json
import subprocess
from dataclasses import replace

import pytest

from landform.compare.moved import Proposal, proposal
from landform.compare.run import compare
from landform.constructs.iam import Role, Trust
from landform.core import Construct
from landform.core.element import Resource
from landform.digest import sha256
from landform.synth.bundle import Bundle, ResourceRecord, StackRecord
from landform.terraform.cliconfig import UserConfig, write_cli_config
from landform.terraform.override import sandbox_override
from landform.terraform.run import Terraform, environment
from landform.terraform.workdir import Workdir
from landform.testing import stack_instance, synthesise

pytestmark = pytest.mark.terraform


def build(*scopes):
    """A role and an instance profile for it, below some scopes: IAM lets neither be renamed."""

    def make(stack):
        scope = stack
        for id in scopes:
            scope = Construct(scope, id)
        role = Role(scope, "Sender", description="Sends.", trust=[Trust.service("ec2.amazonaws.com")])
        name = stack.physical_name(scope, 128)
        (made,) = (each for each in role.node.find_all() if isinstance(each, Resource))
        Resource(scope, "Profile", "aws_iam_instance_profile", {"name": name, "role": made.ref("name")})

    return make


class Applied:
    """A stack whose first form is applied, and what Terraform would do of others."""

    def __init__(self, workdir, instance):
        self.workdir, self.instance = workdir, instance

    def folder(self, make, moves):
        synthesis = synthesise(make, replace(self.instance, moves=moves))
        config = json.loads(synthesis.text)
        override = sandbox_override(config, self.instance.account.account_id)
        folder = self.workdir.prepare("app", synthesis.text, override)
        self.workdir.init(folder, self.workdir.template(config, override), config, override)
        return folder

    def apply(self, make):
        terraform = self.workdir.terraform
        command = [*terraform.binary.argv, "apply", "-auto-approve", "-no-color", "-input=false"]
        done = subprocess.run(
            command, cwd=self.folder(make, {}), env=terraform.environ, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def actions(self, make, moves):
        """What Terraform would do, by address: its actions and the address before."""
        folder = self.folder(make, moves)
        self.workdir.terraform.plan(folder, folder / "plan")
        plan = self.workdir.terraform.show_json(folder, folder / "plan")
        return {
            change["address"]: (tuple(change["change"]["actions"]), change.get("previous_address"))
            for change in plan["resource_changes"]
            if change["mode"] == "managed"
        }


@pytest.fixture(scope="module")
def applied(terraform_binary, provider_mirror, sandbox, tmp_path_factory):
    """The stack with its first name, applied."""
    root = tmp_path_factory.mktemp("moved") / ".landform" / "terraform"
    config = write_cli_config(root, mirror=provider_mirror, user=UserConfig("", (), ()))
    terraform = Terraform(terraform_binary, environment(config.path, overrides=sandbox.environment()))
    found = Applied(
        Workdir(root, terraform, str(provider_mirror.path)),
        stack_instance(account="moved-dev", account_id="777777777777", stack="app"),
    )
    found.apply(build("Old"))
    return found


class TestARenamedScope:
    """What Terraform does of a subtree that has another name in code."""

    def test_destroys_nothing(self, applied):
        """With an entry every object is kept, its name too; tags that hold the path are changed in place."""
        actions = applied.actions(build("Group", "New"), {"Group/New": "Old"})
        assert actions
        assert {each for each, _ in actions.values()} <= {("no-op",), ("update",)}
        assert all(before for _, before in actions.values())

    def test_without_an_entry_it_would(self, applied):
        """Which is what the entry is for."""
        actions = applied.actions(build("Group", "New"), {})
        assert any("delete" in each for each, _ in actions.values())


def bundle_of(root, synthesis, instance):
    """A bundle of one stack."""
    record = StackRecord(
        name=instance.key, stack=instance.stack, account=instance.account.name,
        account_id=instance.account.account_id, tier=instance.tier.name, region=instance.region,
        construct="acme:App", sha256=sha256(synthesis.text), inputs="", dependencies=(), waivers=(),
        resources={address: ResourceRecord(*origin) for address, origin in synthesis.origins.items()},
        tags=instance.tags,
    )  # fmt: skip
    folder = root / "stacks" / record.name
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(synthesis.text)
    return Bundle(root, {record.name: record}, {}, "landform 1", "sha256:0")


class TestProposal:
    """The entry that the comparison proposes is the one that keeps everything."""

    def test_one_entry_for_the_subtree(self, tmp_path):
        """And with it nothing is left to say."""
        instance = stack_instance(account="moved-dev", stack="app")
        moved = replace(instance, moves={"Group/New": "Old"})
        forms = [(build("Old"), instance), (build("Group", "New"), instance), (build("Group", "New"), moved)]
        old, new, said = (
            bundle_of(tmp_path / str(number), synthesise(make, each), instance)
            for number, (make, each) in enumerate(forms)
        )
        found = proposal(compare(old, new), new)
        assert (found.lines(), found.unsaid) == (("app: Old -> Group/New",), ())
        after = compare(old, said)
        assert proposal(after, said) == Proposal((), ())
        assert {(entry.difference.kind, entry.difference.lines) for entry in after.changes} == {("moved", ())}
        assert after.gained == ()

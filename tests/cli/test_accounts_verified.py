"""``landform accounts activate --verify`` over what real Terraform applied to a sandbox."""

from __future__ import annotations

import pytest
from lives import ACCOUNTS, Lives
from records import Project
from somebody import client_in

from landform.plan import Runner
from landform.terraform.standing_sandbox import start, stop

BLOCKS = {
    "terraform": {
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
        "backend": {"s3": {"bucket": "state", "key": "k", "region": "eu-west-1"}},
    },
    "provider": {"aws": [{"region": "eu-west-1"}]},
}
PARAMETER = {"name": "/work/seconds", "type": "String", "insecure_value": "30"}


@pytest.fixture
def lives(tmp_path, terraform_binary, provider_mirror):
    """The shop in quarantine, its baseline of one stack applied to a sandbox."""
    lives = Lives(tmp_path)
    baseline = "org/baselines/workload-1.yaml"
    lives.write(baseline, (tmp_path / baseline).read_text().replace("[base, state]", "[base]"))
    lives.write(
        "org/stacks.yaml",
        (tmp_path / "org/stacks.yaml")
        .read_text()
        .replace('  - { id: state, construct: "acme:State", opt_in: true }\n', ""),
    )
    lives.edit("shop", 'cost_center: "4711"', 'cost_center: "4711", phone: "+49 30 1234"')
    lives.status("shop", "quarantined")
    sandbox = start(tmp_path).sandbox
    try:
        lives.record = Project(tmp_path, sandbox.instance)
        bundle = lives.bundle({"shop.base": BLOCKS | {"resource": {"aws_ssm_parameter": {"p": PARAMETER}}}})
        runner = Runner.begin(
            bundle, project=tmp_path, binary=terraform_binary, mirror=provider_mirror, sandbox=sandbox
        )
        with runner.at_work(runner.prepare(bundle.stacks["shop.base"]), "apply") as at:
            at.terraform.plan(at.folder, at.folder / "raw.plan", secrets=at.secrets)
            assert at.terraform.apply(at.folder, at.folder / "raw.plan", secrets=at.secrets).error is None
        lives.apply(bundle, "shop.base")
        lives.url = sandbox.url
        yield lives
    finally:
        stop(tmp_path)


def set_timeout(lives, seconds):
    """Change the parameter by hand."""
    ssm = client_in(lives.url, ACCOUNTS["shop"][0], "ssm")
    ssm.put_parameter(Name="/work/seconds", Value=str(seconds), Type="String", Overwrite=True)


def test_verified(landform, lives):
    """Not while a default VPC is there, nor while a parameter was changed by hand; then it is active."""

    def accounts(*arguments):
        return landform("accounts", *arguments, "--sandbox", "--json", cwd=lives.root)

    said = accounts("activate", "shop", "--verify")
    assert said.status == 1
    assert "`landform accounts prepare shop`" in said.document["errors"][0]["fix"]
    assert accounts("prepare", "shop").status == 0
    set_timeout(lives, 900)
    said = accounts("activate", "shop", "--verify")
    assert (said.status, said.document["errors"][0]["code"]) == (1, "account-life")
    assert said.document["errors"][0]["given"] == "1 resources changed outside"
    assert lives.account("shop").status == "quarantined"
    set_timeout(lives, 30)
    said = accounts("activate", "shop", "--verify")
    assert (said.status, said.document["verified"]) == (0, True), said.out
    assert lives.account("shop").status == "active"

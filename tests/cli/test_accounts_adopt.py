"""``landform accounts adopt``, without Terraform; with it, the story in ``tests/vending``."""

from __future__ import annotations

import yaml
from somebody import client_in

MANAGEMENT = "100000000001"


def legacy(url):
    """An account of an organisation in the sandbox, in which an alias stands; its id."""
    client = client_in(url, MANAGEMENT, "organizations")
    client.create_organization(FeatureSet="ALL")
    above = client.list_roots()["Roots"][0]["Id"]
    root = above
    for name in ("Workloads", "Dev"):
        made = client.create_organizational_unit(ParentId=above, Name=name)
        above = made["OrganizationalUnit"]["Id"]
    tags = [{"Key": "owner", "Value": "payments"}, {"Key": "data-class", "Value": "internal"}]
    id = client.create_account(AccountName="Legacy", Email="aws+legacy@acme.example", Tags=tags)[
        "CreateAccountStatus"
    ]["AccountId"]
    client.move_account(AccountId=id, SourceParentId=root, DestinationParentId=above)
    iam = client_in(url, id, "iam")
    iam.create_account_alias(AccountAlias="old")
    return id


class TestAdopt:
    """``landform accounts adopt``."""

    def test_an_account_that_the_spec_lacks(self, landform, project):
        """What AWS Organizations says becomes its file, and what stands in it its imports."""
        url = landform("sandbox", "start", "--json", cwd=project).document["url"]
        try:
            id = legacy(url)
            said = landform(
                "accounts", "adopt", "legacy-pay", "--account-id", id, "--tier", "dev", "--stack", "baseline",
                "--sandbox", "--no-plan", "--json", cwd=project,
            )  # fmt: skip
            assert said.status == 0, said.err
            assert said.document["written"] == ["org/accounts/legacy-pay.yaml", "org/imports.yaml"]
            account = yaml.safe_load((project / "org/accounts/legacy-pay.yaml").read_text())
            assert (account["account_id"], account["status"], account["ou"]) == (
                id,
                "active",
                "Workloads/Dev",
            )
            assert [each["id"] for each in said.document["found"]] == ["old"]
            assert landform("org", "validate", cwd=project).status == 0
            finish = landform(
                "accounts", "adopt", "legacy-pay", "--finish", "--sandbox", "--json", cwd=project
            )
            assert "nothing-applied" in finish.out
        finally:
            landform("sandbox", "stop", cwd=project)

    def test_no_sandbox_runs(self, landform, project):
        """One of its own would be empty."""
        said = landform("accounts", "adopt", "payments-dev", "--sandbox", cwd=project)
        assert said.status == 2
        assert "nothing-applied" in said.err

"""``landform org import`` and ``org drift`` against a local AWS, through an assumed role."""

import pytest
from somebody import client_in

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/landform-read"


@pytest.fixture
def aws(sandbox):
    """An organisation in an account of its own, and the environment that leads there."""
    environment = {
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_DEFAULT_REGION": "us-east-1",
    }

    organizations = client_in(sandbox.url, ACCOUNT, "organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Workloads")
    made = organizations.create_account(AccountName="Payments", Email="payments@acme.example")
    account = made["CreateAccountStatus"]["AccountId"]
    organizations.move_account(
        AccountId=account, SourceParentId=root, DestinationParentId=unit["OrganizationalUnit"]["Id"]
    )
    yield organizations, environment
    organizations.remove_account_from_organization(AccountId=account)
    organizations.delete_organization()


class TestImport:
    """An existing organisation becomes a project."""

    def test_through_a_role(self, landform, aws, tmp_path):
        """What is written is valid at once, and drifts in nothing."""
        _, environment = aws
        said = landform(
            *("org", "import", "--role-arn", ROLE, "--name", "acme", "--region", "eu-west-1"),
            *("--owner", "platform", "--out", "acme", "--json"),
            cwd=tmp_path,
            **environment,
        )
        assert said.status == 0, said.err
        assert (said.document["accounts"], said.document["kept"]) == (2, [])
        assert "org/accounts/payments.yaml" in said.document["written"]
        assert landform("org", "lock", cwd=tmp_path / "acme").status == 0
        said = landform("org", "drift", "--role-arn", ROLE, "--json", cwd=tmp_path / "acme", **environment)
        assert (said.status, said.document["differences"]) == (0, [])

    def test_what_must_be_said(self, landform, tmp_path):
        """AWS knows no name and no regions; the error says which options do."""
        said = landform("org", "import", "--out", "acme", "--json", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "usage")
        assert "--region" in said.document["errors"][0]["expected"]


class TestDrift:
    """The living organisation and the spec."""

    def test_another_organization(self, landform, aws, project):
        """The example's spec against an organisation that is not its own: status 1, each difference with its code."""
        _, environment = aws
        said = landform("org", "drift", "--role-arn", ROLE, "--json", cwd=project, **environment)
        assert said.status == 1
        codes = {each["code"] for each in said.document["differences"]}
        assert {"other-organization", "missing-account", "extra-account", "missing-unit"} <= codes

    def test_for_people(self, landform, aws, project):
        """A table with the line of the spec."""
        _, environment = aws
        said = landform("org", "drift", "--role-arn", ROLE, cwd=project, **environment)
        assert said.status == 1
        assert "org/org.yaml:3" in said.out
        assert "missing-account" in said.out

    def test_no_organization(self, landform, sandbox, project, aws):
        """A role in an account without one: AWS's own words and status 3."""
        _, environment = aws
        role = "arn:aws:iam::999988887777:role/landform-read"
        said = landform("org", "drift", "--role-arn", role, "--json", cwd=project, **environment)
        assert (said.status, said.document["errors"][0]["code"]) == (3, "aws-refused")

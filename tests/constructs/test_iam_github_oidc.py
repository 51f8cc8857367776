from dataclasses import replace

import pytest
from reading import at, built, paths, statements

from landform.constructs import AwsStack
from landform.constructs.iam import GithubOidcProvider, GithubOidcRole, Role
from landform.constructs.s3 import Bucket
from landform.core import App
from landform.errors import Code, LandformError
from landform.iam import Statement
from landform.org.models.organization import DeployRules
from landform.testing import TIERS, stack_instance

GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::012345678901:oidc-provider/{GITHUB}"


def workflow(**arguments):
    """A stack with the provider and one role of a repository."""

    def build(stack):
        github = GithubOidcProvider(stack, "Github")
        return GithubOidcRole(
            stack,
            "Workflow",
            **{"provider": github, "repository": "acme/ledger", "access": "apply", **arguments},
        )

    return build


def trusted(**arguments):
    """The one statement of the role's trust policy."""
    document = built(workflow(**arguments))
    (statement,) = statements(document, "Workflow/Resource", "assume_role_policy").values()
    return statement


class TestGithubOidcProvider:
    def test_it_is_for_sts_alone(self):
        """A token for anything else is not taken."""
        provider = at(built(workflow()), "Github/Resource")

        assert provider["url"] == f"https://{GITHUB}"
        assert provider["client_id_list"] == ["sts.amazonaws.com"]

    def test_it_has_no_thumbprint(self):
        """AWS has GitHub's certificate authority in its own library; a thumbprint would only expire."""
        assert "thumbprint_list" not in at(built(workflow()), "Github/Resource")

    def test_one_from_elsewhere_has_the_same_arn(self):
        """An account has one."""

        def build(stack):
            elsewhere = GithubOidcProvider.from_account(stack, "Imported")
            GithubOidcRole(stack, "Workflow", provider=elsewhere, repository="acme/ledger", access="plan")

        document = built(build)
        (trust,) = statements(document, "Workflow/Resource", "assume_role_policy").values()

        assert trust["Principal"] == {"Federated": PROVIDER}
        assert not paths(document, "aws_iam_openid_connect_provider")


class TestGithubOidcRole:
    def test_it_trusts_an_exact_subject_for_an_exact_audience(self):
        """No wildcard, and StringEquals."""
        assert trusted() == {
            "Sid": "TrustWorkflow",
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    f"{GITHUB}:aud": "sts.amazonaws.com",
                    f"{GITHUB}:sub": "repo:acme/ledger:environment:prod",
                }
            },
        }

    @pytest.mark.parametrize("tier", TIERS)
    def test_the_environment_that_applies_is_the_tiers(self, tier):
        """Its protection rules in GitHub say who may."""
        document = built(workflow(), tier=tier)
        (trust,) = statements(document, "Workflow/Resource", "assume_role_policy").values()

        assert trust["Condition"]["StringEquals"][f"{GITHUB}:sub"] == f"repo:acme/ledger:environment:{tier}"

    @pytest.mark.parametrize(
        ("arguments", "asks"),
        [
            ({"environment": "live"}, ["environment:live"]),
            ({"access": "plan"}, ["pull_request", "ref:refs/heads/main"]),
            ({"access": "plan", "branch": "release/1"}, ["pull_request", "ref:refs/heads/release/1"]),
            (
                {"access": "plan", "environment": "plans"},
                ["environment:plans", "pull_request", "ref:refs/heads/main"],
            ),
        ],
    )
    def test_who_asks(self, arguments, asks):
        """A plan is for pull requests and a branch, an apply for an environment alone."""
        subjects = trusted(**arguments)["Condition"]["StringEquals"][f"{GITHUB}:sub"]

        assert ([subjects] if isinstance(subjects, str) else subjects) == [
            f"repo:acme/ledger:{ask}" for ask in asks
        ]

    @pytest.mark.parametrize(
        "repository",
        ["acme", "acme/*", "*", "acme/ledger:*", "acme/ledger/x", "", "-acme/ledger", "acme/le dger"],
    )
    def test_a_repository_that_is_not_one_is_refused(self, repository):
        """A wildcard would let others in."""
        with pytest.raises(LandformError, match="repository, which must be one and exact") as caught:
            built(workflow(repository=repository))

        assert caught.value.given == repr(repository)
        assert caught.value.place.file == "test_iam_github_oidc.py"

    @pytest.mark.parametrize("environment", ["*", "prod:x", "", "a/b"])
    def test_an_environment_that_is_not_exact_is_refused(self, environment):
        """A colon would begin another claim."""
        with pytest.raises(LandformError, match="environment of a repository"):
            built(workflow(environment=environment))

    @pytest.mark.parametrize("branch", ["*", "release/*", "a..b", "", "/a"])
    def test_a_branch_that_is_not_exact_is_refused(self, branch):
        """One branch, by its name."""
        with pytest.raises(LandformError, match="branch of a repository"):
            built(workflow(access="plan", branch=branch))

    def test_an_access_that_is_neither_is_refused(self):
        """With the nearest that there is."""
        with pytest.raises(LandformError, match="plans or applies") as caught:
            built(workflow(access="aply"))

        assert caught.value.expected == "one of plan, apply"
        assert "apply" in caught.value.fix

    def test_a_repository_that_the_organisation_does_not_deploy_from_is_refused(self):
        """By the patterns of ``deploy.repositories``."""
        instance = stack_instance()
        organization = instance.organization.model_copy(
            update={"deploy": DeployRules(repositories=("acme/*",))}
        )
        stack = AwsStack(App(), replace(instance, organization=organization))
        github = GithubOidcProvider(stack, "Github")
        GithubOidcRole(stack, "Own", provider=github, repository="acme/ledger", access="plan")

        with pytest.raises(LandformError, match="does not deploy from this repository") as caught:
            GithubOidcRole(stack, "Other", provider=github, repository="evil/ledger", access="plan")

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.expected == "one of acme/*"

    def test_it_carries_the_boundary_and_lasts_an_hour(self):
        """As every role."""
        role = at(built(workflow()), "Workflow/Resource")

        assert role["permissions_boundary"].endswith(":policy/acme-permissions-boundary")
        assert role["max_session_duration"] == 3600

    def test_a_role_that_plans_reads_as_an_auditor_does(self):
        """Configuration, and none of the data."""
        document = built(workflow(access="plan"))

        assert paths(document, "aws_iam_role_policy_attachment") == [
            "Workflow/ManagedPolicies/SecurityAudit",
            "Workflow/ManagedPolicies/ViewOnlyAccess",
        ]

    def test_a_role_that_applies_has_what_it_is_granted(self):
        """And no managed policy."""
        assert not paths(built(workflow()), "aws_iam_role_policy_attachment")


class TestGrantsOfARoleThatPlans:
    def test_a_grant_that_reads_is_taken(self):
        """The use of the key goes along."""

        def build(stack):
            role = workflow(access="plan")(stack)
            Bucket(stack, "Lake").grants.read_objects(role)

        assert statements(built(build), "Workflow/Policy").keys() == {"ReadObjects", "UseKeyViaS3"}

    def test_a_grant_that_writes_is_refused(self):
        """On the line of the role."""

        def build(stack):
            role = workflow(access="plan")(stack)
            Bucket(stack, "Lake").grants.write_objects(role)

        with pytest.raises(LandformError, match="plans changes nothing") as caught:
            built(build)

        assert "s3:PutObject" in caught.value.given
        assert caught.value.place.construct_path.endswith("/Workflow")

    def test_the_same_grant_is_taken_by_a_role_that_applies(self):
        """It is for that."""

        def build(stack):
            Bucket(stack, "Lake").grants.write_objects(workflow()(stack))

        assert "WriteObjects" in statements(built(build), "Workflow/Policy")

    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            ("s3:PutObject", "arn:aws:s3:::state/x/terraform.tfstate.tflock"),
            ("sts:AssumeRole", "arn:aws:iam::999999999999:role/landform-plan"),
            ("kms:Decrypt", "arn:aws:kms:eu-west-1:999999999999:key/1"),
            ("s3:GetObject", "arn:aws:s3:::state/*"),
        ],
    )
    def test_what_a_plan_needs_is_taken(self, action, resource):
        """The lock of a state, and to become a plan role of another account."""
        document = built(
            lambda stack: workflow(access="plan")(stack).add_to_policy(
                Statement("Plan", (action,), (resource,))
            )
        )

        assert statements(document, "Workflow/Policy")["Plan"]["Action"] == action

    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            ("s3:PutObject", "arn:aws:s3:::state/x/terraform.tfstate"),
            ("sts:AssumeRole", "arn:aws:iam::999999999999:role/landform-apply"),
            ("iam:PassRole", "arn:aws:iam::012345678901:role/x"),
            ("s3:PutObjectTagging", "arn:aws:s3:::state/x"),
            ("s3:PutBucketPolicy", "arn:aws:s3:::state"),
            ("nothing:Known", "arn:aws:s3:::state"),
        ],
    )
    def test_what_changes_something_is_refused(self, action, resource):
        """Writes, tags, permissions, and what AWS's table does not know."""
        with pytest.raises(LandformError, match="plans changes nothing"):
            built(
                lambda stack: workflow(access="plan")(stack).add_to_policy(
                    Statement("Plan", (action,), (resource,))
                )
            )

    def test_a_statement_that_denies_is_taken(self):
        """It gives nothing."""
        deny = Statement("Never", ("s3:DeleteBucket",), ("arn:aws:s3:::state",), effect="Deny")
        document = built(lambda stack: workflow(access="plan")(stack).add_to_policy(deny))

        assert statements(document, "Workflow/Policy")["Never"]["Effect"] == "Deny"


def test_it_can_be_granted_to_as_any_role():
    """Its ARN is literal."""
    kept = []
    built(lambda stack: kept.append(workflow()(stack)))

    assert isinstance(kept[0], Role)
    assert kept[0].arn == "arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-workflow"

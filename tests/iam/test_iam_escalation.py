import pytest
from cloudsplaining.shared.constants import ACTIONS_THAT_RETURN_CREDENTIALS, PRIVILEGE_ESCALATION_METHODS
from iam_policies import allow, deny, policy, when

from landform.iam.access import access_of
from landform.iam.actions import find_action
from landform.iam.escalation import KINDS, PASS_ROLE, is_administrator, known_paths, paths_of
from landform.iam.identity import Guardrails

# AWS has closed the service, and its accounts have what they had.
RETIRED = {"codestar:CreateProject", "codestar:CreateProjectFromTemplate", "codestar:AssociateTeamMember"}

# Of Cloudsplaining's list, what gives no rights: a pipeline that was not defined does nothing; a token of a registry
# or of oneself lets nothing be done that was not allowed anyway; a certificate is public; the portal asks for a token
# of its own and no permission; two are slips of the pen, one is in AWS's table by its other name.
NOT_A_PATH = {
    "PassExistingRoleToNewDataPipeline",
    "codeartifact:getauthorizationtoken",
    "cognito-idp:getsigningcertificate",
    "connect:getfederationtokens",
    "ecr:getauthorizationtoken",
    "ecr-public:getauthorizationtoken",
    "gamelist:getcomputeaccess",
    "gamelist:getcomputeauthtoken",
    "sso:getrolecredentials",
    "sts:getsessiontoken",
}
OF_CLOUDSPLAINING = PRIVILEGE_ESCALATION_METHODS | {
    action: [action] for action in ACTIONS_THAT_RETURN_CREDENTIALS
}


def open_to(*statements, **limits):
    """The ids of the paths that are open to a principal with one policy."""
    return {one.path.id for one in paths_of(access_of([policy(*statements)], **limits))}


class TestKnownPaths:
    def test_every_action_is_one_of_aws(self):
        """In AWS's own capitals; the exceptions are those of a service that was closed."""
        named = {action for path in known_paths() for group in path.actions for action in group}
        unknown = {one for one in named if (found := find_action(one)) is None or found.name != one}

        assert unknown == RETIRED

    def test_a_path_that_passes_a_role_says_to_whom(self):
        """And no other path does."""
        for path in known_paths():
            assert ((PASS_ROLE,) in path.actions) == bool(path.passed_to), path.id
            assert all(service.endswith(".amazonaws.com") for service in path.passed_to), path.id

    def test_each_has_an_id_of_its_own_a_kind_and_a_source(self):
        """In the order of their ids."""
        ids = [path.id for path in known_paths()]

        assert ids == sorted(set(ids))
        assert all(path.kind in KINDS and path.gives and path.sources for path in known_paths())

    def test_no_two_paths_are_the_same(self):
        """Of two with the same actions and services, one would be enough."""
        seen = [(path.actions, path.passed_to) for path in known_paths()]

        assert len(seen) == len(set(seen))

    def test_all_of_rhinos_methods_are_there(self):
        """The list that the others grew from, numbers 1 to 28."""
        numbers = {int(s[6:]) for path in known_paths() for s in path.sources if s.startswith("rhino:")}

        assert numbers == set(range(1, 29))


class TestPathsOf:
    @pytest.mark.parametrize("path", known_paths(), ids=lambda path: path.id)
    def test_each_path_is_open_to_who_has_its_actions(self, path):
        """And to nobody who lacks one of them."""
        needed = [group[0] for group in path.actions]

        assert path.id in open_to(allow(needed))
        for one in needed:
            others = [action for action in needed if action != one]
            assert path.id not in open_to(allow([*others, "s3:ListBucket"]))

    @pytest.mark.parametrize("name", sorted(set(OF_CLOUDSPLAINING) - NOT_A_PATH))
    def test_what_cloudsplaining_lists_is_open(self, name):
        """By a path of landform's table."""
        assert open_to(allow(OF_CLOUDSPLAINING[name]))

    def test_what_gives_nothing_more_is_no_path(self):
        """Reading and writing one's own data."""
        assert open_to(allow(["s3:ListBucket", "dynamodb:GetItem", "logs:PutLogEvents"])) == set()

    @pytest.mark.parametrize(
        ("service", "answer"),
        [("lambda.amazonaws.com", True), ("ec2.amazonaws.com", False), ("lambda*", False)],
    )
    def test_a_role_must_be_one_for_the_service(self, service, answer):
        """What iam:PassedToService lets through; StringEquals knows no wildcard."""
        passing = allow("iam:PassRole", **when("StringEquals", "iam:PassedToService", service))
        found = open_to(passing, allow("lambda:*"))

        assert ("lambda-create-invoke" in found) is answer

    def test_a_statement_without_pass_role_has_paths_without_it(self):
        """Code in a function that is there already."""
        found = open_to(allow("lambda:*"))

        assert "lambda-update-code" in found
        assert "lambda-create-invoke" not in found

    @pytest.mark.parametrize(
        "limits",
        [
            {"boundary": policy(allow("s3:*"))},
            {"session": policy(allow("s3:*"))},
            {"guardrails": Guardrails(scps=((policy(allow("*"), deny("iam:*")),),))},
        ],
        ids=["boundary", "session", "SCP"],
    )
    def test_what_another_layer_stops_is_not_open(self, limits):
        """Though the policy allows it."""
        assert open_to(allow("iam:*"), **limits) == set()

    def test_a_deny_of_some_resources_leaves_the_path_open(self):
        """By the others."""
        one = "arn:aws:iam::111111111111:role/admin"

        assert "attach-role-policy" in open_to(allow("iam:AttachRolePolicy"), deny("iam:*", one))
        assert "attach-role-policy" not in open_to(allow("iam:AttachRolePolicy", one), deny("iam:*", one))

    def test_the_statements_that_open_it_are_told(self):
        """For each step, with the action and a request."""
        statements = [
            allow("iam:PassRole", "arn:aws:iam::111111111111:role/app", Sid="Pass"),
            allow(
                ["lambda:CreateFunction", "lambda:InvokeFunction"],
                Sid="Run",
                **when("Bool", "aws:ViaAWSService", "true"),
            ),
        ]
        found = {one.path.id: one for one in paths_of(access_of([policy(*statements)]))}[
            "lambda-create-invoke"
        ]

        assert [(step.action, str(step.found[0].statement)) for step in found.steps] == [
            ("iam:PassRole", "p: Pass"),
            ("lambda:CreateFunction", "p: Run"),
            ("lambda:InvokeFunction", "p: Run"),
        ]
        assert found.steps[0].found[0].point.resource == "arn:aws:iam::111111111111:role/app"
        assert [step.conditional for step in found.steps] == [False, True, True]
        assert found.conditional


class TestIsAdministrator:
    @pytest.mark.parametrize(
        ("statements", "answer"),
        [
            ([allow("*")], True),
            ([allow("*:*")], True),
            ([allow(None, NotAction="iam:*"), allow("iam:*")], True),
            ([allow(None, NotAction="iam:*")], False),
            ([allow("*"), deny("organizations:LeaveOrganization")], False),
            ([allow("*", **when("Bool", "aws:MultiFactorAuthPresent", "true"))], False),
        ],
    )
    def test_it_is_who_may_do_everything(self, statements, answer):
        """Whichever way that is written, and without any condition."""
        assert is_administrator(access_of([policy(*statements)])) is answer

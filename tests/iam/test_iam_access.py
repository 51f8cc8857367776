import pytest
from iam_policies import ACCOUNT, OTHER, ROLE, ROOT, USER, allow, deny, policy, when, who

from landform.iam.access import access_of, access_of_identity, by_action, somewhere, what_can
from landform.iam.identity import Guardrails
from landform.iam.policy import Names

IN_VPC = when("StringEquals", "aws:SourceVpc", "vpc-1")
LAKE = "arn:aws:s3:::lake/*"


def access(*statements, **more):
    return access_of([policy(*statements)], **more)


class TestWhatCan:
    def test_a_permission_for_each_action_of_each_statement(self):
        """With its resources, its guards, and where it stands."""
        (get, put) = what_can(access(allow(["s3:GetObject", "s3:Put*"], LAKE, Sid="Use", **IN_VPC)))

        assert get.actions.patterns == ("s3:getobject",)
        assert put.actions.patterns == ("s3:put*",)
        assert put.resources.patterns == (LAKE,)
        assert [str(guard) for guard in put.guards] == ["StringEquals aws:SourceVpc vpc-1"]
        assert str(put.statement) == "p: Use"

    def test_what_is_denied_whole_is_no_permission(self):
        """What is denied in part is one, with the statement that denies the part."""
        (left,) = what_can(
            access(
                allow(["s3:GetObject", "s3:PutObject"], LAKE),
                deny("s3:Put*"),
                deny("s3:Get*", LAKE[:-1] + "in/*"),
            )
        )

        assert left.actions.patterns == ("s3:getobject",)
        assert [str(one) for one in left.unless] == ["p: statement 3"]

    def test_a_deny_with_a_condition_leaves_the_permission(self):
        """Where the condition does not hold, it is there."""
        (left,) = what_can(access(allow("s3:GetObject", LAKE), deny("s3:*", **IN_VPC)))

        assert len(left.unless) == 1

    def test_what_a_boundary_does_not_let_pass_is_no_permission(self):
        """Of what it lets pass in part it is told which statements do."""
        boundary = policy(
            allow("s3:Get*", Sid="Get"), allow("s3:*", "arn:aws:s3:::lake/in/*", Sid="In"), name="edge"
        )
        found = what_can(
            access(allow(["s3:GetObject", "s3:PutObject", "sns:Publish"], LAKE), boundary=boundary)
        )

        limits = {one.actions.patterns[0]: [[str(s) for s in layer] for layer in one.limits] for one in found}
        assert limits == {"s3:getobject": [["edge: Get", "edge: In"]], "s3:putobject": [["edge: In"]]}

    def test_a_layer_that_lets_all_pass_limits_nothing(self):
        """As AWS's own full-access SCP does."""
        scps = Guardrails(scps=((policy(allow("*")),),))

        assert what_can(access(allow("s3:GetObject"), guardrails=scps))[0].limits == ()

    def test_conditions_that_cannot_both_hold_are_no_permission(self):
        """A statement for one network under a boundary for another gives nothing."""
        boundary = policy(allow("*", **when("StringEquals", "aws:SourceVpc", "vpc-2")))

        assert what_can(access(allow("s3:GetObject", **IN_VPC), boundary=boundary)) == ()

    def test_not_action_names_the_actions_of_today_that_are_left(self):
        """Whatever it leaves out is not among them."""
        (all_but,) = what_can(access(allow(None, NotAction=["iam:*", "sts:*"])))
        known = all_but.known_actions()

        assert all_but.actions.excluded
        assert "s3:GetObject" in known
        assert not any(name.startswith(("iam:", "sts:")) for name in known)


class TestSomewhere:
    def test_the_statement_and_a_request_that_it_lets(self):
        """On a resource of the kind that the action takes."""
        (found,) = somewhere(access(allow("s3:*", LAKE, Sid="Use"), allow("sns:*")), "s3:GetObject")

        assert str(found.statement) == "p: Use"
        assert found.point.action == "s3:getobject"
        assert found.point.resource.startswith("arn:aws:s3:::lake/")

    @pytest.mark.parametrize("limit", ["boundary", "session"])
    def test_every_layer_must_let_it(self, limit):
        """What the other one does not name cannot be done anywhere."""
        assert somewhere(access(allow("s3:*"), **{limit: policy(allow("sns:*"))}), "s3:GetObject") == ()

    def test_a_deny_on_some_resources_leaves_the_others(self):
        """The request is on one of those."""
        (found,) = somewhere(
            access(allow("s3:*", LAKE), deny("s3:*", "arn:aws:s3:::lake/x*")), "s3:GetObject"
        )

        assert not found.point.resource.startswith("arn:aws:s3:::lake/x")

    def test_a_resource_that_is_asked_for(self):
        """Only statements about it count."""
        given = access(allow("s3:GetObject", LAKE), allow("s3:GetObject", "arn:aws:s3:::pond/*"))
        (found,) = somewhere(given, "s3:GetObject", resources=Names(("arn:aws:s3:::pond/*",)))

        assert str(found.statement) == "p: statement 2"


class TestAccessOf:
    def test_an_identity_has_all_its_layers(self):
        """Its policies, boundary and session policy, and its account's SCPs."""
        identity = who(allow("s3:*"), boundary=policy(allow("*")), session=policy(deny("sns:*"), allow("*")))
        scps = Guardrails(scps=((policy(allow("*"), deny("iam:*")),), (policy(allow("*")),)))
        found = access_of_identity(identity, scps)

        assert len(found.layers) == 5
        assert len(found.denies) == 2

    @pytest.mark.parametrize(
        ("named", "id", "answer"),
        [
            ({"AWS": ROOT}, f"AWS:{ROLE}", True),
            ({"AWS": ROLE}, f"AWS:arn:aws:sts::{ACCOUNT}:assumed-role/app/run", True),
            ({"AWS": USER}, f"AWS:{ROLE}", False),
            ({"AWS": OTHER}, f"AWS:{ROLE}", False),
            ({"Service": "sns.amazonaws.com"}, "Service:sns.amazonaws.com", True),
            ("*", f"AWS:{ROLE}", True),
        ],
    )
    def test_a_resource_policy_is_about_principals(self, named, id, answer):
        """An account is all that is in it, a role its sessions too."""
        (box,) = access_of([policy(allow("s3:*", Principal=named))]).layers[0]

        assert (not box.principals.apart(Names((id,), variables=False))) is answer


class TestByAction:
    def test_only_what_names_the_action_is_kept(self):
        """In every layer, and of the denies."""
        given = access(
            allow("s3:Get*"), allow(None, NotAction="s3:*"), deny("s3:GetObject"), boundary=policy(allow("*"))
        )
        narrow = by_action(given, ["s3:GetObject", "sns:Publish"])

        assert [len(layer) for layer in narrow["s3:GetObject"].layers] == [1, 1]
        assert len(narrow["s3:GetObject"].denies) == 1
        assert narrow["sns:Publish"].layers[0][0].actions.excluded
        assert narrow["sns:Publish"].denies == ()

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iam_policies import ACCOUNT, OBJECT, OTHER, ROLE, ROOT, SESSION, USER, allow, deny, policy, when, who

from landform.iam.evaluate import Verdict, evaluate, guards_of, names_action
from landform.iam.identity import Guard, Guardrails, Identity, Request, Resource
from landform.iam.policy import Names

READ = "s3:GetObject"
EVERYTHING = policy(allow("*"), name="all")
NOTHING = policy(allow("sns:Publish"), name="other")
FORBIDDEN = policy(allow("*"), deny(READ), name="forbidden")
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"
IN_VPC = when("StringEquals", "aws:SourceVpc", "vpc-1")


def decided(identity, action=READ, resource=OBJECT, *, by=None, owner=None, over=None, **context):
    """The decision on one request; ``by`` is the resource's policy, ``over`` the guardrails of the account."""
    known = {key.replace("_", ":"): (value,) for key, value in context.items()}
    request = Request(identity, action, Resource(resource, owner, by), known)
    return evaluate(request, {ACCOUNT: over} if over else None)


def verdict(*arguments, **named):
    return decided(*arguments, **named).verdict


class TestEvaluate:
    def test_what_no_policy_allows_is_denied(self):
        """And the answer names the layer that is silent."""
        decision = decided(who(allow("s3:ListBucket")))

        assert decision.verdict is Verdict.DENIED
        assert decision.missing == ("identity policy",)
        assert str(decision) == "denied: no identity policy allows it"

    def test_an_identity_policy_is_enough_in_its_own_account(self):
        """The statement that allows it is named."""
        decision = decided(who(allow(READ, "arn:aws:s3:::lake/*", Sid="Read")))

        assert decision.verdict is Verdict.ALLOWED
        assert str(decision) == "allowed by p: Read"

    @pytest.mark.parametrize(
        ("identity", "resource_policy", "over"),
        [
            (who(allow("*"), deny(READ)), None, None),
            (who(allow("*"), boundary=FORBIDDEN), None, None),
            (who(allow("*"), session=FORBIDDEN), None, None),
            (who(allow("*")), policy(deny("s3:*", Principal="*")), None),
            (who(allow("*")), None, Guardrails(scps=((EVERYTHING,), (FORBIDDEN,)))),
            (who(allow("*")), None, Guardrails(rcps=((policy(deny(READ, Principal="*")),),))),
        ],
        ids=["identity", "boundary", "session", "resource", "SCP", "RCP"],
    )
    def test_a_deny_wins_wherever_it_stands(self, identity, resource_policy, over):
        """Whatever else allows it."""
        decision = decided(identity, by=resource_policy, over=over)

        assert decision.verdict is Verdict.DENIED
        assert len(decision.denied_by) == 1
        assert str(decision).startswith("denied by ")

    @pytest.mark.parametrize(
        ("limits", "missing"),
        [({"boundary": NOTHING}, "permissions boundary"), ({"session": NOTHING}, "session policy")],
    )
    def test_a_boundary_and_a_session_policy_must_allow_too(self, limits, missing):
        """They give nothing, and limit what the identity's policies give."""
        assert decided(who(allow("*"), **limits)).missing == (missing,)

    def test_a_boundary_gives_nothing(self):
        """Alone it allows nothing at all."""
        assert decided(who(boundary=EVERYTHING)).missing == ("identity policy",)

    def test_every_level_of_scps_must_allow(self):
        """One that is silent is enough to stop it; of several policies of a level one is enough."""
        silent = Guardrails(scps=((EVERYTHING,), (NOTHING,)))
        enough = Guardrails(scps=((EVERYTHING,), (NOTHING, EVERYTHING)))

        assert decided(who(allow("*")), over=silent).missing == ("SCP",)
        assert verdict(who(allow("*")), over=enough) is Verdict.ALLOWED

    def test_scps_do_not_reach_a_service(self):
        """A service principal is in no account of the organisation."""
        service = Identity("logs.amazonaws.com", "Service")
        by = policy(allow(READ, Principal={"Service": "logs.amazonaws.com"}))

        assert verdict(service, by=by, owner=ACCOUNT, over=Guardrails(scps=((NOTHING,),))) is Verdict.ALLOWED

    def test_rcps_reach_only_the_services_that_have_them(self):
        """S3 has them, SNS has not."""
        rcps = Guardrails(rcps=((policy(deny("*", Principal="*")),),))
        topic = f"arn:aws:sns:eu-west-1:{ACCOUNT}:t"

        assert verdict(who(allow("*")), "sns:Publish", topic, over=rcps) is Verdict.ALLOWED
        assert verdict(who(allow("*")), over=rcps) is Verdict.DENIED

    def test_a_resource_policy_is_enough_within_an_account(self):
        """The user itself needs no policy."""
        by = policy(allow(READ, Principal={"AWS": USER}))

        assert verdict(Identity(USER), by=by) is Verdict.ALLOWED

    @pytest.mark.parametrize(
        ("identity", "by", "answer"),
        [
            (who(allow("*")), None, Verdict.DENIED),
            (Identity(ROLE), policy(allow(READ, Principal={"AWS": ROLE})), Verdict.DENIED),
            (who(allow("*")), policy(allow(READ, Principal={"AWS": ROLE})), Verdict.ALLOWED),
            (who(allow("*")), policy(allow(READ, Principal={"AWS": ROOT})), Verdict.ALLOWED),
            (Identity(ROLE, policies=None), policy(allow(READ, Principal={"AWS": ROLE})), Verdict.ALLOWED_IF),
        ],
        ids=["no resource policy", "no identity policy", "both", "account", "not known"],
    )
    def test_between_two_accounts_both_sides_must_allow(self, identity, by, answer):
        """A principal whose policies nobody gave is allowed if those allow it."""
        assert verdict(identity, by=by, owner=OTHER) is answer

    @pytest.mark.parametrize(
        ("named", "id", "answer"),
        [
            (ROLE, ROLE, Verdict.DENIED),
            (ROLE, SESSION, Verdict.DENIED),
            (SESSION, SESSION, Verdict.ALLOWED),
            (USER, USER, Verdict.ALLOWED),
            (ROOT, ROLE, Verdict.DENIED),
        ],
    )
    def test_a_boundary_limits_what_a_resource_policy_gives_a_role(self, named, id, answer):
        """And not what it gives a user or a session; an account has to give it on."""
        identity = Identity(id, boundary=NOTHING)

        assert verdict(identity, by=policy(allow(READ, Principal={"AWS": named}))) is answer

    def test_a_session_by_any_name_is_the_role(self):
        """What names one session of a role is about the role if the session is that one."""
        decision = decided(Identity(ROLE), by=policy(allow(READ, Principal={"AWS": SESSION})))

        assert decision.verdict is Verdict.ALLOWED_IF
        assert decision.guards == (Guard("Principal", "session", (SESSION,)),)

    @pytest.mark.parametrize(
        ("by", "answer"),
        [
            (policy(allow("kms:*", Principal={"AWS": ROOT})), Verdict.ALLOWED),
            (policy(allow("kms:*", Principal={"AWS": USER})), Verdict.DENIED),
            (None, Verdict.ALLOWED_IF),
        ],
        ids=["left to the account", "for someone else", "not known"],
    )
    def test_a_keys_policy_must_leave_it_to_the_account(self, by, answer):
        """Otherwise no identity policy gives anything on a key."""
        assert verdict(who(allow("kms:*")), "kms:Decrypt", KEY, by=by) is answer

    def test_a_role_is_assumed_by_whom_it_trusts(self):
        """Within an account its trust policy is enough, if it names the principal itself."""
        direct = policy(allow("sts:AssumeRole", None, Principal={"AWS": USER}))
        account = policy(allow("sts:AssumeRole", None, Principal={"AWS": ROOT}))

        assert verdict(Identity(USER), "sts:AssumeRole", ROLE, by=direct) is Verdict.ALLOWED
        assert verdict(Identity(USER), "sts:AssumeRole", ROLE, by=account) is Verdict.DENIED
        assert verdict(who(allow("sts:*"), id=USER), "sts:AssumeRole", ROLE, by=account) is Verdict.ALLOWED

    def test_root_needs_no_identity_policy(self):
        """It may do anything in its account that no guardrail forbids."""
        assert verdict(Identity(ROOT)) is Verdict.ALLOWED

    def test_a_condition_on_an_unknown_key_is_a_guard(self):
        """It is never taken to hold, nor dropped."""
        decision = decided(who(allow(READ, **IN_VPC)))

        assert decision.verdict is Verdict.ALLOWED_IF
        assert [str(guard) for guard in decision.guards] == ["StringEquals aws:SourceVpc vpc-1"]
        assert str(decision) == "allowed by p: statement 1 if StringEquals aws:SourceVpc vpc-1"

    def test_a_condition_on_a_known_key_is_decided(self):
        """One way or the other."""
        identity = who(allow(READ, **IN_VPC))

        assert verdict(identity, aws_SourceVpc="vpc-1") is Verdict.ALLOWED
        assert verdict(identity, aws_SourceVpc="vpc-2") is Verdict.DENIED

    def test_a_deny_with_a_guard_leaves_it_open(self):
        """Allowed, unless the guard holds."""
        decision = decided(who(allow("*"), deny(READ, **IN_VPC)))

        assert decision.verdict is Verdict.ALLOWED_IF
        assert str(decision).endswith(" unless p: statement 2 if StringEquals aws:SourceVpc vpc-1")

    def test_a_statement_without_a_guard_is_better_than_one_with(self):
        """What hangs on nothing is what is told."""
        decision = decided(who(allow(READ, **IN_VPC), allow("s3:*")))

        assert decision.verdict is Verdict.ALLOWED
        assert decision.guards == ()

    def test_a_variable_has_the_users_name(self):
        """Which follows from the principal; a tag does not, and is a guard."""
        home = who(allow(READ, "arn:aws:s3:::lake/${aws:username}/*"), id=USER)
        team = who(allow(READ, "arn:aws:s3:::lake/${aws:PrincipalTag/team}/*"), id=USER)

        assert verdict(home, resource="arn:aws:s3:::lake/jane/a") is Verdict.ALLOWED
        assert verdict(home, resource="arn:aws:s3:::lake/joe/a") is Verdict.DENIED
        assert verdict(team, resource="arn:aws:s3:::lake/joe/a") is Verdict.ALLOWED_IF

    @pytest.mark.parametrize(
        ("id", "named", "answer"),
        [
            (USER, [USER, ROOT], Verdict.ALLOWED),
            (USER, [USER], Verdict.DENIED),
            (USER, [ROOT], Verdict.ALLOWED_IF),
            (USER, "*", Verdict.ALLOWED),
            (SESSION, [SESSION, ROLE, ROOT], Verdict.ALLOWED),
            (SESSION, [ROLE, ROOT], Verdict.DENIED),
            (ROLE, [SESSION, ROLE, ROOT], Verdict.ALLOWED_IF),
        ],
    )
    def test_not_principal_with_deny_spares_who_is_named_whole(self, id, named, answer):
        """A user with its account, a session with its role and account; the account alone the guide leaves open."""
        by = policy(deny("s3:*", NotPrincipal={"AWS": named}))

        assert verdict(who(allow("*"), id=id), by=by) is answer

    def test_not_principal_with_allow_is_everyone_else(self):
        """Whoever is not named."""
        by = policy(allow(READ, NotPrincipal={"AWS": USER}))

        assert verdict(Identity(SESSION), by=by) is Verdict.ALLOWED
        assert verdict(Identity(USER), by=by) is Verdict.DENIED

    def test_not_action_and_not_resource_leave_out_what_they_name(self):
        """Both at once, too."""
        identity = who(
            allow(None, None, NotAction="iam:*", NotResource="arn:aws:s3:::lake/secret/*"),
        )

        assert verdict(identity) is Verdict.ALLOWED
        assert verdict(identity, resource="arn:aws:s3:::lake/secret/a") is Verdict.DENIED
        assert verdict(identity, "iam:PassRole", ROLE) is Verdict.DENIED


tests = st.sampled_from(
    [
        {},
        IN_VPC,
        when("StringNotEquals", "aws:SourceVpc", "vpc-1"),
        when("StringLike", "aws:PrincipalTag/team", "a*"),
        when("Bool", "aws:SecureTransport", "false"),
        when("Null", "aws:SourceVpc", "true"),
        when("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
    ]
)
statements = st.builds(
    lambda make, action, resource, test: make(action, resource, **test),
    st.sampled_from([allow, allow, deny]),
    st.sampled_from(["*", "s3:*", "s3:Get*", READ, "s3:PutObject"]),
    st.sampled_from(["*", "arn:aws:s3:::lake/*", OBJECT, "arn:aws:s3:::lake/${aws:PrincipalTag/team}/*"]),
    tests,
)
policies = st.lists(statements, max_size=4)
values = {
    "aws:SourceVpc": ((), ("vpc-1",), ("vpc-2",)),
    "aws:PrincipalTag/team": ((), ("in",), ("a",)),
    "aws:SecureTransport": (("true",), ("false",)),
    "aws:TagKeys": ((), ("a", "b")),
}
contexts = st.fixed_dictionaries({}, optional={key: st.sampled_from(some) for key, some in values.items()})
BEST_FIRST = [Verdict.ALLOWED, Verdict.ALLOWED_IF, Verdict.DENIED]


def ask(own, context, boundary=None, scp=None):
    limit = policy(*boundary) if boundary else None
    identity = Identity(ROLE, policies=(policy(*own),) if own else (), boundary=limit)
    over = {ACCOUNT: Guardrails(scps=((policy(*scp),),))} if scp else None
    return evaluate(Request(identity, READ, Resource(OBJECT), context), over).verdict


class TestEvaluateAlways:
    @settings(deadline=None)
    @given(policies, policies, policies, contexts, statements)
    def test_one_more_deny_never_allows_more(self, own, boundary, scp, context, more):
        """Wherever it is put."""
        denial = more | {"Effect": "Deny"}
        before = BEST_FIRST.index(ask(own, context, boundary, scp))

        assert BEST_FIRST.index(ask([*own, denial], context, boundary, scp)) >= before
        if boundary:
            assert BEST_FIRST.index(ask(own, context, [*boundary, denial], scp)) >= before
        if scp:
            assert BEST_FIRST.index(ask(own, context, boundary, [*scp, denial])) >= before

    @settings(deadline=None)
    @given(policies, policies, contexts, statements)
    def test_one_more_allow_never_allows_less(self, own, boundary, context, more):
        """A statement cannot take away what another gives, but by denying."""
        before = BEST_FIRST.index(ask(own, context, boundary))

        assert BEST_FIRST.index(ask([*own, more | {"Effect": "Allow"}], context, boundary)) <= before

    @settings(deadline=None)
    @given(policies, policies, contexts, contexts)
    def test_knowing_more_of_a_request_only_settles_what_was_open(self, own, boundary, known, more):
        """What was allowed for sure, or denied for sure, stays so, whatever the open keys turn out to be."""
        before = ask(own, known, boundary)
        after = ask(own, more | known, boundary)

        assert before is Verdict.ALLOWED_IF or after is before

    @settings(deadline=None)
    @given(policies, policies, st.fixed_dictionaries({key: st.sampled_from(v) for key, v in values.items()}))
    def test_where_all_is_known_nothing_is_open(self, own, boundary, context):
        """A guard is there only for what the request does not tell."""
        assert ask(own, context, boundary) is not Verdict.ALLOWED_IF


class TestGuardsOf:
    def test_a_statement_about_another_action_does_not_apply(self):
        """None is not the same as no guards."""
        statement = policy(allow(READ)).statements[0]

        assert guards_of(statement, READ, OBJECT, {}) == ()
        assert guards_of(statement, "s3:PutObject", OBJECT, {}) is None


class TestNamesAction:
    @pytest.mark.parametrize("text", ["s3:getobject", "S3:Get*", "s3:Get?bject", "*", "*:*"])
    def test_capitals_do_not_matter(self, text):
        """Nor which wildcard is meant."""
        assert names_action(Names((text,), variables=False), READ)

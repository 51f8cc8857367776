"""The exact comparison of policies, held against z3's theory of strings and against single evaluations."""

import z3
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from landform.iam.access import access_of
from landform.iam.changes import new_access
from landform.iam.evaluate import Verdict, evaluate
from landform.iam.identity import Identity, Request, Resource
from landform.iam.pattern import ONE, RUN, Variable, matches, tokens
from landform.iam.policy import parse_policy

ROLE = "arn:aws:iam::111111111111:role/r"
TEAM = "aws:PrincipalTag/team"
ACTION = tokens("?*:?*")

piece = st.text("ab*?", max_size=4)
actions = st.one_of(
    st.sampled_from(["*", "*:*", "?3:*"]), piece.map("s3:{}".format).filter(lambda text: text != "s3:")
)
resources = st.one_of(st.just("*"), st.just("arn:aws:s3:::*"), piece.map("arn:aws:s3:::{}".format))
with_variables = st.one_of(
    resources,
    st.tuples(st.text("ab", max_size=2), st.sampled_from(["", "*", "a", "/a*"])).map(
        lambda parts: f"arn:aws:s3:::{parts[0]}${{{TEAM}}}{parts[1]}"
    ),
)
texts = st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=2)
likes = st.lists(st.text("ab*?", min_size=1, max_size=3), min_size=1, max_size=2)
keys = st.sampled_from(["aws:SourceVpc", "aws:PrincipalTag/a"])
equals = st.tuples(
    st.sampled_from(["StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists"]),
    keys,
    texts,
)
like = st.tuples(st.sampled_from(["StringLike", "StringNotLike", "StringLikeIfExists"]), keys, likes)
null = st.tuples(st.just("Null"), keys, st.sampled_from([["true"], ["false"]]))
conditions = st.lists(st.one_of(equals, like, null), max_size=2, unique_by=lambda test: test[0])


def statements(resource):
    """Statements over a small alphabet, where most patterns overlap."""
    return st.builds(
        lambda effect, action, no_action, actions, no_resource, resources, conditions: {
            "Effect": effect,
            "NotAction" if no_action else "Action": actions,
            "NotResource" if no_resource else "Resource": resources,
            "Condition": {operator: {key: values} for operator, key, values in conditions},
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.none(),
        st.sampled_from([False, False, False, True]),
        st.lists(actions, min_size=1, max_size=2),
        st.sampled_from([False, False, False, True]),
        st.lists(resource, min_size=1, max_size=2),
        conditions,
    )


def policy(statements):
    return parse_policy({"Version": "2012-10-17", "Statement": statements}, name="p")


@st.composite
def changes(draw, resource):
    """A policy and what became of it: statements kept, left out, added, and shuffled."""
    kept = draw(st.lists(statements(resource), min_size=1, max_size=4))
    left_out = draw(st.lists(statements(resource), max_size=2))
    added = draw(st.lists(statements(resource), max_size=2))
    return policy(left_out + kept), policy(draw(st.permutations(kept + added)))


class Z3:
    """A policy as a formula over one request: action, resource, and a value or none for each key."""

    def __init__(self):
        self.action, self.resource, self.team = z3.Strings("action resource team")
        self.values, self.present = {}, {}
        self.facts = [
            z3.InRe(self.resource, z3.Union(self.language("arn:*:*:*:*:*"), z3.Re("*"))),
            z3.Length(self.team) > 0,
        ]

    def key(self, key):
        self.values.setdefault(key.lower(), z3.String(key.lower()))
        self.present.setdefault(key.lower(), z3.Bool(f"has {key.lower()}"))
        return self.values[key.lower()], self.present[key.lower()]

    def language(self, text, wildcards=True):
        any_one = z3.AllChar(z3.ReSort(z3.StringSort()))
        known = {RUN: z3.Star(any_one), ONE: any_one}
        tokenised = tokens(text, variables=False, wildcards=wildcards)
        parts = [known[part] if part in known else z3.Re(part) for part in tokenised]
        return z3.Concat(*parts) if len(parts) > 1 else parts[0] if parts else z3.Re("")

    def matches(self, subject, text, variables=False, wildcards=True):
        parts = tokens(text, variables=variables, wildcards=wildcards)
        places = [index for index, part in enumerate(parts) if isinstance(part, Variable)]
        if not places:
            return z3.InRe(subject, self.language(text, wildcards))
        before, after = "".join(parts[: places[0]]), parts[places[0] + 1 :]
        if after and after[-1] == RUN:
            return z3.PrefixOf(
                z3.Concat(z3.StringVal(before), self.team, z3.StringVal("".join(after[:-1]))), subject
            )
        return subject == z3.Concat(z3.StringVal(before), self.team, z3.StringVal("".join(after)))

    def names(self, names, subject, lower=False):
        found = z3.Or(
            [self.matches(subject, p.lower() if lower else p, names.variables) for p in names.patterns]
        )
        return z3.Not(found) if names.excluded else found

    def test(self, test):
        value, present = self.key(test.key)
        if test.operator.family == "null":
            return z3.Or([z3.Not(present) if wanted == "true" else present for wanted in test.values])
        found = z3.Or([self.matches(value, v, wildcards=test.operator.wildcards) for v in test.values])
        if test.operator.negated:
            return z3.Or(z3.Not(present), z3.Not(found))
        return z3.Or(z3.Not(present), found) if test.if_exists else z3.And(present, found)

    def allowed(self, *policies):
        found = {"Allow": [], "Deny": []}
        for statement in (statement for policy in policies for statement in policy.statements):
            found[statement.effect].append(
                z3.And(
                    self.names(statement.actions, self.action, lower=True),
                    self.names(statement.resources, self.resource),
                    *map(self.test, statement.tests),
                )
            )
        return z3.And(z3.Or(found["Allow"]), z3.Not(z3.Or(found["Deny"])))

    def gives_more(self, before, after):
        solver = z3.Solver()
        solver.set("timeout", 2_000)
        solver.add(*self.facts, self.allowed(after), z3.Not(self.allowed(before)))
        answer = solver.check()
        if answer == z3.sat and not matches(ACTION, solver.model().eval(self.action, True).as_string()):
            # Asked at once, z3 gives up ten times as often.
            solver.add(z3.InRe(self.action, self.language("?*:?*")))
            answer = solver.check()
        # z3 gives up on a few in a thousand of these questions; they say nothing either way.
        assume(answer != z3.unknown)
        return answer == z3.sat


RUNS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestNewAccess:
    @RUNS
    @given(changes(resources))
    def test_it_says_what_z3_says(self, change):
        """Where no variable is in the way, both find something new or neither does."""
        before, after = change
        found = new_access(access_of([before]), access_of([after]))

        assert bool(found) == Z3().gives_more(before, after)

    @RUNS
    @given(changes(with_variables))
    def test_with_variables_it_never_says_none_where_z3_has_one(self, change):
        """What a variable stands for is not known, so it may show more, and must not show less."""
        before, after = change

        if not new_access(access_of([before]), access_of([after])):
            assert not Z3().gives_more(before, after)

    @settings(RUNS, max_examples=150)
    @given(changes(resources))
    def test_every_witness_is_allowed_after_and_not_before(self, change):
        """A witness is a request, and the evaluation of single requests agrees with it."""
        before, after = change
        for one in new_access(access_of([before]), access_of([after])):
            context = {key: (value,) if value is not None else () for key, value in one.context}
            for key in ("aws:sourcevpc", "aws:principaltag/a"):
                context.setdefault(next((k for k in context if k.lower() == key), key), ())
            resource = Resource(one.resource, "111111111111")
            verdicts = [
                evaluate(Request(Identity(ROLE, policies=(one_of,)), one.action, resource, context)).verdict
                for one_of in (before, after)
            ]

            assert verdicts == [Verdict.DENIED, Verdict.ALLOWED]

    @settings(RUNS, max_examples=40)
    @given(st.lists(statements(with_variables), min_size=1, max_size=4))
    def test_a_policy_gives_nothing_over_itself(self, found):
        """The same statements in another order are the same access, whatever variables stand for."""
        before, after = access_of([policy(found)]), access_of([policy(found[::-1])])

        assert not new_access(before, after)


def conditions_of(operator, key, some):
    """Tests of one operator on one key, with up to two of some values."""
    return st.lists(st.sampled_from(some), min_size=1, max_size=2, unique=True).map(
        lambda found: {operator: {key: found}}
    )


ADDRESSES = ["10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/24", "10.1.1.1", "0.0.0.0/0", "2001:db8::/32"]
ARNS = ["arn:aws:sns:*:*:a", "arn:aws:sns:*:a", "arn:*:*:*:*:*", "arn:aws:sns:eu-west-1:111111111111:a*"]
of_every_family = st.one_of(
    st.just({}),
    *(
        conditions_of(f"Numeric{name}", "s3:max-keys", ["1", "2", "2.5"])
        for name in ("Equals", "NotEquals", "LessThan", "GreaterThanEquals", "LessThanEqualsIfExists")
    ),
    *(
        conditions_of(f"Date{name}", "aws:CurrentTime", ["2026-01-01", "2026-06-01"])
        for name in ("LessThan", "GreaterThan")
    ),
    *(conditions_of(name, "aws:SourceIp", ADDRESSES) for name in ("IpAddress", "NotIpAddress")),
    *(
        conditions_of(name, "aws:SourceArn", ARNS)
        for name in ("ArnLike", "ArnNotLike", "ArnLikeIfExists", "StringLike")
    ),
    *(conditions_of(name, "aws:SecureTransport", ["true", "false"]) for name in ("Bool", "BoolIfExists")),
    *(
        conditions_of(f"{quantifier}:{name}", "aws:TagKeys", ["a", "b"])
        for quantifier in ("ForAnyValue", "ForAllValues")
        for name in ("StringEquals", "StringNotEquals")
    ),
    conditions_of("StringEqualsIgnoreCase", "aws:PrincipalTag/a", ["a", "B"]),
    conditions_of("StringLike", "aws:PrincipalTag/a", ["A", "${aws:PrincipalTag/b}", "?"]),
)
given_values = {
    "s3:max-keys": ((), ("1",), ("2",), ("2.2",), ("3",)),
    "aws:CurrentTime": (("2025-01-01",), ("2026-01-01",), ("2026-03-01",)),
    "aws:SourceIp": ((), ("10.1.1.1",), ("10.2.0.0",), ("11.0.0.0",), ("2001:db8::1",)),
    "aws:SourceArn": (
        (),
        ("arn:aws:sns:eu-west-1:111111111111:a",),
        ("arn:aws:sns:x:b:a",),
        ("arn:aws:sns:b:a",),
    ),
    "aws:SecureTransport": ((), ("true",), ("false",)),
    "aws:TagKeys": ((), ("a",), ("a", "b"), ("c",)),
    "aws:PrincipalTag/a": ((), ("a",), ("A",), ("b",), ("cc",)),
    "aws:PrincipalTag/b": ((), ("a",), ("cc",)),
}
requests = st.fixed_dictionaries({key: st.sampled_from(some) for key, some in given_values.items()})
conditioned = st.builds(
    lambda effect, tests: {
        "Effect": effect,
        "Action": "*",
        "Resource": "*",
        "Condition": {operator: keys for test in tests for operator, keys in test.items()},
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.lists(of_every_family, max_size=3),
)


class TestNewAccessUnderConditions:
    @settings(RUNS, max_examples=300)
    @given(
        st.lists(conditioned, min_size=1, max_size=3),
        st.lists(conditioned, min_size=1, max_size=3),
        st.lists(requests, min_size=1, max_size=20),
    )
    def test_no_request_shows_what_it_says_is_not_there(self, before, after, some):
        """Whatever the operators: where it finds nothing new, every request that is allowed was allowed before."""
        old, now = policy(before), policy(after)
        if new_access(access_of([old]), access_of([now])):
            return
        for context in some:
            verdicts = [
                evaluate(
                    Request(
                        Identity(ROLE, policies=(one,)), "s3:GetObject", Resource("arn:aws:s3:::a/b"), context
                    )
                ).verdict
                for one in (old, now)
            ]
            assert verdicts != [Verdict.DENIED, Verdict.ALLOWED]

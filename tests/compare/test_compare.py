"""Two bundles by meaning."""

import json

import pytest
from compared import ACCOUNTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landform.compare.html import html
from landform.compare.markdown import markdown
from landform.compare.model import Change, Gained
from landform.compare.run import Selection, compare
from landform.compare.words import plain_moves, summary, text
from landform.errors import Code, LandformError
from landform.synth.bundle import INDEX, Bundle

SQS, ROLE, POLICY = "aws_sqs_queue", "aws_iam_role", "aws_iam_role_policy"
QUEUE = (SQS, "Queue/Resource")


def changes(difference):
    return [
        (entry.difference.kind, entry.difference.what, entry.difference.address)
        for entry in difference.changes
    ]


def told(difference):
    return [text(line) for entry in difference.changes for line in entry.difference.lines]


def allowing(*actions, resource="*"):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Sid": "S", "Effect": "Allow", "Action": actions, "Resource": resource}],
        }
    )


class TestCompare:
    """What differs between two bundles."""

    def test_nothing(self, bundle):
        """A bundle and itself."""
        one = bundle("a", {"dev.app": {QUEUE: {"delay_seconds": 1}}})
        found = compare(one, one)
        assert (found.empty, found.compared, found.changes, found.gained) == (True, 1, (), ())

    def test_a_resource_changed(self, bundle):
        """By argument, with the construct and the line of code."""
        found = compare(
            bundle("a", {"dev.app": {QUEUE: {"delay_seconds": 1}}}),
            bundle("b", {"dev.app": {QUEUE: {"delay_seconds": 2}}}),
        )
        (entry,) = found.changes
        assert (entry.members, entry.difference.kind, entry.difference.construct_path, entry.difference.source) == (
            ("dev.app",), "changed", "Queue/Resource", "acme.py:1",
        )  # fmt: skip
        assert told(found) == ["delay_seconds: 1 -> 2"]

    def test_added_and_removed(self, bundle):
        """Resources and whole stacks."""
        found = compare(
            bundle("a", {"dev.app": {(SQS, "A"): {"delay_seconds": 1}}, "dev.old": {QUEUE: {}}}),
            bundle("b", {"dev.app": {("aws_sns_topic", "B"): {}}, "dev.new": {QUEUE: {}}}),
        )
        assert sorted(changes(found)) == [
            ("added", "resource", "aws_sns_topic.B"),
            ("added", "stack", "new"),
            ("removed", "resource", "aws_sqs_queue.A"),
            ("removed", "stack", "old"),
        ]

    def test_the_same_in_many_accounts_is_one_entry(self, bundle):
        """Whatever differs in the account's name and id alone."""

        def stacks(days):
            return {
                f"{name}.app": {
                    QUEUE: {"name": f"acme-{name}-app", "arn": f"arn:aws:sqs:eu-west-1:{id}:q", "d": days}
                }
                for name, id in ACCOUNTS.items()
            }

        found = compare(bundle("a", stacks(1)), bundle("b", stacks(2)))
        (entry,) = found.changes
        assert entry.members == ("dev.app", "prod.app", "stage.app")

    def test_the_names_of_many_are_placeholders(self, bundle):
        """And of one its own."""

        def stacks(names):
            return {
                f"{name}.app": {QUEUE: {"arn": f"arn:aws:sqs:eu-west-1:{ACCOUNTS[name]}:{name}"}}
                for name in names
            }

        empty = {(SQS, "Other"): {}}
        for names, expected in (
            (("dev",), "arn: arn:aws:sqs:eu-west-1:012345678901:dev"),
            (("dev", "prod"), "arn: arn:aws:sqs:<region>:<account-id>:<account>"),
        ):
            old = bundle(f"a{len(names)}", {f"{name}.app": empty for name in names})
            new = bundle(f"b{len(names)}", {name: {**empty, **each} for name, each in stacks(names).items()})
            assert told(compare(old, new)) == [expected]

    def test_another_accounts_id_is_another_difference(self, bundle):
        """What is not the stack's own stays."""
        old = bundle("a", {f"{name}.app": {QUEUE: {"peer": ""}} for name in ("dev", "prod")})
        new = bundle("b", {f"{name}.app": {QUEUE: {"peer": ACCOUNTS["dev"]}} for name in ("dev", "prod")})
        assert [entry.members for entry in compare(old, new).changes] == [("dev.app",), ("prod.app",)]

    def test_mandatory_tags_are_told_once(self, bundle):
        """A new owner is one change of the stack, not one of every resource."""

        def stacks(owner):
            resources = {(SQS, name): {"tags": {"owner": owner, "own": "1"}} for name in ("A", "B")}
            return {"dev.app": resources}

        old, new = (bundle(owner, stacks(owner), tags={"owner": owner}) for owner in ("one", "two"))
        assert told(compare(old, new)) == ["tags.owner: one -> two"]

    def test_providers_backends_outputs(self, bundle):
        """Each by its own name."""
        resources = {"dev.app": {QUEUE: {}}}
        old = bundle("a", resources, output={"url": {"value": "a"}})
        new = bundle(
            "b",
            resources,
            output={"url": {"value": "b"}},
            terraform={
                "backend": {"s3": {"bucket": "other"}},
                "required_providers": {"aws": {"source": "aws", "version": "6.0.0"}},
            },
        )
        assert [(what, address) for _, what, address in changes(compare(old, new))] == [
            ("backend", "backend.s3"), ("output", "output.url"), ("provider", "required_providers.aws"),
        ]  # fmt: skip

    def test_published_parameters(self, bundle):
        """What other stacks read is called so."""
        parameter = ("aws_ssm_parameter", "Vpc")
        old = bundle("a", {"dev.app": {parameter: {"name": "/landform/dev/app/vpc", "value": "1"}}})
        new = bundle("b", {"dev.app": {parameter: {"name": "/landform/dev/app/vpc", "value": "2"}}})
        assert changes(compare(old, new)) == [("changed", "published", "aws_ssm_parameter.Vpc")]

    def test_a_selection(self, bundle):
        """Only what is asked about is read; what matches nothing is refused."""
        old = bundle("a", {f"{name}.app": {QUEUE: {"d": 1}} for name in ACCOUNTS})
        new = bundle("b", {f"{name}.app": {QUEUE: {"d": 2}} for name in ACCOUNTS})
        found = compare(old, new, selection=Selection(accounts=["prod"]))
        assert (found.compared, found.changes[0].members) == (1, ("prod.app",))
        with pytest.raises(LandformError) as caught:
            compare(old, new, selection=Selection(accounts=["nobody"]))
        assert caught.value.code is Code.NO_MATCH

    def test_the_same_digest_is_not_read(self, bundle):
        """Its file may be gone."""
        one = bundle("a", {"dev.app": {QUEUE: {}}})
        other = bundle("b", {"dev.app": {QUEUE: {}}})
        (other.folder("dev.app") / "cdk.tf.json").unlink()
        assert compare(one, other).empty

    def test_a_tampered_file(self, bundle):
        """It is refused, and nothing is said of it."""
        one = bundle("a", {"dev.app": {QUEUE: {"d": 1}}})
        other = bundle("b", {"dev.app": {QUEUE: {"d": 2}}})
        (other.folder("dev.app") / "cdk.tf.json").write_text("{}")
        with pytest.raises(LandformError) as caught:
            compare(one, other)
        assert caught.value.code is Code.BUNDLE_TAMPERED

    def test_a_newer_index(self, bundle):
        """The format and the landform that wrote it are named."""
        root = bundle("a", {"dev.app": {QUEUE: {}}}).root
        index = json.loads((root / INDEX).read_text())
        (root / INDEX).write_text(json.dumps({**index, "format": "landform/bundle/v2"}))
        with pytest.raises(LandformError) as caught:
            Bundle.load(root)
        assert caught.value.code is Code.NO_BUNDLE
        assert caught.value.given == "landform/bundle/v2 of landform 1.0"
        assert caught.value.expected == "landform/bundle/v1"


class TestGained:
    """Access that was not there before."""

    def test_an_action(self, bundle):
        """With the principal's role, and a request."""

        def stacks(*actions):
            role = (ROLE, "Role/Resource")
            body = {"role": "${aws_iam_role.Role_XX.name}", "policy": allowing(*actions)}
            return {"dev.app": {role: {"assume_role_policy": "{}"}, (POLICY, "Role/Policy"): body}}

        found = compare(
            bundle("a", stacks("s3:GetObject")), bundle("b", stacks("s3:GetObject", "s3:PutObject"))
        )
        (entry,) = found.gained
        assert (entry.difference.holder, entry.difference.action) == ("aws_iam_role.Role_XX", "s3:PutObject")
        assert (
            compare(
                bundle("c", stacks("s3:GetObject", "s3:PutObject")), bundle("d", stacks("s3:GetObject"))
            ).gained
            == ()
        )

    def test_in_other_words(self, bundle):
        """The same access, written otherwise, is none."""
        old = bundle(
            "a", {"dev.app": {(POLICY, "P"): {"role": "r", "policy": allowing("sqs:SendMessage", "sqs:*")}}}
        )
        new = bundle("b", {"dev.app": {(POLICY, "P"): {"role": "r", "policy": allowing("sqs:*")}}})
        assert (compare(old, new).gained, compare(old, new).empty) == ((), False)

    def test_on_what_only_the_plan_knows(self, bundle):
        """A reference is a resource like any other."""
        key = "${aws_kms_key.Key.arn}"
        old = bundle(
            "a", {"dev.app": {(POLICY, "P"): {"role": "r", "policy": allowing("kms:Decrypt", resource=key)}}}
        )
        new = bundle(
            "b",
            {
                "dev.app": {
                    (POLICY, "P"): {
                        "role": "r",
                        "policy": allowing("kms:Decrypt", "kms:Encrypt", resource=key),
                    }
                }
            },
        )
        (entry,) = compare(old, new).gained
        assert (entry.difference.action, entry.difference.resource) == ("kms:Encrypt", key)

    def test_a_policy_that_is_attached(self, bundle):
        """One of AWS's is named; what it allows is not in the bundle."""
        arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        attachment = ("aws_iam_role_policy_attachment", "A")
        old = bundle("a", {"dev.app": {QUEUE: {}}})
        new = bundle("b", {"dev.app": {QUEUE: {}, attachment: {"role": "r", "policy_arn": arn}}})
        (entry,) = compare(old, new).gained
        assert (entry.difference.holder, entry.difference.statement, entry.difference.action) == (
            "r",
            arn,
            "",
        )

    def test_a_policy_that_is_unreadable(self, bundle):
        """It may allow anything, and is told."""
        body = {"role": "r", "policy": "${data.http.policy.body}"}
        old = bundle("a", {"dev.app": {QUEUE: {}}})
        new = bundle("b", {"dev.app": {QUEUE: {}, (POLICY, "P"): body}})
        (entry,) = compare(old, new).gained
        assert entry.difference == Gained("aws_iam_role_policy.P", 'the policy "${data.http.policy.body}"')

    def test_a_move_gives_nothing(self, bundle):
        """The same policy at another address."""

        def stacks(scope):
            return {"dev.app": {(POLICY, f"{scope}/P"): {"role": "r", "policy": allowing("s3:*")}}}

        found = compare(bundle("a", stacks("Old")), bundle("b", stacks("New")))
        assert (changes(found)[0][0], found.gained) == ("moved", ())

    def test_a_new_stack(self, bundle):
        """All that it gives is new."""
        policy = {(POLICY, "P"): {"role": "r", "policy": allowing("s3:GetObject")}}
        found = compare(
            bundle("a", {"dev.app": {QUEUE: {}}}), bundle("b", {"dev.app": {QUEUE: {}}, "dev.new": policy})
        )
        assert [entry.difference.action for entry in found.gained] == ["s3:GetObject"]

    def test_found_once_for_accounts_that_are_alike(self, bundle, monkeypatch):
        """The question is dear, and the fleet is large."""
        asked = []
        from landform.compare import access

        real = access.new_access
        monkeypatch.setattr(access, "new_access", lambda *sides: asked.append(1) or real(*sides))

        def stacks(*actions):
            return {
                f"{name}.app": {
                    (POLICY, "P"): {
                        "role": "r",
                        "policy": allowing(*actions, resource=f"arn:aws:s3:::acme-{name}/*"),
                    }
                }
                for name in ACCOUNTS
            }

        found = compare(bundle("a", stacks("s3:GetObject")), bundle("b", stacks("s3:PutObject")))
        (entry,) = found.gained
        assert (len(entry.members), len(asked)) == (3, 1)


BODIES = st.dictionaries(
    st.sampled_from(["delay_seconds", "name", "tags", "policy"]),
    st.integers(0, 2) | st.sampled_from(["a", "b"]) | st.lists(st.sampled_from("abc"), max_size=3),
    max_size=3,
)
STACKS = st.dictionaries(
    st.sampled_from(["dev.app", "prod.app", "dev.net"]),
    st.dictionaries(
        st.tuples(st.sampled_from([SQS, "aws_sns_topic"]), st.sampled_from(["A", "B/Resource", "C/D"])),
        BODIES,
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=3,
)
_MIRROR = {"added": "removed", "removed": "added", "changed": "changed", "moved": "moved"}
_numbers = iter(range(10**9))


class TestMirror:
    """The difference from the other side."""

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
    @given(STACKS, STACKS)
    def test_what_came_went(self, bundle, one, other):
        """Each change is its opposite, and nothing differs from itself."""
        a, b = (bundle(f"s{next(_numbers)}", stacks) for stacks in (one, other))

        def seen(difference, turned):
            return sorted(
                (
                    _MIRROR[each.kind] if turned else each.kind,
                    each.was if turned and each.was else each.address,
                    len(each.lines),
                    entry.members,
                )
                for entry in difference.changes
                if isinstance(each := entry.difference, Change)
            )

        assert seen(compare(a, b), False) == seen(compare(b, a), True)
        assert compare(a, a).empty


class TestForms:
    """The same in each form."""

    @pytest.fixture
    def difference(self, bundle):
        old = {(SQS, "Old/A/Resource"): {"d": 1}, (SQS, "B"): {"name": "<b> & `c`"}, QUEUE: {}}
        new = {(SQS, "New/A/Resource"): {"d": 1}, (SQS, "B"): {"name": "```"}, QUEUE: {}}
        return compare(bundle("a", {"dev.app": old}), bundle("b", {"dev.app": new}), names=("A & B", "<now>"))

    def test_json(self, difference):
        """One document of a named format."""
        document = difference.as_json()
        assert document["format"] == "landform/diff/v1"
        assert [(each["kind"], each["count"], each["members"]) for each in document["changes"]] == [
            ("changed", 1, ["dev.app"]), ("moved", 1, ["dev.app"]),
        ]  # fmt: skip

    def test_html_is_escaped(self, difference):
        """And loads nothing."""
        page = html(difference)
        assert "&lt;b&gt; &amp; `c`" in page
        assert "<now>" not in page
        assert "<script" not in page

    def test_markdown_keeps_its_fences(self, difference):
        """Whatever a name is."""
        assert markdown(difference).count("```") == 2

    def test_markdown_fits_a_comment(self, bundle):
        """What does not is counted."""
        names = [f"{account}.s{number}" for account in ACCOUNTS for number in range(90)]
        old, new = (
            bundle(side, {name: {QUEUE: {"d": f"{side} {name} " * 60}} for name in names})
            for side in ("a", "b")
        )
        found = markdown(compare(old, new))
        assert len(found) <= 65_000
        assert "groups of changes are not shown here" in found

    def test_plain_moves_are_a_line_a_scope(self, difference):
        """What moved and changed otherwise stays an entry."""
        lines, left = plain_moves(difference.changes)
        assert [line.split(",")[0] for line in lines] == ["Old -> New: 1 resource"]
        assert [entry.difference.kind for entry in left] == ["changed"]

    def test_summary(self, difference):
        """All of it in a sentence."""
        assert summary(difference) == "1 of 1 stacks differ: 1 changed, 1 moved"

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.iam.document import REFERENCE_CHARACTERS, SIZE_LIMITS

READ = Statement("Read", ("s3:GetObject",), ("arn:aws:s3:::lake/in/*",))

names = st.sampled_from(["a", "b", "c"])
statements = st.builds(
    Statement,
    sid=st.sampled_from(["Read", "Read2", "Write"]),
    actions=st.lists(names.map("s3:{}".format), min_size=1, max_size=3).map(tuple),
    resources=st.lists(names.map("arn:{}".format), min_size=1, max_size=3).map(tuple),
    effect=st.sampled_from(["Allow", "Deny"]),
    principals=st.lists(names.map(lambda id: Principal("AWS", id)), max_size=2).map(tuple),
    conditions=st.lists(
        st.builds(
            Condition,
            operator=st.just("StringEquals"),
            key=names.map("aws:{}".format),
            values=st.lists(names, min_size=1, max_size=2).map(tuple),
        ),
        max_size=2,
        unique_by=lambda condition: condition.key,
    ).map(tuple),
)


def rendered(*statements, kind="role policy"):
    return json.loads(PolicyDocument(kind, statements).to_json())["Statement"]


class TestStatement:
    @pytest.mark.parametrize("sid", ["", "read objects", "Read-1", "Lesen\u00e4"])
    def test_a_sid_takes_letters_and_digits_only(self, sid):
        """AWS refuses any other character in the id of a statement."""
        with pytest.raises(LandformError, match="letters and digits") as caught:
            Statement(sid, ("s3:GetObject",))

        assert caught.value.given == repr(sid)

    def test_without_actions_it_is_refused(self):
        """A statement about nothing is a mistake."""
        with pytest.raises(LandformError, match="needs actions") as caught:
            Statement("Nothing")

        assert caught.value.code is Code.ARGUMENT_VALUE

    def test_with_actions_and_actions_left_out_it_is_refused(self):
        """AWS takes Action or NotAction."""
        with pytest.raises(LandformError, match="and not both"):
            Statement("Both", ("s3:GetObject",), not_actions=("s3:PutObject",))

    def test_one_key_asked_for_twice_is_refused(self):
        """A JSON object keeps one of the two, and the statement would be wider than it was written."""
        with pytest.raises(LandformError, match="one key twice") as caught:
            Statement(
                "Read",
                ("s3:GetObject",),
                conditions=(
                    Condition("StringEquals", "aws:SourceAccount", ("111111111111",)),
                    Condition("StringEquals", "aws:SourceAccount", ("222222222222",)),
                ),
            )

        assert caught.value.given == "StringEquals on aws:SourceAccount"

    def test_one_condition_given_twice_is_one(self):
        """Saying the same twice is no contradiction."""
        condition = Condition("Bool", "aws:SecureTransport", ("false",))

        (statement,) = rendered(Statement("Read", ("s3:GetObject",), conditions=(condition, condition)))

        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_what_is_wrong_names_the_line_of_the_user(self):
        """A statement has no construct yet, so the error names the line that made it."""
        with pytest.raises(LandformError) as caught:
            Statement("no good", ("s3:GetObject",))

        assert caught.value.place.file == "test_iam_document.py"
        assert caught.value.place.line > 1

    def test_one_value_is_written_as_text_and_more_as_a_list(self):
        """This is the form that AWS gives back, so a plan shows no change."""
        (one,) = rendered(READ)
        (two,) = rendered(Statement("Read", ("s3:PutObject", "s3:GetObject"), ("arn:b", "arn:a")))

        assert (one["Action"], one["Resource"]) == ("s3:GetObject", "arn:aws:s3:::lake/in/*")
        assert (two["Action"], two["Resource"]) == (["s3:GetObject", "s3:PutObject"], ["arn:a", "arn:b"])

    def test_everyone_is_written_as_a_star(self):
        """``"*"`` and not ``{"AWS": "*"}``, which leaves out requests without credentials."""
        deny = Statement("Deny", ("s3:*",), effect="Deny", principals=(Principal.everyone(),))

        assert rendered(deny)[0]["Principal"] == "*"

    def test_principals_are_grouped_by_kind(self):
        """One list of ARNs, one of services."""
        statement = Statement(
            "Trust",
            ("sts:AssumeRole",),
            (),
            principals=(Principal("Service", "b"), Principal("AWS", "x"), Principal("Service", "a")),
        )

        assert rendered(statement)[0]["Principal"] == {"AWS": "x", "Service": ["a", "b"]}

    def test_without_resources_the_key_is_left_out(self):
        """A trust policy has no resources, and AWS refuses the key."""
        assert "Resource" not in rendered(Statement("Trust", ("sts:AssumeRole",), ()))[0]

    def test_actions_left_out_are_written_as_notaction(self):
        """A boundary says what is not allowed."""
        (statement,) = rendered(Statement("Most", not_actions=("iam:CreateUser",)))

        assert statement["NotAction"] == "iam:CreateUser"
        assert "Action" not in statement


class TestPolicyDocument:
    def test_it_is_empty_until_something_is_added(self):
        """An empty policy is refused by AWS, so makers ask first."""
        document = PolicyDocument("role policy")
        assert not document

        document.add(READ)

        assert document

    def test_statements_that_differ_in_resources_alone_are_one(self):
        """Ten grants of one verb are one statement with ten resources."""
        other = Statement("Read", ("s3:GetObject",), ("arn:aws:s3:::lake/a/*", "arn:aws:s3:::lake/in/*"))

        assert [s["Resource"] for s in rendered(READ, other)] == [
            ["arn:aws:s3:::lake/a/*", "arn:aws:s3:::lake/in/*"]
        ]

    def test_actions_in_another_order_are_the_same_actions(self):
        """AWS reads a set."""
        one = Statement("Read", ("s3:a", "s3:b"), ("arn:1",))
        two = Statement("Read", ("s3:b", "s3:a"), ("arn:2",))

        assert len(rendered(one, two)) == 1

    def test_statements_of_one_id_that_differ_are_numbered(self):
        """AWS refuses two statements of one id."""
        write = Statement("Read", ("s3:PutObject",), ("arn:1",))

        assert [s["Sid"] for s in rendered(READ, write)] == ["Read", "Read2"]

    def test_a_number_that_is_taken_is_passed_over(self):
        """The second ``Read`` cannot be ``Read2`` where there is one."""
        taken = Statement("Read2", ("s3:ListBucket",), ("arn:1",))
        write = Statement("Read", ("s3:PutObject",), ("arn:1",))

        assert sorted(s["Sid"] for s in rendered(READ, taken, write)) == ["Read", "Read2", "Read3"]

    def test_a_value_twice_is_one_value(self):
        """In a condition as elsewhere: two statements that differ in nothing else are one."""
        once, twice = (
            replace(READ, conditions=(Condition("StringEquals", "aws:a", values),))
            for values in (("b",), ("b", "b"))
        )

        assert rendered(twice, once) == rendered(once)

    @given(st.lists(statements, max_size=8), st.randoms(use_true_random=False))
    def test_the_order_of_adding_changes_nothing(self, added, random):
        """The same grants in any order give the same bytes."""
        shuffled = list(added)
        random.shuffle(shuffled)

        assert PolicyDocument("role policy", added).to_json() == (
            PolicyDocument("role policy", shuffled).to_json()
        )

    @given(st.lists(statements, max_size=8))
    def test_ids_are_unique(self, added):
        """Whatever is added, AWS takes the ids."""
        sids = [statement["Sid"] for statement in rendered(*added)]

        assert len(sids) == len(set(sids))

    @given(st.lists(statements, min_size=1, max_size=8))
    def test_adding_twice_is_adding_once(self, added):
        """A grant that is made twice is one grant."""
        assert rendered(*added, *added) == rendered(*added)

    @given(st.lists(statements, max_size=8))
    def test_nothing_is_lost_in_a_merge(self, added):
        """Every action on every resource that was added is in the document."""

        def allowed(statements):
            return {
                (
                    statement.effect,
                    frozenset(statement.principals),
                    frozenset((c.key, frozenset(c.values)) for c in statement.conditions),
                    action,
                    resource,
                )
                for statement in statements
                for action in statement.actions
                for resource in statement.resources
            }

        assert allowed(PolicyDocument("role policy", added).statements) == allowed(added)

    @pytest.mark.parametrize("kind", sorted(SIZE_LIMITS))
    def test_more_text_than_aws_takes_is_refused(self, kind):
        """The message has both numbers, as AWS's own has not."""
        most = SIZE_LIMITS[kind]
        document = PolicyDocument(kind, [Statement("Read", ("s3:GetObject",), ("arn:" + "x" * most,))])

        with pytest.raises(LandformError, match=f"The {kind} is longer than AWS takes") as caught:
            document.to_json()

        size = most + len(PolicyDocument(kind, [Statement("Read", ("s3:GetObject",), ("arn:",))]).to_json())
        assert caught.value.given == f"{size} characters in 1 statements"
        assert caught.value.expected == f"at most {SIZE_LIMITS[kind]}"

    @pytest.mark.parametrize("kind", sorted(SIZE_LIMITS))
    def test_the_last_character_that_fits_is_taken(self, kind):
        """The limit itself is no error."""
        empty = PolicyDocument(kind, [Statement("Read", ("s3:GetObject",), ("",))]).to_json()
        filler = "x" * (SIZE_LIMITS[kind] - len(empty))

        text = PolicyDocument(kind, [Statement("Read", ("s3:GetObject",), (filler,))]).to_json()

        assert len(text) == SIZE_LIMITS[kind]

    def test_a_reference_counts_as_what_aws_will_put_there(self):
        """The text of a reference is shorter than the ARN of a key."""
        use = Statement("Use", ("kms:Decrypt",), ("${aws_kms_key.K.arn}",))
        document = PolicyDocument("role policy", [use])

        assert document.size == len(document.to_json()) - len("${aws_kms_key.K.arn}") + REFERENCE_CHARACTERS

    def test_a_policy_variable_counts_as_it_stands(self):
        """AWS counts the text, not the user's name."""
        document = PolicyDocument(
            "role policy", [Statement("Own", ("s3:GetObject",), ("x/${aws:username}",))]
        )

        assert document.size == len(document.to_json().replace("$$", "$"))

    @given(st.lists(statements, max_size=8), statements)
    def test_what_it_takes_does_not_change_it(self, added, another):
        """To ask is not to add."""
        document = PolicyDocument("role policy", added)
        before = document.to_json()
        document.takes(another)

        assert document.to_json() == before

    def test_policy_variables_are_escaped_for_terraform(self):
        """``${aws:username}`` is AWS's to fill in, and Terraform would try."""
        text = PolicyDocument("role policy", [Statement("Own", ("s3:GetObject",), ("x/${aws:username}",))])

        assert "x/$${aws:username}" in text.to_json()

    def test_terraforms_own_references_stay(self):
        """A key's ARN is known at apply."""
        text = PolicyDocument("role policy", [Statement("Use", ("kms:Decrypt",), ("${aws_kms_key.K.arn}",))])

        assert '"${aws_kms_key.K.arn}"' in text.to_json()

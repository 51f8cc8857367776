"""The answers as data, as a page, as a picture: the same facts in each."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest
from policy_stacks import allow, deny, policy, role, stack

from landform.access.edges import edges
from landform.access.matrix import Wanted, matrix
from landform.access.page import html
from landform.access.paths import escalations
from landform.access.picture import svg
from landform.access.questions import what_can_principal, who_can
from landform.access.report import (
    edges_json,
    escalations_json,
    matrix_csv,
    matrix_json,
    what_can_json,
    who_can_json,
)
from landform.access.words import asked, condition, parts
from landform.iam.identity import Guard


@pytest.fixture
def found(holdings):
    """One role that may read a bucket under a condition, and may not write to it."""
    guarded = allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::b/*", Sid="Use")
    guarded["Condition"] = {"StringEquals": {"aws:PrincipalTag/t": "<x>"}}
    return holdings(
        {
            "ledger.app": stack(
                ("aws_s3_bucket", "B", {"bucket": "b"}),
                (
                    "aws_s3_bucket_policy",
                    "P",
                    {
                        "bucket": "b",
                        "policy": policy(deny("s3:Put*", "arn:aws:s3:::b/*", Principal="*", Sid="No")),
                    },
                ),
                ("aws_iam_role", "App", role("=app")),
                ("aws_iam_role_policy", "P", {"role": "=app", "policy": policy(guarded)}),
            )
        }
    )


class TestMatrixJson:
    def test_a_right_says_what_allows_it_and_under_which_conditions(self, found):
        """The policy's address and Sid, the condition in words."""
        document = matrix_json(found, matrix(found, Wanted(principals="=app")))
        right = document["rows"][0]["rights"][0]

        assert document["format"] == "landform/access/v1"
        assert right["actions"] == ["s3:GetObject"]
        assert right["state"] == "allowed if"
        (statement,) = right["allowed_by"][0][0]["statements"]
        assert (statement["policy"], statement["sid"]) == ("aws_iam_role_policy.P", "Use")
        assert statement["conditions"] == ["aws:PrincipalTag/t is <x>"]

    def test_a_right_says_what_stops_it(self, found):
        """The deny by its address and Sid."""
        document = matrix_json(found, matrix(found, Wanted(principals="=app")))
        right = document["rows"][0]["rights"][1]

        assert right["state"] == "stopped"
        assert right["denied_by"] == [{"policy": "aws_s3_bucket_policy.P", "sid": "No", "statement": 1}]

    def test_every_answer_is_json(self, example):
        """Nothing in it is a value of our own."""
        name = "landform-plan"
        answers = [
            matrix_json(example, matrix(example)),
            who_can_json(example, who_can(example, "s3:GetObject", "Ledger", Wanted())),
            what_can_json(example, what_can_principal(example, name, Wanted())),
            edges_json(example, edges(example, Wanted())),
            escalations_json(example, escalations(example, Wanted(principals=name))),
        ]

        assert [answer["kind"] for answer in answers] == [
            "matrix", "who-can", "what-can", "cross-account", "escalations",
        ]  # fmt: skip
        for answer in answers:
            assert json.loads(json.dumps(answer)) == answer
            assert answer["bundle"] == example.digest

    def test_the_same_bundle_gives_the_same_bytes(self, example):
        """Twice."""
        first, second = (json.dumps(matrix_json(example, matrix(example))) for _ in range(2))

        assert first == second


class TestMatrixCsv:
    def test_a_line_for_each_right(self, example):
        """As many as in the matrix."""
        rows = matrix(example)
        lines = list(csv.DictReader(io.StringIO(matrix_csv(rows))))

        assert len(lines) == sum(len(row.rights) for row in rows)
        assert {line["state"] for line in lines} == {"allowed", "allowed if", "stopped"}
        assert all(line["allowed_by"] or line["stopped_by"] for line in lines)

    def test_a_name_is_no_formula(self, found):
        """A spreadsheet would run it."""
        text = matrix_csv(matrix(found, Wanted(principals="=app")))

        assert next(csv.DictReader(io.StringIO(text)))["principal"] == "'=app"


class TestHtml:
    def test_every_row_and_every_reason_is_there_and_escaped(self, found):
        """One file, without anything from elsewhere."""
        rows = matrix(found)
        page = html(rows, matrix_json(found, rows))

        assert "aws:PrincipalTag/t is &lt;x&gt;" in page
        assert "aws_iam_role_policy.P Use" in page
        assert "<x>" not in page
        assert not re.search(r'(src|href)="', page)


class TestSvg:
    def test_it_is_a_picture_with_a_row_for_each_principal(self, example):
        """Well-formed, equal accounts once."""
        rows = matrix(example)
        picture = ET.fromstring(svg(rows, "Who & what"))
        texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]

        assert "Who & what" in texts
        assert texts.count("acme-{account}-payments-ledger-settlement") == 1


class TestAsked:
    def test_of_two_statements_the_conditions_of_one_are_enough(self, holdings):
        """And a deny with conditions must not find what it looks for."""

        def tagged(effect, key, **more):
            test = {"Condition": {"StringEquals": {key: "x"}}}
            return effect("s3:GetObject", "arn:aws:s3:::b/*", **test, **more)

        made = stack(
            ("aws_s3_bucket", "B", {"bucket": "b"}),
            (
                "aws_s3_bucket_policy",
                "P",
                {"bucket": "b", "policy": policy(tagged(deny, "d", Principal="*"))},
            ),
            ("aws_iam_role", "App", role()),
            (
                "aws_iam_role_policy",
                "P",
                {"role": "app", "policy": policy(tagged(allow, "a"), tagged(allow, "b"))},
            ),
        )
        (row,) = matrix(holdings({"ledger.app": made}), Wanted(principals="app"))

        assert asked(row.rights[0].decision) == ["(a is x) or (b is x)", "not (d is x)"]


class TestParts:
    @pytest.mark.parametrize(
        ("resources", "expected"),
        [
            (["arn:aws:s3:::b/in/*"], ["/in/*"]),
            (["arn:aws:s3:::b", "arn:aws:s3:::b/in/*"], ["/in/*"]),
            (["arn:aws:s3:::b/in/*", "arn:aws:s3:::b/out/*"], ["/in/*", "/out/*"]),
            (["arn:aws:s3:::b/in/*", "arn:aws:s3:::b/*"], []),
            (["arn:aws:s3:::b/in/*", "*"], []),
        ],
    )
    def test_what_of_a_resource_a_right_is_about(self, holdings, resources, expected):
        """Nothing where it is all of it."""
        made = stack(
            ("aws_s3_bucket", "B", {"bucket": "b"}),
            ("aws_iam_role", "App", role()),
            ("aws_iam_role_policy", "P", {"role": "app", "policy": policy(allow("s3:GetObject", resources))}),
        )
        rows = matrix(holdings({"ledger.app": made}), Wanted(principals="app", resources="aws_s3_bucket.B"))

        assert parts(rows[0].rights[0], "arn:aws:s3:::b") == expected


class TestCondition:
    @pytest.mark.parametrize(
        ("guard", "words"),
        [
            (Guard("StringEquals", "aws:SourceAccount", ("1", "2")), "aws:SourceAccount is 1 or 2"),
            (Guard("StringNotLikeIfExists", "k", ("a*",)), "k is not like a*, or is not there"),
            (Guard("ForAnyValue:StringLike", "k", ("a",)), "one value of k is like a"),
            (Guard("ForAllValues:StringEquals", "k", ("a",)), "every value of k is a"),
            (Guard("Null", "aws:TokenIssueTime", ("true",)), "aws:TokenIssueTime is not there"),
            (Guard("Null", "aws:TokenIssueTime", ("false",)), "aws:TokenIssueTime is there"),
            (Guard("IpAddress", "aws:SourceIp", ("10.0.0.0/8",)), "aws:SourceIp is in 10.0.0.0/8"),
            (
                Guard("DateLessThan", "aws:CurrentTime", ("2030-01-01",)),
                "aws:CurrentTime is before 2030-01-01",
            ),
            (
                Guard("StringEquals", "landform:Unread", ("arn:x",)),
                "the policy arn:x allows it, whose text is not in the bundle",
            ),
            (Guard("Resource", "is", ("arn:${aws:username}",)), "the resource is arn:${aws:username}"),
        ],
    )
    def test_a_guard_in_words(self, guard, words):
        """As a person reads it."""
        assert condition(guard) == words

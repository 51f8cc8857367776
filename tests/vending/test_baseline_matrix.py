"""Which account has which version of its baseline, what of it, and why not."""

import csv
import datetime as dt
import io
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from landform.org.load import load
from landform.org.models import Quota, Waiver
from landform.org.resolve import resolve
from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger
from landform.stacks.baseline import ITEMS
from landform.vending.baseline_csv import COLUMNS, baseline_csv
from landform.vending.baseline_html import baseline_html
from landform.vending.baseline_matrix import BaselineMatrix, baseline_matrix, version_key, worst
from landform.vending.steps.table import STEPS
from landform.vending.steps.told import Told, steps_told

EXAMPLE = Path(__file__).parents[2] / "examples" / "landing-zone"
TODAY = dt.date(2026, 11, 21)
NAMES = ("analytics-prod", "billing-dev", "orders-prod", "log-archive", "management")


@pytest.fixture(scope="module")
def spec():
    """The landing zone's spec, with an account that is suspended and one that wants a quota."""
    read = load(EXAMPLE)
    changes = {
        "orders-stage": {"status": "suspended"},
        "orders-prod": {"quotas": (Quota(service="ec2", code="L-1216C47A", value=64),)},
    }
    accounts = [each.model_copy(update=changes.get(each.name, {})) for each in read.accounts]
    return replace(read, accounts=tuple(accounts))


@pytest.fixture(scope="module")
def fleet(spec):
    """What came of it."""
    return resolve(spec)


@pytest.fixture(scope="module")
def matrix(spec, fleet):
    """Some accounts of it, without a bundle."""
    return baseline_matrix(spec, fleet, [*NAMES, "orders-stage"], today=TODAY)


def row_of(matrix, account):
    """The row of an account."""
    return next(row for row in matrix.rows if row.account.name == account)


def cell_of(matrix, account, item):
    """The cell of an account and an item, by its id."""
    return next(cell for cell in row_of(matrix, account).cells if cell.item.id == item)


def waiver(**changes):
    """A waiver of the block of public buckets, of the spec's account stack."""
    document = {
        "schema": "landform/waiver/v1",
        "id": "W-2026-101",
        "category": "waiver",
        "checks": ["LF_ACCOUNT_PUBLIC_BUCKETS", "CKV_AWS_1"],
        "scope": {"resources": ["aws_s3_account_*"]},
        "reason": "A bucket that everyone reads.",
        "requested_by": "jane",
        "approved_by": ["lee"],
        "ticket": "SEC-1",
        "created": "2026-11-01",
        "expires": "2026-11-21",
    }
    return Waiver.model_validate({**document, **changes}, strict=False)


def waived_in(spec, fleet, one):
    """The waivers of the cell of public buckets, where one waiver reaches every stack."""
    instances = tuple(replace(each, waivers=(one,)) for each in fleet.instances)
    made = baseline_matrix(spec, replace(fleet, instances=instances), ["orders-prod"], today=TODAY)
    return cell_of(made, "orders-prod", "s3-public-access").waived


class TestVersions:
    @pytest.mark.parametrize(
        ("account", "version", "newest", "pin_until", "sunset"),
        [
            ("analytics-prod", "1", "3", "2027-03-31", ""),
            ("billing-dev", "2", "3", "2027-06-30", "2027-12-31"),
            ("orders-prod", "3", "3", "", ""),
        ],
    )
    def test_each_account_has_its_own(self, matrix, account, version, newest, pin_until, sunset):
        """With the newest that there is, until when it stays, and the last day of its version."""
        row = row_of(matrix, account)

        assert (row.version, row.newest, row.pin_until, row.sunset) == (version, newest, pin_until, sunset)
        assert row.current == (version == newest)

    def test_versions_are_compared_as_numbers(self):
        """1.10 is newer than 1.9."""
        assert version_key("1.10") > version_key("1.9") > version_key("1")


class TestCells:
    def test_an_item_of_every_region_names_the_stacks_that_make_it(self, matrix):
        """One in each region of the account."""
        cell = cell_of(matrix, "orders-prod", "ebs-encryption")

        assert cell.state == "has"
        assert cell.stacks == (
            "orders-prod.eu-central-1.region-baseline",
            "orders-prod.eu-west-1.region-baseline",
        )

    def test_what_is_not_in_the_version_says_which_has_it(self, matrix):
        """The first that does."""
        assert cell_of(matrix, "analytics-prod", "budget").why == "not in workload 1: workload 2 has it"
        assert cell_of(matrix, "billing-dev", "network").why == "not in workload 2: workload 3 has it"

    def test_what_no_version_has_is_no_version_s_fault(self, matrix):
        """A foundation has no network."""
        cell = cell_of(matrix, "management", "network")

        assert cell.state == "missing"
        assert "neither foundation 2 nor a rule of org/stacks.yaml" in cell.why

    def test_what_the_settings_leave_out_says_so(self, matrix):
        """An account without regions to opt into."""
        cell = cell_of(matrix, "orders-prod", "opt-in-regions")

        assert (cell.state, cell.why) == ("left-out", "the account's regions are enabled by default")

    def test_what_one_account_asks_for_another_leaves_out(self, matrix):
        """A quota of one account's file."""
        assert cell_of(matrix, "orders-prod", "service-quotas").state == "has"
        assert cell_of(matrix, "billing-dev", "service-quotas").state == "left-out"

    def test_a_step_is_named(self, matrix):
        """Terraform does not remove what it did not make."""
        cell = cell_of(matrix, "orders-prod", "default-vpc")

        assert (cell.state, cell.item.step) == ("step", "default-vpcs")

    def test_a_suspended_account_has_nothing(self, matrix):
        """And says that it is the status."""
        row = row_of(matrix, "orders-stage")

        assert not row.counts["has"]
        assert (
            cell_of(matrix, "orders-stage", "budget").why == "an account that is suspended has no such stack"
        )

    def test_a_stack_that_the_account_skips_is_missing(self, spec):
        """Where no baseline holds it, so that it may be."""
        accounts = [
            each.model_copy(
                update={
                    "baseline": None,
                    "stacks": each.stacks.model_copy(update={"skip": ("global-baseline",)}),
                }
            )
            if each.name == "billing-dev"
            else each
            for each in spec.accounts
        ]
        rules = [
            each.model_copy(update={"opt_in": False}) if each.id == "global-baseline" else each
            for each in spec.stacks
        ]
        changed = replace(spec, accounts=tuple(accounts), stacks=tuple(rules))
        made = baseline_matrix(changed, resolve(changed), ["billing-dev"], today=TODAY)

        assert cell_of(made, "billing-dev", "budget").why == "the account skips the stack global-baseline"
        assert cell_of(made, "billing-dev", "backups").why == "the account is on no baseline"
        assert row_of(made, "billing-dev").baseline == ""

    def test_a_region_without_the_stack_is_named(self, spec, fleet):
        """The item is there in part."""
        instances = tuple(
            each for each in fleet.instances if each.key != "orders-prod.eu-central-1.region-baseline"
        )
        made = baseline_matrix(spec, replace(fleet, instances=instances), ["orders-prod"], today=TODAY)
        cell = cell_of(made, "orders-prod", "ebs-encryption")

        assert (cell.state, cell.missing) == ("partly", ("eu-central-1",))
        assert cell.why

    def test_items_of_the_organisation_are_in_one_row(self, matrix):
        """Nobody else is asked for them."""
        assert "log-archive" in {cell.item.id for cell in row_of(matrix, "log-archive").cells}
        assert "log-archive" not in {cell.item.id for cell in row_of(matrix, "orders-prod").cells}
        assert "service-control-policies" not in {
            cell.item.id for cell in row_of(matrix, "orders-prod").cells
        }

    def test_every_account_row_has_every_item_of_its_scopes(self, matrix):
        """Nothing is left unsaid."""
        wanted = {item.id for item in ITEMS if item.scope in ("account", "region")}

        for row in matrix.rows:
            assert wanted <= {cell.item.id for cell in row.cells}

    def test_what_is_not_there_says_why(self, matrix):
        """Every single one of an account and its regions."""
        silent = [
            (row.account.name, cell.item.id)
            for row in matrix.rows
            for cell in row.cells
            if cell.item.scope in ("account", "region") and cell.state not in ("has", "step") and not cell.why
        ]

        assert not silent


class TestStanding:
    KEYS = ("orders-prod.eu-central-1.region-baseline", "orders-prod.eu-west-1.region-baseline")

    def standing(self, spec, fleet, applied, stacks=KEYS):
        """The standing of an item of both regions."""
        records = {key: SimpleNamespace(sha256=f"now-{key}", waivers=()) for key in stacks}
        bundle = SimpleNamespace(stacks=records)
        made = baseline_matrix(spec, fleet, ["orders-prod"], today=TODAY, bundle=bundle, applied=applied)
        return cell_of(made, "orders-prod", "ebs-encryption").standing

    def test_applied_as_synthesised(self, spec, fleet):
        """In every region."""
        assert self.standing(spec, fleet, {key: f"now-{key}" for key in self.KEYS}) == "applied"

    @pytest.mark.parametrize(("last", "standing"), [("older", "behind"), ("", "in-doubt"), (None, "never")])
    def test_the_worst_region_holds(self, spec, fleet, last, standing):
        """One that is behind is enough."""
        first, second = self.KEYS
        applied = {first: f"now-{first}"} | ({second: last} if last is not None else {})

        assert self.standing(spec, fleet, applied) == standing

    def test_without_a_bundle_nothing_is_known(self, spec, fleet):
        """What is not synthesised cannot be compared."""
        assert self.standing(spec, fleet, {}, stacks=()) == "unknown"

    def test_nothing_stands_where_there_is_nothing(self):
        """A worst of none."""
        assert worst([]) == ""


class TestWaived:
    def test_a_waiver_of_a_control_reaches_the_item(self, spec, fleet):
        """With the checks of the item alone, who approved it, and until when."""
        (found,) = waived_in(spec, fleet, waiver())

        assert (found.id, found.checks, found.by, found.until) == (
            "W-2026-101",
            ("LF_ACCOUNT_PUBLIC_BUCKETS",),
            ("lee",),
            "2026-11-21",
        )

    def test_one_of_the_item_s_own_types_reaches_it_with_every_check(self, spec, fleet):
        """Also with those that the item does not claim."""
        (found,) = waived_in(
            spec, fleet, waiver(scope={"resources": ["aws_s3_account_public_access_block.Account_*"]})
        )

        assert found.checks == ("CKV_AWS_1", "LF_ACCOUNT_PUBLIC_BUCKETS")

    @pytest.mark.parametrize(
        "changes",
        [
            {"expires": "2026-11-20"},
            {"checks": ["CKV_AWS_1"]},
            {"scope": {"resources": ["aws_s3_bucket.*"]}},
        ],
    )
    def test_one_that_has_ended_or_is_of_something_else_does_not(self, spec, fleet, changes):
        """Its last day is over, its checks are none of the item's, or its resources."""
        assert not waived_in(spec, fleet, waiver(**changes))


class TestReasons:
    def test_each_is_told_once(self, matrix):
        """With all items and accounts that it holds for."""
        reasons = matrix.reasons()
        first = next(each for each in reasons if each.why == "not in workload 1: workload 2 has it")

        assert first.accounts == ("analytics-prod",)
        assert {"budget", "backups"} <= {item.id for item in first.items}
        assert len({(each.state, each.why, each.accounts) for each in reasons}) == len(reasons)


class TestCsv:
    def test_a_line_for_each_account_and_item(self, matrix):
        """Under the names of the columns."""
        head, *lines = csv.reader(io.StringIO(baseline_csv(matrix)))

        assert tuple(head) == COLUMNS
        assert len(lines) == sum(len(row.cells) for row in matrix.rows)
        assert {len(line) for line in lines} == {len(COLUMNS)}

    def test_a_formula_is_text(self, matrix):
        """A spreadsheet would run it."""
        row = matrix.rows[0]
        named = replace(row, account=row.account.model_copy(update={"ou": "=1+1"}))

        assert "'=1+1" in baseline_csv(BaselineMatrix((named,)))


class _Page(HTMLParser):
    """The tags of a page, and the text of its cells."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


class TestHtml:
    def page(self, matrix):
        """The page, read."""
        page = _Page()
        page.feed(baseline_html(matrix))
        return page

    def test_it_needs_nothing_else(self, matrix):
        """No script, no link, and a policy that lets a browser load nothing."""
        page = self.page(matrix)

        assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
        assert any("default-src 'none'" in attrs.get("content", "") for _, attrs in page.tags)

    def test_every_cell_says_what_its_colour_says(self, matrix):
        """In a letter, and in its title."""
        marks = [attrs for tag, attrs in self.page(matrix).tags if tag == "td" and "title" in attrs]

        assert len(marks) == sum(len(row.cells) for row in matrix.rows)
        assert all(attrs["class"].split()[0] in attrs["title"] for attrs in marks)

    def test_markup_of_the_spec_is_text(self, matrix):
        """Whatever an account is called."""
        row = matrix.rows[0]
        named = replace(row, account=row.account.model_copy(update={"name": "<b>x</b>"}))

        assert "<b>x</b>" not in baseline_html(BaselineMatrix((named,)))


class TestSteps:
    @pytest.mark.parametrize(
        ("told", "why"),
        [
            ({}, "the ledger has nothing of it"),
            ({("orders-prod", "default-vpcs"): Told("2026-11-20", False)}, "last done on 2026-11-20"),
            (
                {("orders-prod", "default-vpcs"): Told("2026-11-20", True)},
                "AWS refused some of it, last on 2026-11-20",
            ),
        ],
    )
    def test_the_ledger_says_when_it_was_done(self, spec, fleet, told, why):
        """Or that AWS refused it, or nothing."""
        made = baseline_matrix(spec, fleet, ["orders-prod"], today=TODAY, told=told)

        assert cell_of(made, "orders-prod", "default-vpc").why == why
        assert why not in {reason.why for reason in made.reasons()}

    @pytest.mark.parametrize(("sandbox", "found"), [(None, True), ("5a", False)])
    def test_what_is_told_of_one_place(self, tmp_path, sandbox, found):
        """The last of each step, and nothing of another place."""
        (tmp_path / LEDGER).parent.mkdir(parents=True)
        body = {"account": "orders-prod", "account_id": "1" * 12, "step": "quotas", "what": "x", "by": "jane"}
        with Ledger.open(tmp_path / LEDGER) as ledger:
            for day in (20, 21):
                at = f"2026-11-{day}T00:00:00+00:00"
                ledger.append(EventKind.ACCOUNT_STEP, at=at, run="r", body={**body, "region": "eu-west-1"})

        expected = {("orders-prod", "quotas"): Told("2026-11-21", False)} if found else {}
        assert steps_told(tmp_path, sandbox) == expected

    def test_without_a_ledger_nothing_is_told_and_none_is_begun(self, tmp_path):
        """To look is no reason to begin one."""
        assert not steps_told(tmp_path, None)
        assert not (tmp_path / LEDGER).exists()

    def test_every_step_of_the_table_is_one(self):
        """That ``landform accounts prepare`` takes."""
        assert {item.step for item in ITEMS if item.step} == STEPS.keys()

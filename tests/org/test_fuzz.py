"""Whatever is in the files, what comes out is a fleet or a LandformError."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.errors import LandformError
from landform.org.document import parse
from landform.org.explain import explain, refused
from landform.org.jsonschema import FILES as FILES_OF
from landform.org.jsonschema import MODELS
from landform.org.load import load, model_of
from landform.org.nodes import plain_fields, read_nodes
from landform.org.quick import quick_value
from landform.org.resolve import judge, resolve

from .conftest import FILES, WAIVER, Project

ACCOUNT_MORE = """\
baseline: { name: workload, version: "13", pin_until: 2027-01-31 }
compliance: [pci]
access: [{ group: eng, permission_set: ReadOnly, max_session: 2h }]
deploy: { provider: github, repo: acme/x, environments: [dev] }
budget: { monthly_usd: 900, alerts: [50%, 100%] }
quotas: [{ service: ec2, code: L-1216C47A, value: 512 }]
stacks: { add: [extra], params: { network: { size: 24 } } }
change: { requested_by: jane, approved_by: [joe], reason: tests, date: 2026-11-20 }
expires: 2027-02-01
sizing: { nat: none }
defaults: { backup: { plan: daily } }
enforce: { services: [s3] }
"""
ORG_MORE = """\
naming: { accounts: ["*"], email_domains: [acme.example] }
identity: { permission_sets: [ReadOnly], max_session: 4h }
deploy: { providers: [github], repositories: ["acme/*"] }
services: [s3, ec2]
region_settings: { eu-central-1: { tags: { place: frankfurt }, params: { network: { dns: false } } } }
defaults: { sizing: { log_retention_days: 30 } }
merge: { waivers: { never: [CKV_AWS_54] } }
enforce: { guard: { level: standard } }
"""
TIER_MORE = """\
sizing: { az_count: 2, log_retention_days: 365, db: { class: m } }
rollout: { bake: 5m, waves: [1%, 100%], freeze: [{ from: 2026-12-20, to: 2027-01-03 }], max_stacks: 9 }
max_data_class: internal
max_account_days: 90
"""
STACKS_MORE = """\
  - id: extra
    construct: acme.app:Extra
    opt_in: true
    accounts: [payments-prod]
    needs: [base]
    uses: { base: [bucket] }
    enforce: { sizing: { deletion_protection: true } }
"""
# Every kind of file, with most of the keys that it may have.
SPEC = FILES | {
    "org/waivers/W-2026-001.yaml": WAIVER,
    "org/org.yaml": FILES["org/org.yaml"] + ORG_MORE,
    "org/tiers/dev.yaml": FILES["org/tiers/dev.yaml"] + TIER_MORE,
    "org/accounts/payments-dev.yaml": FILES["org/accounts/payments-dev.yaml"] + ACCOUNT_MORE,
    "org/stacks.yaml": FILES["org/stacks.yaml"].replace(":Base\n", ":Base\n    outputs: { bucket: string }\n")
    + STACKS_MORE,
    "org/baselines/workload-13.yaml": """\
schema: landform/baseline/v1
name: workload
version: "13"
stacks: [base, extra]
params: { network: { size: 23 } }
sunset: 2027-01-31
""",
    "org/waves.yaml": """\
schema: landform/waves/v1
waves:
  - id: canary
    select: { accounts: [payments-dev], tiers: [dev] }
    size: 10%
  - id: rest
    bake: 30m
""",
    "org/approvers.yaml": """\
schema: landform/approvers/v1
people:
  - name: jane
    keys:
      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEY9ITbdAhDYmXhL1Ttc3nJZz5HDBu6YcnZqYkQsdJyb jane
    until: 2027-06-30
groups:
  - { name: security, members: [jane] }
""",
    "org/network.yaml": """\
schema: landform/network/v1
pools:
  - name: dev
    cidrs: { eu-west-1: 10.20.0.0/16, eu-central-1: [10.21.0.0/16] }
    tiers: [dev]
""",
}
# As many as a person waits for, or as many as a build has time for.
CASES = 10_000 if os.environ.get("CI") else 1_000
SNIPPETS = st.sampled_from(
    [
        *(
            "null",
            "true",
            "0",
            "-1",
            "012",
            "1e999",
            "~",
            "''",
            '""',
            "[]",
            "{}",
            "[[]]",
            "{a: {b: c}}",
            "[1, a]",
        ),
        *(
            "&a",
            "*a",
            "!!str",
            "!x",
            "|\n",
            ">\n",
            "? ",
            ": ",
            "- ",
            "---\n",
            "...\n",
            "%YAML 1.3\n",
            "%YAML 1.0",
            "\t",
            "\r",
            "\x00",
        ),
        *(
            '"\\ud800"',
            '"\\U00ffffff"',
            '"\\x"',
            "\u2028",
            "\u0085",
            "\ufeff",
            "\U0001f600",
            "<<: {a: 1}",
            "#",
            "@",
            "`",
        ),
        *(
            "2026-13-01",
            "*",
            "[a-",
            "{",
            "}",
            "[",
            "]",
            ",",
            "eu-west-1",
            "payments-dev",
            "base",
            "network",
            "prod",
        ),
    ]
)
WORDS = sorted({word for text in SPEC.values() for word in text.replace(",", " ").split()})


def splice(text: str, start: int, length: int, new: str) -> str:
    at = start % (len(text) + 1)
    return text[:at] + new + text[at + length :]


def swap(text: str, old: str, new: str) -> str:
    return text.replace(old, new, 1)


MUTATIONS: st.SearchStrategy[Callable[[str], str]] = st.one_of(
    st.builds(
        lambda start, length, new: lambda text: splice(text, start, length, new),
        st.integers(0, 2000),
        st.integers(0, 30),
        st.one_of(SNIPPETS, st.text(max_size=5)),
    ),
    st.builds(
        lambda old, new: lambda text: swap(text, old, new),
        st.sampled_from(WORDS),
        st.one_of(SNIPPETS, st.sampled_from(WORDS)),
    ),
)


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A spec with every kind of file, which each case breaks and mends again."""
    project = Project(tmp_path_factory.mktemp("fuzz"))
    for file, text in SPEC.items():
        project.write(file, text)
    return project


def changed(file: str, changes: list[Callable[[str], str]]) -> str:
    text = SPEC[file]
    for change in changes:
        text = change(text)
    return text


def judged(error: LandformError) -> bool:
    """Whether an error says all that it must: a code of the spec, a file, and words."""
    return all(
        each.code.slug.startswith("spec-") and each.place and each.place.file and str(each)
        for each in error.each()
    )


@contextmanager
def broken(
    spec: Project, file: str, changes: list[Callable[[str], str]], gone: bool = False
) -> Iterator[None]:
    """One file changed, or gone; whole again afterwards."""
    spec.write(file, changed(file, changes).encode("utf-8", "surrogatepass"))
    if gone:
        (spec.root / file).unlink()
    try:
        yield
    finally:
        spec.write(file, SPEC[file])


class TestFuzz:
    def test_what_is_mutated_is_good(self, spec: Project) -> None:
        """Without a mutation the spec resolves, and every layer is in it."""
        read = load(spec.root)
        assert len(resolve(read).instances) == 9
        assert explain(read, "payments-dev")

    @settings(max_examples=CASES * 7 // 10, deadline=None)
    @given(file=st.sampled_from(sorted(SPEC)), changes=st.lists(MUTATIONS, min_size=1, max_size=3))
    def test_a_mutated_file(self, file: str, changes: list[Callable[[str], str]]) -> None:
        """A file is told what is wrong in it, or is a model."""
        model = next(MODELS[kind] for kind, glob in FILES_OF.items() if fnmatch(file, glob))
        try:
            outcome: object = model_of(parse(changed(file, changes), file), model)
        except LandformError as error:
            outcome = judged(error)
        assert outcome

    @settings(max_examples=CASES * 3 // 10, deadline=None)
    @given(
        file=st.sampled_from(sorted(SPEC)),
        changes=st.lists(MUTATIONS, min_size=1, max_size=3),
        gone=st.sampled_from([False] * 9 + [True]),
    )
    def test_a_mutated_spec(
        self, spec: Project, file: str, changes: list[Callable[[str], str]], gone: bool
    ) -> None:
        """A broken spec is told with a code and a file, a spec that is still good resolves."""
        with broken(spec, file, changes, gone):
            try:
                outcome: object = judge(spec.root).fleet.instances
            except LandformError as error:
                outcome = judged(error)
            assert outcome

    @settings(max_examples=CASES // 20, deadline=None)
    @given(file=st.sampled_from(sorted(SPEC)), changes=st.lists(MUTATIONS, min_size=1, max_size=3))
    def test_a_mutated_spec_is_explained(
        self, spec: Project, file: str, changes: list[Callable[[str], str]]
    ) -> None:
        """What can be read can be explained, though it breaks every rule."""
        with broken(spec, file, changes):
            try:
                read = load(spec.root)
            except LandformError as error:
                outcome = judged(error)
            else:
                outcome = all(explain(read, account.name) for account in read.accounts)
                refused(read)
            assert outcome

    @settings(max_examples=CASES // 10, deadline=None)
    @given(file=st.sampled_from(sorted(SPEC)), changes=st.lists(MUTATIONS, min_size=1, max_size=3))
    def test_what_is_read_quickly(self, file: str, changes: list[Callable[[str], str]]) -> None:
        """A value that was read without its places is the one that has them, to the last type."""
        text = changed(file, changes)
        value = quick_value(text)
        assert value is None or repr(value) == repr(plain_fields(read_nodes(text, file)))

    @settings(max_examples=300, deadline=None)
    @given(text=st.one_of(st.text(), st.lists(SNIPPETS).map("".join), st.lists(SNIPPETS).map("\n".join)))
    def test_any_text(self, text: str) -> None:
        """Any text is a document or a LandformError."""
        try:
            outcome: object = parse(text, "x").value
        except LandformError as error:
            outcome = all(each.place for each in error.each())
        assert outcome is True or isinstance(outcome, dict)

    @settings(max_examples=CASES // 10, deadline=None)
    @given(text=st.lists(SNIPPETS).map(": ".join))
    def test_any_text_read_quickly(self, text: str) -> None:
        """What can be read without its places is a document, of that value."""
        value = quick_value(text)
        assert value is None or repr(value) == repr(plain_fields(read_nodes(text, "x")))

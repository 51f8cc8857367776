"""Whatever is in the files, what comes out is a fleet or a LandformError."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from landform.errors import LandformError
from landform.org.document import parse
from landform.org.load import load
from landform.org.resolve import resolve

from .conftest import FILES, WAIVER, Project

SPEC = FILES | {"org/waivers/W-2026-001.yaml": WAIVER}
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


class TestFuzz:
    @settings(max_examples=300, deadline=None)
    @given(
        changes=st.lists(st.tuples(st.sampled_from(sorted(SPEC)), MUTATIONS), min_size=1, max_size=3),
        gone=st.sets(st.sampled_from(sorted(SPEC)), max_size=1),
    )
    def test_a_mutated_spec(self, changes: list[tuple[str, Callable[[str], str]]], gone: set[str]) -> None:
        """A broken spec is told with a code and a file, a spec that is still good resolves."""
        with tempfile.TemporaryDirectory() as folder:
            project = Project(Path(folder))
            texts = dict(SPEC)
            for file, change in changes:
                texts[file] = change(texts[file])
            for file, text in texts.items():
                project.write(file, text.encode("utf-8", "surrogatepass"))
            for file in gone:
                (project.root / file).unlink()
            try:
                fleet = resolve(load(project.root))
            except LandformError as error:
                for each in error.each():
                    assert each.code.slug.startswith("spec-")
                    assert each.place
                    assert each.place.file
                    assert str(each)
            else:
                assert fleet.instances

    @settings(max_examples=300, deadline=None)
    @given(text=st.one_of(st.text(), st.lists(SNIPPETS).map("".join), st.lists(SNIPPETS).map("\n".join)))
    def test_any_text(self, text: str) -> None:
        """Any text is a document or a LandformError."""
        try:
            outcome: object = parse(text, "x").value()
        except LandformError as error:
            outcome = all(each.place for each in error.each())
        assert outcome is True or isinstance(outcome, dict)

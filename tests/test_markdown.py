"""Text in Markdown stays text, whatever it is, as a parser of CommonMark reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from landform.markdown import code, html, text

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What GitHub makes links of where it finds it in a text, and whom it tells.
LINKS = re.compile(r"@\w|#\d|\bgh-\d|(?:https?|ftp)://|www\.\w", re.IGNORECASE | re.ASCII)
PLACES = {
    "cell": ("| a | b |\n| --- | --- |\n| {} | x |\n", "td_open"),
    "heading": ("### {}\n", "heading_open"),
    "item": ("- {}\n", "list_item_open"),
    "paragraph": ("{}\n", "paragraph_open"),
    "after another line": ("before\n{}\n", "paragraph_open"),
}

words = st.text(
    st.sampled_from("@#|`*_[]()<>!&;~\\-+=:/.0123ghGHw \n")
    | st.characters(exclude_categories=("Cs",), min_codepoint=1),
    min_size=1,
).filter(str.strip)
tricky = st.lists(
    st.sampled_from(
        [
            "@octo",
            "@octo/team",
            "#12",
            "octo/cat#12",
            "GH-12",
            "gh-1",
            "https://",
            "www.",
            "a@b.example",
            "&#64;octo",
        ]
    )
    | words,
    min_size=1,
).map(" ".join)


def seen(place: str, escaped: str) -> list[Token]:
    """The inline tokens of what stands in a place, which must be all of it."""
    document, opening = PLACES[place]
    tokens = PARSER.parse(document.format(escaped))
    if place == "after another line":
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    opened = next(index for index, token in enumerate(tokens) if token.type == opening)
    inline = next(token for token in tokens[opened:] if token.type == "inline")
    assert sum(token.type == "inline" and token.content != "" for token in tokens) == 1 + 3 * (
        place == "cell"
    )
    return list(inline.children or ())


def shown(tokens: list[Token]) -> str:
    """What a reader sees: everything but comments."""
    return "".join(
        "\n" if token.type == "softbreak" else token.content
        for token in tokens
        if token.type != "html_inline"
    )


def nodes(tokens: list[Token]) -> Iterator[str]:
    """The texts that GitHub looks into, each by itself: not into code."""
    yield from (token.content for token in tokens if token.type == "text")


class TestText:
    @pytest.mark.parametrize("place", PLACES)
    @given(said=tricky)
    @example(said="1. first")
    @example(said="12) twelfth")
    @example(said="---")
    @example(said="===")
    @example(said=":---")
    @example(said="- [ ] done?")
    @example(said="| \\| \\")
    @example(said="![seen](https://evil.example/pixel) <!-- @octo --> &amp; &#35;1")
    def test_it_is_shown_as_it_is(self, place: str, said: str) -> None:
        """In every place, but for white space, which a line of Markdown has not."""
        expected = " ".join(said.split())
        found = shown(seen(place, text(said)))

        assert found == (f"before\n{expected}" if place == "after another line" else expected)

    @given(said=tricky)
    def test_nothing_in_it_is_markup_or_link(self, said: str) -> None:
        """Words and empty comments alone, and no word tells or links, in the page or in a commit's message."""
        escaped = text(said)
        tokens = seen("paragraph", escaped)

        assert {token.type for token in tokens} <= {"text", "html_inline"}
        assert {token.content for token in tokens if token.type == "html_inline"} <= {"<!-- -->"}
        assert not [node for node in nodes(tokens) if LINKS.search(node)]
        assert not LINKS.search(escaped)

    def test_what_is_too_long_is_cut(self) -> None:
        """As long as it is text, so that no escape is cut in two."""
        assert text("***", most=2) == "\\*\\* ..."
        assert text("***", most=3) == "\\*\\*\\*"

    @pytest.mark.parametrize(
        "said", ["10.128.240.0/20", "2026-11-22", "read, tag: stopped", "1,000 USD", "payments-prod"]
    )
    def test_what_means_nothing_to_markdown_is_left_alone(self, said: str) -> None:
        """Most people read a commit's message as it is."""
        assert text(said) == said


class TestCode:
    @pytest.mark.parametrize("place", PLACES)
    @given(said=tricky)
    @example(said="a|b\\|c")
    @example(said="`` ` ``")
    @example(said="\\")
    def test_it_is_shown_as_it_is(self, place: str, said: str) -> None:
        """In every place, also with bars, backslashes and backticks."""
        expected = " ".join(said.split())
        found = shown(seen(place, code(said)))

        assert found == (f"before\n{expected}" if place == "after another line" else expected)

    @given(said=tricky)
    def test_it_is_code(self, said: str) -> None:
        """One span of it, or one element; GitHub looks into neither."""
        tokens = seen("paragraph", code(said))
        kinds = [token.type for token in tokens]

        assert kinds == ["code_inline"] or (tokens[0].content, tokens[-1].content) == ("<code>", "</code>")
        assert not {token.content for token in tokens[1:-1] if token.type == "html_inline"} - {"<!-- -->"}

    def test_nothing_is_nothing(self) -> None:
        """An empty span would be two backticks."""
        assert code(" \n") == ""


class TestHtml:
    @given(said=tricky)
    def test_it_opens_no_element_and_links_to_nothing(self, said: str) -> None:
        """A comment apart, no angle bracket is left."""
        escaped = html(said)

        assert not re.search("[<>]", escaped.replace("<!-- -->", ""))
        assert not LINKS.search(escaped)

    @given(said=tricky)
    def test_it_is_shown_as_it_is(self, said: str) -> None:
        """With its entities read back."""
        assert unescape(html(said).replace("<!-- -->", "")) == " ".join(said.split())


def unescape(escaped: str) -> str:
    """What a browser shows of the three characters that are entities."""
    return escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

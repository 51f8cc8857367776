"""Text in GitHub's Markdown that stays text: it is no markup, tells nobody, and links to nothing.

GitHub looks for mentions (``@name``) and issues (``#1``, ``GH-1``) in what Markdown came to, so neither a backslash nor
``&#64;`` keeps them away; an empty comment behind the character does, is not seen, and is not copied along. It works in
a commit's message too, which GitHub reads as it is ("Autolinked references and URLs" and "Basic writing and formatting
syntax" of GitHub's documentation).
"""

from __future__ import annotations

import re

LIMIT = 65_000
"""The most characters of a page: GitHub takes 65,536 in a comment or the text of a pull request."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#])")
# At the beginning of a line: a list, a line across, the underline of a heading or the second line of a table.
_LEADING = re.compile(r"^(?:(?=[-+=:])|[0-9]{1,9}(?=[.)](?: |$)))")
# A mention or an address, an issue of this repository or another one, an address of the web.
_LINKED = re.compile(r"@|#(?=[0-9])|gh-(?=[0-9])|www(?=\.)|:(?=//)", re.IGNORECASE)
_NOTHING = "<!-- -->"


def text(words: str, most: int | None = None) -> str:
    """Words as they are, also in a cell, a heading or an item of a list; of more than ``most`` characters the first."""
    escaped = _SPECIAL.sub(r"\\\1", _line(words, most))
    return _unlinked(_LEADING.sub(r"\g<0>\\", escaped))


def code(words: str, most: int | None = None) -> str:
    """Words as code, also in a cell; nothing for nothing. In a pull request alone: a commit's message has no code."""
    line = _line(words, most)
    if not line:
        return ""
    if "|" in line:
        # In a cell a bar ends the cell even in code, and behind a backslash it is no bar elsewhere.
        return f"<code>{text(line)}</code>"
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def html(words: str, most: int | None = None) -> str:
    """Words in an element of HTML, as the summary of what is folded."""
    line = _line(words, most)
    return _unlinked(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _line(words: str, most: int | None) -> str:
    line = " ".join(words.split())
    return line if most is None or len(line) <= most else f"{line[:most]} ..."


def _unlinked(line: str) -> str:
    return _LINKED.sub(rf"\g<0>{_NOTHING}", line)

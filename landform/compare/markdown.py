"""The difference as Markdown for a pull request: the access first, changes folded by stack.

GitHub takes 65,536 characters in a comment; what does not fit is left out from the end and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from landform.compare import words
from landform.compare.model import Ambiguity, Change, Difference, Gained

LIMIT = 65_000
"""The most characters."""

_TAIL = 300
_LINES = 40
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")


def markdown(difference: Difference) -> str:
    """The difference as GitHub's Markdown, at most ``LIMIT`` characters."""
    text = "\n".join(_head(difference))
    parts = ["\n".join(_group(group)) for group in words.groups(difference.changes)]
    shown = 0
    for part in parts:
        if len(text) + len(part) + _TAIL > LIMIT:
            break
        text += "\n" + part
        shown += 1
    if shown < len(parts):
        text += f"\n\n**{len(parts) - shown} groups of changes are not shown here.** The JSON form has all of them."
    return text.rstrip() + "\n"


def _head(difference: Difference) -> Iterator[str]:
    yield f"## landform diff: {_text(difference.before.name)} -> {_text(difference.after.name)}\n"
    yield f"{_text(words.summary(difference))}.\n"
    if made_by := words.generators(difference):
        yield f"Made by {_text(made_by)}.\n"
    for name, (before, after) in difference.inputs.items():
        yield f"- {_code(name)}: {_code(before or 'none')} -> {_code(after or 'none')}"
    if difference.gained:
        yield f"\n### New access ({len(difference.gained)})\n"
        for entry in difference.gained[:_LINES]:
            if isinstance(entry.difference, Gained):
                place = f"in {_text(words.where(entry.members))}"
                yield f"- **{_text(entry.stack)}** {_code(str(entry.difference))} {place}"
        if len(difference.gained) > _LINES:
            yield f"- and {len(difference.gained) - _LINES} more"
    for entry in difference.ambiguous[:_LINES]:
        if isinstance(entry.difference, Ambiguity):
            yield f"- not decided in {_text(words.where(entry.members))}: {_code(words.ambiguity(entry.difference))}"
    yield ""


def _group(group: words.Group) -> Iterator[str]:
    yield "<details>"
    yield f"<summary><b>{_html(group.stack)}</b> {_html(words.where(group.members))} ({len(group.entries)})</summary>\n"
    yield "```diff"
    moves, left = words.plain_moves(group.entries)
    yield from (_line(f"# {line}") for line in moves)
    for entry in left:
        change = entry.difference
        if isinstance(change, Change):
            # A change is marked with an exclamation mark, which GitHub colours.
            sign = {"~": "!", ">": "#"}.get(words.SIGNS[change.kind], words.SIGNS[change.kind])
            yield _line(f"{sign} {words.title(change)}")
            yield from (_line(f"    {remark}") for remark in words.remarks(change))
            yield from (_line(f"    {words.text(line)}") for line in change.lines[:_LINES])
            if len(change.lines) > _LINES:
                yield f"    and {len(change.lines) - _LINES} more"
    yield "```"
    yield "</details>"


def _line(text: str) -> str:
    # A fence inside would end the block.
    return " " * (len(text) - len(text.lstrip())) + " ".join(text.split()).replace("```", "'''")


def _code(text: str) -> str:
    line = " ".join(text.split())
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _html(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

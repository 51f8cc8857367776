"""The difference as Markdown for a pull request: the access first, changes folded by stack.

GitHub takes 65,536 characters in a comment; what does not fit is left out from the end and counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from landform.compare import words
from landform.compare.model import Ambiguity, Change, Difference, Gained
from landform.markdown import LIMIT, code, html, text

_TAIL = 300
_LINES = 40


def markdown(difference: Difference) -> str:
    """The difference as GitHub's Markdown, at most ``LIMIT`` characters."""
    page = "\n".join(_head(difference))
    parts = ["\n".join(_group(group)) for group in words.groups(difference.changes)]
    shown = 0
    for part in parts:
        if len(page) + len(part) + _TAIL > LIMIT:
            break
        page += "\n" + part
        shown += 1
    if shown < len(parts):
        page += f"\n\n**{len(parts) - shown} groups of changes are not shown here.** The JSON form has all of them."
    return page.rstrip() + "\n"


def _head(difference: Difference) -> Iterator[str]:
    yield f"## landform diff: {text(difference.before.name)} -> {text(difference.after.name)}\n"
    yield f"{text(words.summary(difference))}.\n"
    if made_by := words.generators(difference):
        yield f"Made by {text(made_by)}.\n"
    for name, (before, after) in difference.inputs.items():
        yield f"- {code(name)}: {code(before or 'none')} -> {code(after or 'none')}"
    if difference.gained:
        yield f"\n### New access ({len(difference.gained)})\n"
        for entry in difference.gained[:_LINES]:
            if isinstance(entry.difference, Gained):
                place = f"in {text(words.where(entry.members))}"
                yield f"- **{text(entry.stack)}** {code(str(entry.difference))} {place}"
        if len(difference.gained) > _LINES:
            yield f"- and {len(difference.gained) - _LINES} more"
    for entry in difference.ambiguous[:_LINES]:
        if isinstance(entry.difference, Ambiguity):
            yield f"- not decided in {text(words.where(entry.members))}: {code(words.ambiguity(entry.difference))}"
    yield ""


def _group(group: words.Group) -> Iterator[str]:
    yield "<details>"
    yield f"<summary><b>{html(group.stack)}</b> {html(words.where(group.members))} ({len(group.entries)})</summary>\n"
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

"""A few lines of the user's Python, to show where a resource is made, without the texts that are written there.

A report must never hold a secret of its input, and a line of code may: as a literal or in a comment. So every
literal text but the names of constructs is left out, and every comment.
"""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from collections.abc import Collection, Iterator

LINES = 3
"""The most lines that are shown."""

_HIDDEN = '"..."'


def excerpt(text: str, line: int, names: Collection[str]) -> tuple[str, ...]:
    """The lines from one on, as far as its statement goes, at most ``LINES``, without their common indentation.

    Args:
        text: a Python module.
        line: the line of the module where the statement begins, counted from 1.
        names: the texts that may be shown: the parts of a construct's path.

    Returns:
        The lines; none where the text is no Python or has no such line.
    """
    try:
        tokens = tuple(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return ()
    lines = text.splitlines()
    if not 1 <= line <= len(lines):
        return ()
    # From the last one backwards, so that columns before it stay what they are.
    for (first, start), (last, end), shown in reversed([*_hidden(tokens, names)]):
        rest = lines[last - 1][end:]
        for number in range(first + 1, last + 1):
            lines[number - 1] = ""
        lines[first - 1] = (lines[first - 1][:start] + shown + rest).rstrip()
    end_of = (token.end[0] for token in tokens if token.type == tokenize.NEWLINE and token.end[0] >= line)
    last_line = min(next(end_of, line), line + LINES - 1)
    return tuple(textwrap.dedent("\n".join(lines[line - 1 : last_line])).rstrip().split("\n"))


def _hidden(
    tokens: Collection[tokenize.TokenInfo], names: Collection[str]
) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
    """What is left out: from, to, and what stands there instead."""
    depth = 0
    begun = (0, 0)
    for token in tokens:
        # Python 3.12 and later read a formatted text as several tokens, which may nest.
        kind = tokenize.tok_name[token.type]
        if kind in ("FSTRING_START", "TSTRING_START"):
            begun = begun if depth else token.start
            depth += 1
        elif kind in ("FSTRING_END", "TSTRING_END"):
            depth -= 1
            if not depth:
                yield begun, token.end, _HIDDEN
        elif kind == "COMMENT":
            yield token.start, token.end, ""
        elif kind == "STRING" and not depth and not _is_name(token.string, names):
            yield token.start, token.end, _HIDDEN


def _is_name(literal: str, names: Collection[str]) -> bool:
    try:
        return ast.literal_eval(literal) in names
    except (ValueError, SyntaxError):
        # A formatted text, where Python reads it as one token.
        return False

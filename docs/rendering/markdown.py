"""Markdown: tables, code and the prose of docstrings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

BAR = "\\|"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines) + "\n"


def prose(text: str | None) -> str:
    """A docstring's text as Markdown: paragraphs on one line each, code in single backticks."""
    paragraphs = re.split(r"\n\s*\n", (text or "").strip())
    joined = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return "\n\n".join(joined).replace("``", "`")


def code(texts: Iterable[str]) -> str:
    """Texts as code, one a line of a table's cell."""
    return "<br>".join(f"`{text}`" for text in texts)

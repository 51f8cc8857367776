"""Renders the reference pages of the docs from the code, so that they say what the code does.

``python docs/render.py`` writes them; ``--check`` writes nothing and exits with 1 where one is not up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rendering.constructs import construct_pages
from rendering.house import house
from rendering.reference import commands_page, errors_page

DOCS = Path(__file__).parent
HEADER = "<!-- Rendered by docs/render.py. Change the code, then run `make docs`. -->\n\n"


def pages() -> dict[str, str]:
    """Every rendered page, by its path below ``docs``."""
    rendered = {
        **construct_pages(),
        "errors.md": errors_page(),
        "commands.md": commands_page(),
        "house.svg": house(),
    }
    return {path: HEADER + text.rstrip() + "\n" for path, text in rendered.items()}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or say which are not up to date."""
    rendered = pages()
    stale = [path for path, text in rendered.items() if not _is(DOCS / path, text)]
    stale += [
        str(path.relative_to(DOCS)) for path in (DOCS / "constructs").rglob("*.md") if _gone(path, rendered)
    ]
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"docs/{path} is not up to date; run `make docs`\n")
        return bool(stale)
    for path in stale:
        target = DOCS / path
        if path in rendered:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(rendered[path], encoding="utf-8")
        else:
            target.unlink()
    return 0


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _gone(path: Path, rendered: Mapping[str, str]) -> bool:
    return str(path.relative_to(DOCS)) not in rendered


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""YAML of the spec read, changed and written with its comments, its quotes and the order of its keys."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML

_WIDTH = 110


def read_round_trip(text: str) -> Any:
    """A file's text as mappings and lists that remember how they were written."""
    return _yaml().load(text)


def written(document: Mapping[str, Any]) -> str:
    """The text of a document, whether it was read here or made anew."""
    stream = io.StringIO()
    _yaml().dump(document, stream)
    return stream.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml

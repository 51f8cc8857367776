"""The JSON Schema of a preview's document, of format ``landform/account-preview/v1``."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what ``Preview.document`` gives."""
    text = (
        resources.files(__package__)
        .joinpath("data/account-preview-v1.schema.json")
        .read_text(encoding="utf-8")
    )
    found: dict[str, Any] = json.loads(text)
    return found

"""Makes a schema pack from Terraform's own schema document (``terraform providers schema -json``)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landform.digest import digest
from landform.schema.pack import FORMAT, flags_of

# A zip keeps a time for each entry; one time for all makes equal schemas equal bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def make_pack(document: Mapping[str, Any], *, address: str, version: str, folder: Path) -> Path:
    """Write a pack and return its path, ``<folder>/<name>-<version>.zip``.

    Args:
        document: one provider's part of the schema document.
        address: the provider's full address, ``registry.terraform.io/hashicorp/aws``.
        version: its exact version.
        folder: where the pack goes.
    """
    _, namespace, name = address.split("/")
    source = f"{namespace}/{name}"
    entries = {f"provider/{name}": document["provider"]["block"]}
    entries |= {f"resource/{t}": s["block"] for t, s in document.get("resource_schemas", {}).items()}
    entries |= {f"data/{t}": s["block"] for t, s in document.get("data_source_schemas", {}).items()}
    reduced = {path: _reduce(block) for path, block in entries.items()}
    index = {"format": FORMAT, "name": name, "source": source, "version": version, "digest": digest(reduced)}
    path = folder / f"{name}-{version}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as pack:
        for entry, value in [("pack.json", index), *sorted(reduced.items())]:
            info = zipfile.ZipInfo(entry, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            pack.writestr(info, json.dumps(value, sort_keys=True, separators=(",", ":")))
    return path


def _reduce(block: Mapping[str, Any]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    for name, attribute in block.get("attributes", {}).items():
        attributes[name] = [_attribute_type(attribute), flags_of(attribute)]
    for name, nested in block.get("block_types", {}).items():
        counts = [nested.get("min_items", 0), nested.get("max_items", 0)]
        flags = flags_of(nested["block"])
        blocks[name] = [nested["nesting_mode"], *counts, _reduce(nested["block"]), flags]
    return {"attributes": attributes, "blocks": blocks}


def _attribute_type(attribute: Mapping[str, Any]) -> Any:
    """The type of an attribute; a protocol-6 nested attribute becomes the object type it stands for."""
    nested = attribute.get("nested_type")
    if nested is None:
        return attribute["type"]
    members = {name: _attribute_type(inner) for name, inner in nested["attributes"].items()}
    mode = nested["nesting_mode"]
    return ["object", members] if mode == "single" else [mode, ["object", members]]

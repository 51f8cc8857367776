"""Bundles written by hand."""

import json

import pytest
from compared import document, record

from landform.digest import sha256
from landform.synth.bundle import INDEX, Bundle


@pytest.fixture
def bundle(tmp_path):
    """Write a bundle: ``bundle("a", {"dev.app": {(type, path): body}})``."""

    def write(folder, stacks, *, tags=None, generator="1.0", **more):
        root = tmp_path / folder
        records = {}
        for name, resources in stacks.items():
            made = document(resources, account=name.partition(".")[0], **more)
            path = root / "stacks" / name / "cdk.tf.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(made))
            records[name] = record(name, made, resources, tags=tags)
        (root / INDEX).parent.mkdir(parents=True)
        index = {
            "format": "landform/bundle/v1",
            "generator": {"name": "landform", "version": generator},
            "digest": f"sha256:{sha256(json.dumps(records))}",
            "tiers": {},
            "stacks": records,
        }
        (root / INDEX).write_text(json.dumps(index))
        return Bundle.load(root)

    return write

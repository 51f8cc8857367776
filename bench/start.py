"""What it costs to start: imports and ``--help``, beside a Python that does nothing."""

from __future__ import annotations

import compileall
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from landform import __version__
from landform.schema.generate import generate_module
from landform.schema.pack import shipped_pack

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import landform": [sys.executable, "-c", "import landform"],
    "import landform.core": [sys.executable, "-c", "import landform.core"],
    "import one typed resource": [sys.executable, "-c", "import landform.resources.aws.s3_bucket"],
    "import every construct": [
        sys.executable,
        "-c",
        "import landform.constructs.ec2, landform.constructs.state, landform.constructs.iam",
    ],
    "landform --help": [str(Path(sys.executable).with_name("landform")), "--help"],
    "import cdktf": [sys.executable, "-c", "import cdktf"],
}

_EACH = """
import importlib, json, sys, time
import landform.resources.base
sys.path.insert(0, sys.argv[1])
found = {}
for name in sys.argv[2].split(","):
    start = time.perf_counter()
    importlib.import_module(name)
    found[name] = (time.perf_counter() - start) * 1000
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Start:
    """The median of one command, in milliseconds."""

    what: str
    milliseconds: float


def starts(runs: int) -> list[Start]:
    """Every command, each run in a process of its own, in turns so that the machine's mood is shared."""
    found: dict[str, list[float]] = {what: [] for what in COMMANDS}
    for turn in range(runs + 1):
        for what, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # The first turn fills caches of files and of bytecode.
            if turn:
                found[what].append((time.perf_counter() - start) * 1000)
    return [Start(what, median(values)) for what, values in found.items()]


def typed_modules() -> dict[str, float]:
    """The import of each AWS resource type's generated module, in milliseconds by type: compiled, in one process."""
    pack = shipped_pack("aws")
    with tempfile.TemporaryDirectory() as folder:
        for terraform_type in pack.resource_types:
            text = generate_module(pack, terraform_type, version=__version__)
            Path(folder, f"{terraform_type}.py").write_text(text, encoding="utf-8")
        compileall.compile_dir(folder, quiet=2, workers=2)
        done = subprocess.run(
            [sys.executable, "-c", _EACH, folder, ",".join(pack.resource_types)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found: dict[str, float] = json.loads(done.stdout)
    return found

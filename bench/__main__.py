"""``python -m bench``: prints tables, and writes nothing unless asked to with ``--json FILE``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from bench.check import Checking, checkings
from bench.diff import comparings
from bench.fleet import STACKS_AN_ACCOUNT
from bench.fold import foldings
from bench.plan import plannings
from bench.queue import queueings
from bench.resolve import resolvings
from bench.start import starts, typed_modules
from bench.synth import ROOT, Figures, bindings_python, measure, measure_again
from bench.vend import vendings


def main() -> None:
    """Measure, print, and write the figures where asked to."""
    options = _options()
    figures = {
        "resolve": _resolve(options),
        "synth": _synth(options),
        "check": _check(options),
        "diff": _diff(options),
        "fleet": _fleet(options),
        "fold": _fold(options),
        "queue": _queue(options),
        "plan": _plan(options),
        "start": _start(options),
        "vend": _vend(options),
    }
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--stacks", type=int, default=200)
    parser.add_argument("--resources", type=int, default=30, help="a stack, a multiple of five")
    parser.add_argument("--runs", type=int, default=3, help="of each; the median counts")
    parser.add_argument("--accounts", type=int, default=1000, help="of the organisation that is resolved")
    parser.add_argument("--checked", type=int, default=20, help="stacks that are checked, a multiple of five")
    parser.add_argument("--plans", type=int, default=2000, help="that are folded into classes")
    parser.add_argument("--plan", action="store_true", help="planning by real Terraform too (takes minutes)")
    parser.add_argument("--bindings", action="store_true", help="cdktf's AWS bindings too (installs 500 MB)")
    parser.add_argument(
        "--fleet", action="store_true", help="3,000 stacks of about 50 resources, landform alone"
    )
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    return parser.parse_args()


def _resolve(options: argparse.Namespace) -> dict[str, list[dict[str, object]]]:
    found = {}
    for kind in ("plain", "rich"):
        resolved = resolvings(options.accounts, rich=kind == "rich", runs=options.runs)
        print(
            f"\nResolving {options.accounts:,} {kind} accounts of {STACKS_AN_ACCOUNT} stacks,"
            f" imports included, median of {options.runs}"
        )
        peer = resolved[-1]
        rows = [
            (
                each.who,
                f"{each.seconds:.2f}",
                f"{each.processor:.2f}",
                f"{each.processor / peer.processor:.1f}",
                f"{each.megabytes:.0f}",
                f"{each.megabytes / peer.megabytes:.1f}",
                f"{each.stacks:,}",
            )
            for each in resolved
        ]
        _table(("who", "s", "cpu s", "x", "peak MB", "x", "stacks"), rows)
        found[kind] = [asdict(each) for each in resolved]
    return found


def _vend(options: argparse.Namespace) -> list[dict[str, object]]:
    found = vendings(options.accounts, runs=options.runs)
    print(f"\nA request to a checked preview, start-up included, median of {options.runs}")
    peers = {each.what: each for each in found if each.accounts != options.accounts}
    rows = [
        (
            f"{each.accounts:,}",
            each.what,
            f"{each.seconds:.2f}",
            f"{each.processor:.2f}",
            f"{each.processor / peers[each.what].processor:.1f}",
            f"{each.megabytes:.0f}",
        )
        for each in found
    ]
    _table(("accounts", "run", "s", "cpu s", "x", "peak MB"), rows)
    return [asdict(each) for each in found]


def _synth(options: argparse.Namespace) -> list[dict[str, object]]:
    stacks, resources, runs = options.stacks, options.resources, options.runs
    found = [
        measure("landform, checked", "with_landform", stacks, resources, runs=runs),
        measure_again("landform, nothing changed", "with_landform", stacks, resources, runs=runs),
        measure("cdktf core, unchecked", "with_cdktf", stacks, resources, runs=runs),
    ]
    if options.bindings:
        python = bindings_python(ROOT / ".cache" / "bench-bindings")
        found.append(
            measure("cdktf, AWS bindings", "with_bindings", stacks, resources, runs=runs, python=python)
        )
    print(f"\nSynthesis of {stacks} stacks of {resources} resources, imports included, median of {runs}")
    _print_synth(found)
    same = found[0].digest == found[2].digest
    print(f"landform and cdktf's core wrote {'the same bytes' if same else 'DIFFERENT BYTES'}.")
    return [asdict(figures) for figures in found]


def _check(options: argparse.Namespace) -> dict[str, list[dict[str, object]]]:
    stacks, runs = options.checked, options.runs
    found = {str(stacks): checkings(stacks, runs=runs, jobs=1)}
    print(f"\nChecking {stacks} stacks of 47 resources, one process, imports included, median of {runs}")
    _print_check(found[str(stacks)])
    if options.fleet:
        for size in (300, 1_000, 3_000):
            peers = {"sample": 100, "calls": 5} if size == 3_000 else {"sample": 0, "calls": 0}
            found[str(size)] = checkings(size, runs=1, jobs=2, **peers)
            print(
                f"\nChecking {size:,} stacks of 47 resources, two processes, one run; checkov a sample of them"
            )
            _print_check(found[str(size)])
    return {size: [asdict(each) for each in checked] for size, checked in found.items()}


def _diff(options: argparse.Namespace) -> dict[str, list[dict[str, object]]]:
    found = {}
    for stacks in (300, 3000) if options.fleet else (300,):
        compared = comparings(stacks, runs=options.runs)
        print(
            f"\nComparing two bundles of {stacks:,} stacks of 47 resources, one process, median of {options.runs}"
        )
        peer = compared[-1]
        rows = [
            (
                each.who,
                f"{each.seconds:.2f}",
                f"{each.processor:.2f}",
                f"{each.processor / peer.processor:.1f}",
                f"{each.entries:,}",
            )
            for each in compared
        ]
        _table(("who", "s", "cpu s", "x", "entries"), rows)
        found[str(stacks)] = [asdict(each) for each in compared]
    return found


def _fleet(options: argparse.Namespace) -> list[dict[str, object]]:
    if not options.fleet:
        return []
    found = [
        measure("landform, checked", "with_landform", 3000, 50, runs=1),
        measure_again("landform, nothing changed", "with_landform", 3000, 50, runs=1),
    ]
    print("\nSynthesis of 3,000 stacks of 50 resources, one process, one run")
    _print_synth(found)
    return [asdict(figures) for figures in found]


def _fold(options: argparse.Namespace) -> list[dict[str, object]]:
    found = foldings(options.plans, changes=30, runs=options.runs)
    peer = found[-1].processor
    print(f"\nFolding {options.plans:,} plans of 30 changes, one process, median of {options.runs}")
    rows = [(each.what, f"{each.processor:.2f}", f"{each.processor / peer:.2f}") for each in found]
    _table(("what", "cpu s", "x"), rows)
    return [asdict(each) for each in found]


def _queue(options: argparse.Namespace) -> list[dict[str, object]]:
    found = queueings(10_000, runs=options.runs)
    peer = found[-1]
    print(f"\nStarting and ending 10,000 stacks in the order of their needs, median of {options.runs}")
    rows = [(each.who, f"{each.processor:.3f}", f"{each.processor / peer.processor:.1f}") for each in found]
    _table(("who", "cpu s", "x"), rows)
    return [asdict(each) for each in found]


def _plan(options: argparse.Namespace) -> list[dict[str, object]]:
    if not options.plan:
        return []
    found = plannings(plain=12, aws=6)
    print("\nPlanning 12 stacks without a provider and 6 of AWS in the sandbox, one run")
    rows = []
    for first in range(0, len(found), 3):
        peer = found[first + 2]
        rows += [
            (
                each.who,
                f"{each.seconds:.1f}",
                f"{each.seconds / peer.seconds:.2f}",
                f"{each.processor:.1f}",
                f"{each.processor / peer.processor:.2f}",
                f"{60 * each.stacks / each.seconds:.0f}",
            )
            for each in found[first : first + 3]
        ]
    _table(("who", "s", "x", "cpu s", "x", "stacks a minute"), rows)
    return [asdict(each) for each in found]


def _start(options: argparse.Namespace) -> dict[str, object]:
    found = starts(2 * options.runs + 1)
    python = found[0].milliseconds
    rows = [
        (
            start.what,
            f"{start.milliseconds:.0f}",
            f"{start.milliseconds - python:.0f}",
            f"{start.milliseconds / python:.1f}",
        )
        for start in found
    ]
    print(f"\nStarting, median of {2 * options.runs + 1}")
    _table(("what", "ms", "ms above python", "x python"), rows)
    modules = typed_modules()
    slowest = max(modules, key=lambda name: modules[name])
    middle = median(modules.values())
    print(
        f"\nImport of a typed module, {len(modules)} resource types: median {middle:.2f} ms,"
        f" slowest {modules[slowest]:.2f} ms ({slowest}), {sum(t >= 1 for t in modules.values())} of 1 ms or more."
    )
    return {
        "commands": [asdict(start) for start in found],
        "typed_module_median_ms": middle,
        "typed_module_slowest": {slowest: modules[slowest]},
    }


def _print_check(found: Sequence[Checking]) -> None:
    first = found[0]
    rows = [
        (
            each.who,
            f"{each.stacks:,}",
            f"{each.seconds:.2f}",
            f"{_a_stack(each.seconds, each):.1f}",
            f"{_a_stack(each.seconds, each) / _a_stack(first.seconds, first):.2f}",
            f"{_a_stack(each.processor, each):.1f}",
            f"{_a_stack(each.processor, each) / _a_stack(first.processor, first):.2f}",
            f"{each.megabytes:.0f}",
            f"{each.megabytes / first.megabytes:.1f}",
            f"{each.results:,}",
        )
        for each in found
    ]
    heads = ("who", "stacks", "s", "ms a stack", "x", "cpu ms a stack", "x", "peak MB", "x", "results")
    _table(heads, rows)


def _a_stack(seconds: float, each: Checking) -> float:
    """Milliseconds a stack."""
    return 1000 * seconds / each.stacks


def _print_synth(found: Sequence[Figures]) -> None:
    first = found[0]
    rows = [
        (
            f.who,
            f"{f.build:.2f}",
            f"{f.synth:.2f}",
            f"{f.total:.2f}",
            f"{f.total / first.total:.1f}",
            f"{f.megabytes:.0f}",
            f"{f.megabytes / first.megabytes:.1f}",
        )
        for f in found
    ]
    _table(("who", "build s", "synth s", "total s", "x", "peak MB", "x"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    for row in (head, *rows):
        first, *rest = (
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *rest]).rstrip())


if __name__ == "__main__":
    main()

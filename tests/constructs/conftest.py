"""One scan for all tests of the constructs: importing checkov takes longer than scanning all of this."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import every_construct
import pytest
from every_construct import MUTANTS, UNSEEN

from landform.checks.judgement import Judgement, judge
from landform.checks.scan_copy import scan_copy
from landform.constructs import AwsStack
from landform.core import App
from landform.core.stack import StackSynthesis
from landform.policies.result import Result
from landform.testing import TIERS, stack_instance


@dataclass(frozen=True)
class Scanned:
    """Every stack by name, as made, scanned and synthesised, and all that is said of them."""

    stacks: dict[str, AwsStack]
    copies: dict[str, dict[str, Any]]
    syntheses: dict[str, StackSynthesis]
    judgement: Judgement

    @cached_property
    def results(self) -> dict[str, list[Result]]:
        """What was said of each stack, by its name."""
        found: dict[str, list[Result]] = {name: [] for name in self.stacks}
        for result in self.judgement.results:
            found[result.stack].append(result)
        return found

    @cached_property
    def failures(self) -> dict[str, set[tuple[str, str]]]:
        """What fails in each stack: (rule, construct path below the stack)."""
        return {
            name: {
                (result.rule, self.path(name, result.address))
                for result in found
                if result.outcome == "failed"
            }
            for name, found in self.results.items()
        }

    def failed(self, stack: str) -> set[tuple[str, str]]:
        """What fails in a stack: (rule, construct path below the stack)."""
        return self.failures[stack]

    def path(self, stack: str, address: str) -> str:
        """The construct path, below the stack, of a resource."""
        path, _ = self.syntheses[stack].origins[address]
        return path.partition("/")[2]


@pytest.fixture(scope="session")
def scanned() -> Scanned:
    """Every construct in every tier, the sound stacks that are broken, and those stacks broken."""
    builds = {
        **{f"every-{tier}": (every_construct.build, tier) for tier in TIERS},
        **{mutant.sound: (mutant.base, "prod") for mutant in (*MUTANTS, *UNSEEN)},
        **{mutant.stack: (mutant.build, "prod") for mutant in (*MUTANTS, *UNSEEN)},
    }
    stacks, syntheses = {}, {}
    for name, (build, tier) in builds.items():
        app = App()
        stacks[name] = AwsStack(app, stack_instance(tier=tier))
        build(stacks[name])
        (syntheses[name],) = app.synthesise()
    copies = {name: scan_copy(json.loads(synthesis.text)) for name, synthesis in syntheses.items()}
    return Scanned(stacks, copies, syntheses, judge(copies))

"""What a rule said: of one block, as data. Every engine gives the same, checkov's and landform's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["passed", "failed", "unknown"]

UNREADABLE = "the policy could not be read"
"""The error of a crash where a rule on policies passes over one because its text is no policy."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule said of one block.

    ``keys`` are the attribute paths it looked at, never their values. ``message`` says in words what is wrong, where
    the engine has words for it; it never holds a value either.
    """

    rule: str
    title: str
    outcome: Outcome
    stack: str
    address: str
    keys: tuple[str, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule that could not judge: which, where, and why. ``address`` may be empty.

    ``is_undecided`` where the rule itself said so, of a value that only Terraform knows; otherwise it broke down.
    """

    rule: str
    stack: str
    address: str
    error: str
    is_undecided: bool = False

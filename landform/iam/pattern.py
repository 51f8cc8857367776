"""Patterns as policies write them: ``*`` for any run of characters, ``?`` for any one, ``${...}`` for a variable.

Follows "IAM JSON policy elements: Resource" and "Variables and tags" of the IAM guide. Two things are done with a
pattern. ``matches`` compares it with one text. ``witnesses`` looks at several patterns at once and gives the few
texts with which a question about all texts, "does one match these and none of those", is answered exactly.

A ``*`` runs over colons, as AWS lets the last one of a segment do. Only the ARN operators of conditions stop it at
a colon of the first five segments (``arn_glob``).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

from landform.errors import Code, LandformError

# A policy variable has a colon in its name, which tells it from a reference of Terraform's; the escapes stand for
# the character itself. A default follows a comma, in quotes.
_VARIABLE = re.compile(r"\$\{(?:(?P<escape>[*?$])|(?P<key>[^{}:,]+:[^{},]+?)(?:,\s*'(?P<default>[^']*)')?)\}")

Wild = Literal["any", "any but a colon"]

_STATES = 200_000
"""How many states a comparison may have before it is given up, loudly. Policies of AWS's sizes stay far below."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A policy variable: the context key whose value takes its place, and what does where the request has none."""

    key: str
    default: str | None = None

    def __str__(self) -> str:
        return f"${{{self.key}}}" if self.default is None else f"${{{self.key}, '{self.default}'}}"


Token = str | Variable
"""One character, ``RUN``, ``ONE``, or a variable."""

RUN = "*" + "run"
ONE = "?" + "one"


@lru_cache(maxsize=65_536)
def tokens(pattern: str, *, variables: bool = True, wildcards: bool = True) -> tuple[Token, ...]:
    """A pattern taken apart. A policy of version 2008-10-17 has no variables; ``StringEquals`` has no wildcards."""
    found: list[Token] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        variable = _VARIABLE.match(pattern, position) if variables and character == "$" else None
        if variable:
            escape, key = variable["escape"], variable["key"]
            found.append(escape if escape else Variable(key.strip(), variable["default"]))
            position = variable.end()
            continue
        if wildcards and character == "*":
            if not found or found[-1] != RUN:
                found.append(RUN)
        elif wildcards and character == "?":
            found.append(ONE)
        else:
            found.append(character)
        position += 1
    return tuple(found)


@lru_cache(maxsize=65_536)
def prefix(parts: tuple[Token, ...]) -> tuple[str, bool]:
    """What every text that matches begins with, and whether that is all of it."""
    plain: list[str] = []
    for part in parts:
        if isinstance(part, Variable) or part in (RUN, ONE):
            return "".join(plain), False
        plain.append(part)
    return "".join(plain), True


def apart(one: tuple[str, bool], other: tuple[str, bool]) -> bool:
    """Whether it can be seen from what texts begin with that none matches both patterns."""
    (left, left_ends), (right, right_ends) = one, other
    if left_ends and right_ends:
        return left != right
    return not ((left.startswith(right) and not right_ends) or (right.startswith(left) and not left_ends))


@lru_cache(maxsize=65_536)
def disjoint(one: tuple[Token, ...], other: tuple[Token, ...]) -> bool:
    """Whether no text matches both patterns, whatever the values of their variables.

    The one is read from its start, and a number has a bit for each place of the other at which a text may then be.
    """
    runs = literals = 0
    places: dict[str, int] = {}
    for index, part in enumerate(other):
        if part == RUN or isinstance(part, Variable):
            runs |= 1 << index
        elif part != ONE:
            literals |= 1 << index
            places[part] = places.get(part, 0) | 1 << index
    end = 1 << len(other)
    at = 1 | (1 & runs) << 1
    for part in one:
        if part == RUN or isinstance(part, Variable):
            # Whatever the other has next, a run can be that.
            at = (end << 1) - (at & -at)
        else:
            steps = ~runs if part == ONE else ~(runs | literals) | places.get(part, 0)
            at = (at & steps & ~end) << 1 | at & runs
            at |= (at & runs) << 1
        if not at:
            return True
    return not at & end


def takes_all(parts: tuple[Token, ...], beginning: str) -> bool:
    """Whether a pattern matches every text with this beginning, seen from its end: a run that takes the rest."""
    return bool(parts) and parts[-1] == RUN and not variables_of(parts) and matches(parts, beginning)


def variables_of(parts: Sequence[Token]) -> tuple[Variable, ...]:
    """The variables of a pattern, in its order."""
    return tuple(part for part in parts if isinstance(part, Variable))


@lru_cache(maxsize=65_536)
def _regex(parts: tuple[Token, ...], fold: bool) -> re.Pattern[str]:
    runs: list[str] = [""]
    for part in parts:
        if part == RUN or isinstance(part, Variable):
            runs.append("")
        else:
            runs[-1] += "." if part == ONE else re.escape(str(part))
    first, *others = runs
    text = first
    if others:
        # What stands between two runs is taken at its first place, and never again: no backtracking.
        text += "".join(f"(?>.*?{run})" for run in others[:-1] if run) + f".*{others[-1]}"
    return re.compile(text + r"\Z", re.DOTALL | (re.IGNORECASE if fold else 0))


def matches(parts: tuple[Token, ...], text: str, *, fold: bool = False) -> bool:
    """Whether a text matches; a variable that is still in the pattern stands for any run of characters.

    Args:
        parts: the pattern.
        text: the text.
        fold: whether capitals do not matter.
    """
    return _regex(parts, fold).match(text) is not None


def arn_matches(parts: tuple[Token, ...], text: str) -> bool:
    """Whether an ARN matches a pattern segment by segment, as ``ArnLike`` compares."""
    pattern = _segments(parts)
    given = text.split(":", 5)
    return len(pattern) == len(given) and all(
        matches(segment, part) for segment, part in zip(pattern, given, strict=True)
    )


def _segments(parts: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    segments: list[list[Token]] = [[]]
    for part in parts:
        if part == ":" and len(segments) < 6:
            segments.append([])
        else:
            segments[-1].append(part)
    return [tuple(segment) for segment in segments]


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern as an automaton: what each step takes, and what each state before, between and after them stays on.

    ``steps[i]`` leads from state ``i`` to ``i + 1`` on one of some characters, or on any; ``loops[i]`` is what state
    ``i`` may take without leaving, if anything.
    """

    steps: tuple[frozenset[str] | Wild, ...]
    loops: tuple[Wild | None, ...]


@lru_cache(maxsize=65_536)
def glob(parts: tuple[Token, ...], fold: bool = False) -> Glob:
    """The automaton of a pattern. A variable stands for any run of characters, and not for none."""
    return _glob(parts, fold, ["any"] * len(parts))


@lru_cache(maxsize=65_536)
def arn_glob(parts: tuple[Token, ...]) -> Glob:
    """The automaton of a pattern whose wildcards stop at the colons of an ARN's first five segments."""
    colons = 0
    wild: list[Wild] = []
    for part in parts:
        colons += part == ":"
        wild.append("any" if colons >= 5 else "any but a colon")
    return _glob(parts, False, wild)


def _glob(parts: tuple[Token, ...], fold: bool, wild: Sequence[Wild]) -> Glob:
    steps: list[frozenset[str] | Wild] = []
    loops: list[Wild | None] = [None]
    for part, reach in zip(parts, wild, strict=True):
        if part == RUN or (isinstance(part, Variable) and part.default == ""):
            loops[-1] = reach
            continue
        if isinstance(part, Variable):
            steps.append(reach)
            loops.append(reach)
            continue
        if part == ONE:
            steps.append(reach)
        else:
            steps.append(frozenset({part.lower(), part.upper()} if fold else {part}))
        loops.append(None)
    return Glob(tuple(steps), tuple(loops))


class _Machine:
    """Several automata run as one: a state is a set of theirs, as the bits of one number."""

    def __init__(self, globs: Sequence[Glob]) -> None:
        self.start = 0
        self.spans: list[int] = []
        self.literals: dict[int, frozenset[str]] = {}
        self._steps: dict[str, int] = {}
        self._accepting = self._any = self._any_but_colon = self._loop = self._loop_but_colon = 0
        bit = 1
        for one in globs:
            self.start |= bit
            first = bit
            for step, loop in zip((*one.steps, None), one.loops, strict=True):
                self._loop |= bit if loop else 0
                self._loop_but_colon |= bit if loop == "any but a colon" else 0
                if isinstance(step, frozenset):
                    self.literals[bit] = step
                    for character in step:
                        self._steps[character] = self._steps.get(character, 0) | bit
                elif step:
                    self._any |= bit
                    self._any_but_colon |= bit if step == "any but a colon" else 0
                else:
                    self._accepting |= bit
                bit <<= 1
            self.spans.append(bit - first)
        self.other = _unused(self._steps)
        self._colons = bool(self._any_but_colon | self._loop_but_colon)

    def step(self, state: int, character: str) -> int:
        """The state after one more character."""
        moves = self._any | self._steps.get(character, 0)
        stays = self._loop
        if character == ":":
            moves &= ~(self._any_but_colon & ~self._steps.get(":", 0))
            stays &= ~self._loop_but_colon
        return (state & moves) << 1 | state & stays

    def choices(self, state: int) -> Iterator[str]:
        """The characters that some pattern waits for in a state, a colon where one matters, and any other one."""
        found = {":"} if self._colons else set()
        left = state & ~self._accepting
        while left:
            bit = left & -left
            left ^= bit
            found |= self.literals.get(bit, frozenset())
        yield self.other
        yield from sorted(found)

    def ended(self, state: int) -> int:
        """The part of a state in which patterns end."""
        return state & self._accepting


def _unused(used: dict[str, int]) -> str:
    """A character that no pattern names; a letter where one is left, because people will read it."""
    letters = (character for character in "xyzwvuXYZ0123456789" if character not in used)
    return next(letters, None) or next(c for c in map(chr, range(0xE000, 0xF8FF)) if c not in used)


def witnesses(
    globs: Sequence[Glob],
    matched: Sequence[Sequence[int]],
    avoided: Iterable[int] = (),
    sought: Iterable[int] = (),
) -> Iterator[str]:
    """Texts that match one pattern of each group, one text for each best way to do with the others.

    Of two texts, the one is as good as the other that matches all of the other's ``sought`` patterns and none of
    the ``avoided`` ones that the other does not. For every text there is one among these that is as good.

    Args:
        globs: the patterns; the others name them by their index.
        matched: groups of patterns.
        avoided: patterns better not matched.
        sought: patterns better matched.

    Yields:
        Shortest texts.

    Raises:
        LandformError: ``check-incomplete`` where the patterns are so tangled that too many states would be visited.
    """
    machine = _Machine(globs)
    away = sum(machine.spans[index] for index in set(avoided))
    toward = sum(machine.spans[index] for index in set(sought))
    for choice in dict.fromkeys(product(*matched)):
        yield from _visited(machine, [machine.spans[index] for index in set(choice)], away, toward)


def _visited(machine: _Machine, chosen: Sequence[int], away: int, toward: int) -> Iterator[str]:
    """The texts on which each of the chosen patterns ends, but those that another is as good as."""
    toward |= sum(span for span in chosen if span & ~toward)
    start = machine.start & (away | toward)
    best: dict[int, list[int]] = {start & toward: [start & away]}
    visited = 0
    queue = deque([(start, "")])
    while queue:
        state, text = queue.popleft()
        ended = machine.ended(state)
        if all(ended & span for span in chosen):
            yield text
        for character in machine.choices(state & toward):
            after = machine.step(state, character)
            good, bad = after & toward, after & away
            if not all(after & span for span in chosen) or _as_good(best, good, bad):
                continue
            best.setdefault(good, []).append(bad)
            visited += 1
            queue.append((after, text + character))
        if visited > _STATES:
            raise LandformError(
                Code.CHECK_INCOMPLETE,
                "These patterns are too tangled to be compared exactly.",
                given=f"{len(machine.spans)} patterns, more than {_STATES} states",
                fix="Write fewer patterns with several * each.",
            )


def _as_good(best: dict[int, list[int]], good: int, bad: int) -> bool:
    """Whether a state was visited that is as good as this one."""
    for other in (good, *best):
        if not good & ~other:
            for worse in best.get(other, ()):
                if not worse & ~bad:
                    return True
    return False


def written(parts: Sequence[Token]) -> str:
    """A pattern as a policy writes it."""
    return "".join("*" if part == RUN else "?" if part == ONE else str(part) for part in parts)


@lru_cache(maxsize=65_536)
def implied(parts: tuple[Token, ...], by: tuple[Token, ...]) -> bool:
    """Whether a text that matches ``by`` matches ``parts`` too, whatever values the variables of both have.

    True is a proof. False can also mean that it depends on the values.
    """
    if ONE in parts and parts != by:
        # ``?`` is one character, and the value of a variable need not be.
        return False
    names = {
        variable: chr(0xF0000 + i) for i, variable in enumerate({*variables_of(parts), *variables_of(by)})
    }
    pair = [glob(_with_names(one, names)) for one in (by, parts)]
    named = _with_names(parts, names)
    return all(matches(named, text) for text in witnesses(pair, [[0]], avoided=[1]))


def _with_names(parts: tuple[Token, ...], names: dict[Variable, str]) -> tuple[Token, ...]:
    return tuple(names[part] if isinstance(part, Variable) else part for part in parts)

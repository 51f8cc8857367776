"""Rules in Python: modules of a project's ``policies/`` folder, and those that packages name by entry points.

Each has ``RULES``, a tuple of ``landform.policies.rule.Rule`` over stacks and
``landform.policies.plan_rule.PlanRule`` over plans.
"""

from __future__ import annotations

import ast
import sys
import traceback
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

from landform.errors import Code, LandformError, Place
from landform.org.document import read_text
from landform.policies.plan_rule import PlanRule
from landform.policies.rule import Rule
from landform.policies.user_rules import AnyRule, UserPlanRule, UserRule

_NAME = "RULES"


def read_python(project: Path, file: str) -> tuple[AnyRule, ...]:
    """Run one module of the project and take its rules.

    Nothing is written beside it, and it stands alone: it imports landform and what is installed.

    Args:
        project: the project's folder.
        file: the module in it, relative.

    Raises:
        LandformError: ``policy-rule`` where it cannot be run or has no rules; ``spec-...`` where it cannot be read.
    """
    text = read_text(project, file)
    path = str(project / file)
    module = ModuleType(f"landform_policies_{Path(file).stem}")
    module.__file__ = path
    # Where dataclasses look for the names of their own module.
    sys.modules[module.__name__] = module
    try:
        tree = ast.parse(text, path)
        exec(compile(tree, path, "exec"), vars(module))
    except LandformError:
        raise
    except (Exception, SystemExit) as error:
        raise module_failed(error, path, file) from error
    lines = literal_lines(tree)
    places = {id: Place(file, line) for id, line in lines.items()}
    return _taken(getattr(module, _NAME, None), places, Place(file))


def read_entry_point(point: EntryPoint) -> tuple[AnyRule, ...]:
    """Take the rules that a package ships.

    Raises:
        LandformError: ``policy-rule`` where it cannot be imported or has no rules.
    """
    package = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    place = Place(f"{package} ({point.value})")
    try:
        loaded = point.load()
    except (Exception, SystemExit) as error:
        raise LandformError(
            Code.POLICY_RULE,
            "The rules of an installed package cannot be imported.",
            place=place,
            given=f"{type(error).__name__}: {error}",
            fix="Install another version of the package, or remove it.",
        ) from error
    return _taken(getattr(loaded, _NAME, None) if isinstance(loaded, ModuleType) else loaded, {}, place)


def _taken(rules: Any, places: Mapping[str, Place], otherwise: Place) -> tuple[AnyRule, ...]:
    of_kind = isinstance(rules, tuple)
    wrong = [rule for rule in rules if not isinstance(rule, Rule | PlanRule)] if of_kind else [rules]
    if wrong or not rules:
        raise LandformError(
            Code.POLICY_RULE,
            "There are no rules here.",
            place=otherwise,
            given=type(wrong[0]).__name__ if wrong else "an empty tuple",
            expected=f"{_NAME} = (Rule(...), ...), with Rule from landform.policies.rule, or PlanRule from plan_rule",
            fix="A tuple of one ends with a comma.",
        )
    found = ((rule, places.get(str(rule.id), otherwise)) for rule in rules)
    return tuple(
        UserPlanRule(rule, place) if isinstance(rule, PlanRule) else UserRule(rule, place, "Python")
        for rule, place in found
    )


def literal_lines(tree: ast.Module) -> Mapping[str, int]:
    """The line of every literal id."""
    named = [
        (keyword.arg, keyword.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    ]
    # As checkov's documentation has it: a variable of that name in the constructor.
    named += [
        (target.id, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    return {
        value.value: value.lineno
        for name, value in named
        if name == "id" and isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def module_failed(error: BaseException, path: str, file: str) -> LandformError:
    """What a module raised while it was run, at the last line of it that was."""
    place = Place(file)
    if isinstance(error, SyntaxError) and error.filename == path:
        place = Place(file, error.lineno, error.offset)
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == path:
                place = Place(file, frame.lineno)
    return LandformError(
        Code.POLICY_RULE,
        "A module of rules cannot be run.",
        place=place,
        given=f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}",
        fix="Correct the line above; `--traceback` shows the whole way there.",
    )

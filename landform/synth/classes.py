"""Finds the stack classes that the spec names, and turns what goes wrong in them into errors for their author."""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from landform.constructs import AwsStack
from landform.constructs.waiving import WaiversInCode, waivers_of
from landform.core import App
from landform.core.stack import StackSynthesis
from landform.errors import Code, LandformError, Place, did_you_mean
from landform.org.fleet import StackInstance

# How the files of ready stacks begin, whose lines are no user's to correct.
_READY = "landform/stacks/"


class StackClasses:
    """The stack classes of a project, imported when first asked for.

    Args:
        project: the project's root; its modules come before installed ones.
        context: context values for every app.
    """

    def __init__(self, project: Path, context: Mapping[str, Any] | None = None) -> None:
        self._project = project
        self._context = dict(context or {})
        self._classes: dict[str, type[AwsStack]] = {}

    def synthesise(self, instance: StackInstance) -> tuple[StackSynthesis, WaiversInCode]:
        """Build one stack instance in an app of its own, and synthesise it.

        Returns:
            What it became, and the waivers in its code, which are no part of that.

        Raises:
            LandformError: ``stack-class``, ``stack-failed``, and whatever is wrong in the stack.
        """
        stack_class = self._find(instance)
        _check_parameters(stack_class, instance)
        app = App(context=self._context)
        with _placed_in_spec(instance):
            with self._failing(instance, Code.STACK_FAILED, "The stack could not be built."):
                stack = stack_class(app, instance, **instance.params)
            (synthesis,) = app.synthesise()
        return synthesis, waivers_of(stack)

    def _find(self, instance: StackInstance) -> type[AwsStack]:
        path = instance.construct
        if path not in self._classes:
            self._classes[path] = self._import(instance)
        return self._classes[path]

    def _import(self, instance: StackInstance) -> type[AwsStack]:
        module_name, _, class_name = instance.construct.partition(":")
        with (
            self._importable(),
            self._failing(instance, Code.STACK_CLASS, "The stack class cannot be imported."),
        ):
            module = importlib.import_module(module_name)
        found = getattr(module, class_name, None)
        if not (inspect.isclass(found) and issubclass(found, AwsStack)):
            names = [n for n, v in vars(module).items() if inspect.isclass(v) and issubclass(v, AwsStack)]
            names = [*getattr(module, "__all__", ()), *names]
            raise LandformError(
                Code.STACK_CLASS,
                f"Module {module_name} has no stack class of this name."
                if found is None
                else "This is not a stack class.",
                place=instance.source,
                given=instance.construct,
                expected="a subclass of landform.constructs.AwsStack",
                fix=did_you_mean(class_name, names),
            )
        return found

    @contextmanager
    def _importable(self) -> Iterator[None]:
        path = str(self._project)
        if path not in sys.path:
            # It stays there: stack code may import at the time it runs.
            sys.path.insert(0, path)
        importlib.invalidate_caches()
        yield

    @contextmanager
    def _failing(self, instance: StackInstance, code: Code, message: str) -> Iterator[None]:
        try:
            yield
        except LandformError:
            raise
        except Exception as error:
            # User code may raise anything; its author needs the line and the message, not our frames.
            raise LandformError(
                code,
                message,
                place=self._user_place(error, instance),
                given=f"{instance.construct} for {instance.key}: {type(error).__name__}: {error}",
                fix="Correct the line above; `--traceback` shows the whole way there.",
            ) from error

    def _user_place(self, error: BaseException, instance: StackInstance) -> Place:
        if isinstance(error, SyntaxError) and error.filename:
            file, line, column = error.filename, error.lineno, error.offset
            return Place(file=self._relative(Path(file)) or file, line=line, column=column)
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            file_name = self._relative(Path(frame.filename))
            if file_name:
                return Place(file=file_name, line=frame.lineno)
        return instance.source

    def _relative(self, path: Path) -> str | None:
        return path.relative_to(self._project).as_posix() if path.is_relative_to(self._project) else None


@contextmanager
def _placed_in_spec(instance: StackInstance) -> Iterator[None]:
    """What is wrong with a ready stack, or nowhere, is wrong with the rule that gives it its parameters."""
    try:
        yield
    except LandformError as error:
        for each in error.each():
            place = each.place or Place()
            if place.file is None or place.file.startswith(_READY):
                each.place = replace(instance.source, construct_path=place.construct_path)
        raise


def _check_parameters(stack_class: type[AwsStack], instance: StackInstance) -> None:
    signature = inspect.signature(stack_class)
    parameters = list(signature.parameters.values())[2:]
    names = [p.name for p in parameters if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)]
    missing = [
        p.name
        for p in parameters
        if p.default is p.empty and p.name in names and p.name not in instance.params
    ]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    unknown = [] if takes_any else [name for name in instance.params if name not in names]
    if missing or unknown:
        problem = f"does not take {', '.join(unknown)}" if unknown else f"needs {', '.join(missing)}"
        raise LandformError(
            Code.STACK_CLASS,
            f"{instance.construct} {problem}.",
            place=instance.source,
            given=f"parameters {', '.join(instance.params) or 'none'} for {instance.key}",
            expected=f"parameters {', '.join(names) or 'none'}",
            fix=did_you_mean(unknown[0], names)
            if unknown
            else "Give it under params of the stack or the account.",
        )

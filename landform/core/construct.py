"""The construct tree: scope, id and path, as AWS's ``constructs`` library has them, without its Node process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol

from landform.errors import Code, LandformError, Place

if TYPE_CHECKING:
    from landform.core.stack import Stack

PATH_SEPARATOR = "/"

# Frames of these packages are how a construct is made, not who made it.
_LIBRARY = ("landform.core", "landform.resources", "landform.iam", "landform.constructs", "landform.interop")


class Aspect(Protocol):
    """Something that looks at, and may change, every construct of a scope before synthesis."""

    def visit(self, construct: Construct) -> None:
        """Called once for each construct of the scope, parents first."""
        ...


class Node:
    """A construct's place in the tree. ``path`` joins the ids from the root with ``/``; the root's id is empty."""

    __slots__ = (
        "_annotations", "_aspects", "_children", "_context", "_validations",
        "host", "id", "path", "scope", "source", "stack",
    )  # fmt: skip

    def __init__(self, host: Construct, scope: Construct | None, id: str) -> None:
        self.host = host
        self.scope = scope
        self.source = user_source()
        self._children: dict[str, Construct] = {}
        self._context: dict[str, Any] | None = None
        self._aspects: list[Aspect] | None = None
        self._validations: list[Callable[[], list[str]]] | None = None
        self._annotations: list[tuple[str, str]] | None = None
        self.stack: Stack | None = None
        if scope is None:
            self.id = self.path = id
            return
        self.id = id = _without_separators(id)
        parent = scope.node
        self.stack = parent.stack
        self.path = f"{parent.path}{PATH_SEPARATOR}{id}" if parent.path else id
        if not id:
            raise LandformError(
                Code.CONSTRUCT_ID,
                "A construct needs an id.",
                place=self.place,
                given="an empty id",
                fix="Give it a name that is unique within its scope.",
            )
        if not id.isascii() and any("\ud800" <= character <= "\udfff" for character in id):
            raise LandformError(
                Code.CONSTRUCT_ID,
                "A construct id must be text that UTF-8 can hold.",
                place=self.place,
                given=repr(id),
                expected="no lone surrogates",
            )
        if id in parent._children:
            raise LandformError(
                Code.DUPLICATE_ID,
                "There is a construct of this id in this scope already.",
                place=self.place,
                given=repr(id),
                expected=f"an id unique within {parent.path or 'the app'!r}",
                fix=f"The other one was made at {parent._children[id].node.source}. Rename one of the two.",
            )
        parent._children[id] = host

    @property
    def place(self) -> Place:
        """Where the user made it, with the construct path."""
        file, _, line = self.source.rpartition(":")
        return Place(file=file, line=int(line), construct_path=self.path or None)

    @property
    def here(self) -> Place:
        """The user's line that runs now, with the construct path: for a call on what was made further up."""
        return replace(user_place(), construct_path=self.path or None)

    @property
    def children(self) -> tuple[Construct, ...]:
        """The constructs directly below, in the order they were made."""
        return tuple(self._children.values())

    @property
    def scopes(self) -> tuple[Construct, ...]:
        """From the root down to this construct itself."""
        found = [self.host]
        while (scope := found[-1].node.scope) is not None:
            found.append(scope)
        return tuple(reversed(found))

    def try_find_child(self, id: str) -> Construct | None:
        """The child of this id, or None."""
        return self._children.get(_without_separators(id))

    def find_all(self) -> Iterator[Construct]:
        """This construct and all below it, parents before children."""
        yield self.host
        for child in self._children.values():
            yield from child.node.find_all()

    def set_context(self, key: str, value: Any) -> None:
        """Give a value to this construct and everything below it."""
        self._context = {**(self._context or {}), key: value}

    def try_get_context(self, key: str) -> Any | None:
        """The context value of the nearest scope that has one, or None."""
        if self._context and key in self._context:
            return self._context[key]
        return self.scope.node.try_get_context(key) if self.scope else None

    def add_aspect(self, aspect: Aspect) -> None:
        """Have an aspect visit this construct and everything below it at synthesis, in order of addition."""
        self._aspects = [*(self._aspects or ()), aspect]

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The aspects added here, not those inherited."""
        return tuple(self._aspects or ())

    def add_validation(self, validate: Callable[[], list[str]]) -> None:
        """Run a check at synthesis; it returns what is wrong, a sentence each."""
        self._validations = [*(self._validations or ()), validate]

    def validate(self) -> list[str]:
        """What this construct's own validations find wrong."""
        return [message for validate in self._validations or () for message in validate()]

    def annotate(self, level: str, message: str) -> None:
        """Add an annotation: ``info``, ``warn`` or ``error``. An error stops the synthesis."""
        self._annotations = [*(self._annotations or ()), (level, message)]

    @property
    def annotations(self) -> tuple[tuple[str, str], ...]:
        """The annotations as (level, message)."""
        return tuple(self._annotations or ())


class Construct:
    """Anything in the tree. Subclass it to group resources under one id; ``node`` says where it stands."""

    def __init__(self, scope: Construct | None, id: str) -> None:
        self.node = Node(self, scope, id)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.node.path or '(root)'}>"


def _without_separators(id: str) -> str:
    # constructs joins the ids of a path with a slash, and those that it hashes with a newline.
    return id.replace(PATH_SEPARATOR, "--").replace("\n", "--")


def user_source() -> str:
    """``file:line`` of the nearest caller outside the library, the file as its module's path.

    A module's path is the same on every machine, so that the same code gives the same bundle everywhere.
    """
    frame: FrameType | None = sys._getframe(2)
    last = frame
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith(_LIBRARY):
            return f"{_module_file(frame, module)}:{frame.f_lineno}"
        last, frame = frame, frame.f_back
    assert last is not None
    return f"{_module_file(last, last.f_globals.get('__name__', ''))}:{last.f_lineno}"


def user_place() -> Place:
    """Where the nearest caller outside the library stands: for what goes wrong before there is a construct."""
    file, _, line = user_source().rpartition(":")
    return Place(file=file, line=int(line))


def _module_file(frame: FrameType, module: str) -> str:
    file = frame.f_code.co_filename
    if module == "__main__":
        return file.rpartition("/")[2]
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if file.endswith("/__init__.py") else f"{path}.py"

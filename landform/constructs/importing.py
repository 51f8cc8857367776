"""What ``org/imports.yaml`` says of a stack: its resources get ``import`` blocks and take over what stands.

Terraform reads such an object into the state and then plans the resource as any other, so the plan says what would
change about it ("Import", Terraform's language). A block whose object is in the state already does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.core import Construct
from landform.core.element import Resource
from landform.errors import Code, LandformError, Place, did_you_mean

if TYPE_CHECKING:
    from landform.constructs.stack import AwsStack

FILE = "org/imports.yaml"


class Importing:
    """The aspect that says of resources what they take over."""

    def __init__(self, stack: AwsStack) -> None:
        self._stack = stack

    def visit(self, construct: Construct) -> None:
        """Give a resource its ``import`` block; ``construct`` may be anything.

        Raises:
            LandformError: ``spec-reference`` where an entry leads to no resource, ``duplicate-id`` where the code
                says what the resource takes over.
        """
        if construct is self._stack:
            self._check()
        if not isinstance(construct, Resource):
            return
        path = "/".join(self._stack.ids_of(construct))
        id = self._stack.instance.imports.get(path)
        if id is None:
            return
        if "imports" in construct.metadata():
            raise LandformError(
                Code.DUPLICATE_ID,
                "The code of the stack and a file of the spec both say what a resource takes over.",
                place=construct.node.place,
                given=f"{id}, in {FILE}",
                fix="Remove one of the two.",
            )
        construct.import_from(id)

    def _check(self) -> None:
        resources = (each for each in self._stack.elements() if isinstance(each, Resource))
        paths = ["/".join(self._stack.ids_of(each)) for each in resources]
        for path in self._stack.instance.imports:
            if path not in paths:
                raise LandformError(
                    Code.SPEC_REFERENCE,
                    "What is to be taken over leads to no resource of the stack.",
                    place=Place(file=FILE, construct_path=self._stack.name),
                    given=path,
                    expected="the construct path of a resource below its stack",
                    fix=did_you_mean(path, paths) or "Correct the entry's `to`, or remove the entry.",
                )

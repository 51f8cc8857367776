"""What a stack publishes, and what others read of it: SSM parameters, ``/landform/<account>/<stack>/<output>``.

A stack's rule declares its outputs, and the rules of those that read them declare that too, so both ends are known
before anything is applied. Ids and names are published, never secrets: they are plain text, so that a plan shows
them. An element of a list is a parameter of its own, which needs no expression to be read. Parameters are regional:
a stack reads what was published in its region (Systems Manager, "Working with parameter hierarchies").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from landform.constructs.stack import AwsStack
from landform.core import Construct, Input, Output, Ref
from landform.errors import Code, LandformError, did_you_mean
from landform.org.fleet import OutputShape
from landform.resources import CheckedDataSource
from landform.resources.aws.ssm_parameter import SsmParameter


def parameter_name(account: str, stack: str, output: str, index: int | None = None) -> str:
    """The name of the parameter that holds an output, or an element of it."""
    element = "" if index is None else f"/{index}"
    return f"/landform/{account}/{stack}/{output}{element}"


class Published(Construct):
    """An output of the stack that other stacks read. Its rule in ``org/stacks.yaml`` declares it.

    Args:
        scope: the stack.
        id: the output's name.
        value: a text, number or boolean; of a list, its elements.

    Raises:
        LandformError: ``spec-output`` for an output that the stack's rule does not declare, or of another shape.

    ``Published(self, "vpc_id", vpc.vpc_id)``
    """

    def __init__(self, scope: Construct, id: str, value: Input[str] | Sequence[Input[str]]) -> None:
        stack = AwsStack.of(scope)
        super().__init__(scope, f"published-{id}")
        shape = _declared(
            self, stack.instance.outputs, id, f"the outputs of the stack {stack.instance.stack!r}"
        )
        elements = list(value) if isinstance(value, (list, tuple)) else None
        if (elements is not None) != shape.is_list or (
            elements is not None and len(elements) != shape.length
        ):
            raise LandformError(
                Code.SPEC_OUTPUT,
                f"The output {id!r} is not of the shape that its rule declares.",
                place=self.node.place,
                given="a single value" if elements is None else f"a list of {len(elements)}",
                expected=str(shape),
                fix="A list that is published has a length: `len_from` or `length` in org/stacks.yaml.",
            )
        Output(self, id, value, static_id=True)
        account, rule = stack.instance.account.name, stack.instance.stack
        if elements is None:
            self._parameter("Value", parameter_name(account, rule, id), value)
        for index, element in enumerate(elements or ()):
            self._parameter(f"Value{index}", parameter_name(account, rule, id, index), element)

    def _parameter(self, id: str, name: str, value: Any) -> None:
        description = f"Published by {AwsStack.of(self).name}."
        SsmParameter(self, id, name=name, description=description, type="String", insecure_value=value)


class NeededStack(Construct):
    """A stack whose outputs this one reads. The rule in ``org/stacks.yaml`` says so: ``uses: {network: [vpc_id]}``.

    Args:
        scope: where it stands in the tree.
        id: unique in the scope.
        stack: the id of the stack's rule.

    Raises:
        LandformError: ``spec-output`` where the rule does not use the stack.

    ``NeededStack(self, "Network", stack="network").output("vpc_id")``
    """

    def __init__(self, scope: Construct, id: str, *, stack: str) -> None:
        super().__init__(scope, id)
        self._reader = AwsStack.of(self)
        self._stack = stack
        used = self._reader.instance.uses
        if stack not in used:
            raise LandformError(
                Code.SPEC_OUTPUT,
                f"The rule of this stack uses no outputs of {stack!r}.",
                place=self.node.place,
                given=stack,
                expected=f"one of {', '.join(used)}" if used else None,
                fix=did_you_mean(stack, used)
                or f"In org/stacks.yaml: `uses: {{{stack}: [...]}}` in the rule of {self._reader.instance.stack}.",
            )
        self._shapes = used[stack]

    def output(self, name: str) -> Ref[str]:
        """A single value that the stack publishes.

        Raises:
            LandformError: ``spec-output`` where the rule does not use it, or it is a list.
        """
        shape = self._shape(name)
        if shape.is_list:
            raise self._other_shape(name, shape, "outputs")
        return self._read(name, None)

    def outputs(self, name: str) -> list[Ref[str]]:
        """The elements of a list that the stack publishes, as many as its rule says.

        Raises:
            LandformError: ``spec-output`` where the rule does not use it, or it is a single value.
        """
        shape = self._shape(name)
        if shape.length is None:
            raise self._other_shape(name, shape, "output")
        return [self._read(name, index) for index in range(shape.length)]

    def _shape(self, name: str) -> OutputShape:
        return _declared(self, self._shapes, name, f"what this stack's rule uses of {self._stack!r}")

    def _read(self, name: str, index: int | None) -> Ref[str]:
        parameter = parameter_name(self._reader.instance.account.name, self._stack, name, index)
        id = name if index is None else f"{name}-{index}"
        source = self.node.try_find_child(id) or CheckedDataSource(
            self, id, "aws_ssm_parameter", {"name": parameter}
        )
        assert isinstance(source, CheckedDataSource)
        return source.ref("insecure_value")

    def _other_shape(self, name: str, shape: OutputShape, method: str) -> LandformError:
        return LandformError(
            Code.SPEC_OUTPUT,
            f"The output {name!r} of {self._stack!r} is of another shape.",
            place=self.node.place,
            given=str(shape),
            fix=f"Read it with `{method}({name!r})`.",
        )


def _declared(construct: Construct, shapes: Mapping[str, OutputShape], name: str, among: str) -> OutputShape:
    if name in shapes:
        return shapes[name]
    raise LandformError(
        Code.SPEC_OUTPUT,
        f"The output {name!r} is not among {among}.",
        place=construct.node.place,
        given=name,
        expected=f"one of {', '.join(shapes)}" if shapes else None,
        fix=did_you_mean(name, shapes) or "Declare it in org/stacks.yaml.",
    )

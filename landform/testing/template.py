"""A stack as what it became, and the assertions on it. Words are those of ``Template`` in the AWS CDK's assertions.

Whatever does not hold is an ``AssertionError`` that shows what there is instead: the nearest resource, its construct
path and the line that made it. A type or an argument that the provider has not is a mistake of the test, and a
``LandformError``: a test that asks for what cannot be never fails.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landform.checks.scan_copy import scan_copy
from landform.constructs import AwsStack
from landform.constructs.waiving import waivers_of
from landform.core import App
from landform.errors import Code, LandformError, did_you_mean
from landform.policies.severity import at_least
from landform.policies.view import Block, StackView
from landform.schema.pack import BlockSchema, shipped_pack
from landform.synth.outputs import check_outputs
from landform.synth.run import record_of
from landform.testing.instances import stack_instance
from landform.testing.match import ABSENT, Mismatch, mismatches
from landform.testing.memory import MemoryBundle, memory_bundle

if TYPE_CHECKING:
    from landform.checks.finding import Finding
    from landform.org.fleet import StackInstance
    from landform.testing.access import RoleAccess

_NEAREST = 3
# What Terraform takes in every block, whatever the provider says.
_META = ("connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner")


class Template:
    """A stack that was synthesised in memory.

    Attributes:
        instance: what it was made of.
        text: its ``cdk.tf.json``.
        record: what a bundle's index would say of it.

    >>> from landform.constructs.sqs import Queue
    >>> stack = AwsStack(App(), stack_instance())
    >>> queue = Queue(stack, "Jobs", visibility_timeout_seconds=60)
    >>> template = Template.from_stack(stack)
    >>> template.has_resource("aws_sqs_queue", {"visibility_timeout_seconds": 60})
    >>> template.resource("aws_sqs_queue", "Jobs/DeadLetters").value("message_retention_seconds")
    1209600
    """

    def __init__(self, stack: AwsStack) -> None:
        synthesis = stack.synthesise()
        check_outputs(stack.instance, synthesis.text)
        self.instance = stack.instance
        self.text = synthesis.text
        self.record = record_of(stack.instance, synthesis, waivers_of(stack), stack.instance.digest)

    @classmethod
    def of(
        cls, stack_class: Callable[..., AwsStack], instance: StackInstance | None = None, **params: Any
    ) -> Template:
        """Make a stack as ``landform synth`` does, and synthesise it.

        Args:
            stack_class: the class that ``org/stacks.yaml`` names.
            instance: where it stands; a stack of an imaginary account of the tier prod unless given.
            params: parameters, over those of the instance.

        Raises:
            LandformError: whatever is wrong in the stack.
        """
        made = instance or stack_instance()
        return cls(stack_class(App(), made, **{**made.params, **params}))

    @classmethod
    def from_stack(cls, stack: AwsStack) -> Template:
        """Synthesise a stack that a test filled with constructs.

        Raises:
            LandformError: whatever is wrong in the stack.
        """
        return cls(stack)

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The Terraform JSON, without comments: what ``assert_snapshot`` keeps."""
        document = json.loads(self.text)
        whole = {**document, **scan_copy(document)}
        return {
            key: document[key] if key == "terraform" else value for key, value in whole.items() if key != "//"
        }

    @cached_property
    def view(self) -> StackView:
        """The stack as rules read it."""
        return StackView(self.record.name, scan_copy(json.loads(self.text)))

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """The values of the outputs, by construct path below the stack."""
        # cdktf keeps there which output of Terraform's is of which construct.
        named = _leaves(json.loads(self.text)["//"]["outputs"].get(self.record.name, {}))
        blocks = self.document.get("output", {})
        return {path: blocks[name]["value"] for path, name in named.items() if name in blocks}

    def resources(self, type: str) -> tuple[Block, ...]:
        """Every resource of a type, as rules read it: ``body`` holds its arguments, ``value(path)`` one of them.

        Args:
            type: as Terraform names it; ``data.`` in front of a data source's.

        Raises:
            LandformError: ``usage`` for a type that the provider has not.
        """
        _schema(type)
        return tuple(block for block in self.view.blocks if type in block.kinds)

    def resource(self, type: str, id: str | None = None) -> Block:
        """The one resource of a type.

        Args:
            type: as for ``resources``.
            id: which one, where there are several: its construct path below the stack or its address. The path of
                the construct that makes it is enough: of several below that, it is the nearest.

        Raises:
            AssertionError: where there is none, or more than one.
            LandformError: as for ``resources``.
        """
        blocks = self.resources(type)
        found = blocks if id is None else self._called(blocks, id)
        if len(found) != 1:
            which = f"{type} {id!r}" if id else type
            what = f"{len(found)} are" if found else "None is"
            raise AssertionError(f"{self.record.name} must have one {which}. {what}; {self._all(blocks)}")
        return found[0]

    def resource_count_is(self, type: str, count: int) -> None:
        """There are so many resources of a type.

        Raises:
            AssertionError: where there are more or fewer.
            LandformError: as for ``resources``.
        """
        blocks = self.resources(type)
        if len(blocks) != count:
            raise AssertionError(
                f"{self.record.name} must have {count} {type}, and has {len(blocks)}; {self._all(blocks)}"
            )

    def find_resources(self, type: str, arguments: Mapping[str, Any]) -> tuple[Block, ...]:
        """The resources of a type whose arguments match a pattern.

        Raises:
            LandformError: as for ``has_resource``.
        """
        _check_arguments(type, arguments)
        return tuple(one for one in self.resources(type) if not any(mismatches(arguments, one.body)))

    def has_resource(self, type: str, arguments: Mapping[str, Any]) -> None:
        """Some resource of a type has these arguments, and may have others.

        Args:
            type: as for ``resources``.
            arguments: values and patterns of ``Match``, by argument.

        Raises:
            AssertionError: where there is none; it shows the nearest.
            LandformError: ``usage`` for a type, or an argument, that the provider has not.
        """
        if not self.find_resources(type, arguments):
            self._fail(type, arguments, self.resources(type), f"{self.record.name} has no {type} like this")

    def all_resources(self, type: str, arguments: Mapping[str, Any]) -> None:
        """Every resource of a type has these arguments; there must be one.

        Raises:
            AssertionError: where there is none, or one is otherwise.
            LandformError: as for ``has_resource``.
        """
        found = self.find_resources(type, arguments)
        others = [block for block in self.resources(type) if block not in found]
        if others or not found:
            self._fail(type, arguments, others, f"Not every {type} of {self.record.name} is like this")

    def has_output(self, path: str, value: Any) -> None:
        """An output of the stack has this value.

        Args:
            path: the construct path of the output below the stack, which is its id where the stack makes it.
            value: the value, or a pattern of it.

        Raises:
            AssertionError: where there is no such output, or it is another one.
        """
        wrong = list(mismatches(value, self.outputs.get(path, ABSENT), path))
        if wrong:
            raise AssertionError(
                f"{self.record.name} publishes {', '.join(self.outputs) or 'nothing'}.\n{_told(wrong)}"
            )

    def access(self, *beside: Template) -> RoleAccess:
        """Who can do what: the roles of this stack, as AWS would decide.

        The account's ready state backend is made beside the stack, because it holds the boundary of every role.

        Args:
            beside: other stacks that have a say: one that has the role's boundary, an SCP, a key's policy.
        """
        from landform.testing.access import RoleAccess

        return RoleAccess.of(self, *beside)

    def findings(
        self, *, as_of: dt.date, project: Path | None = None, checkov: bool = False
    ) -> tuple[Finding, ...]:
        """What landform's own rules find in the stack; those that a waiver covers have it as their ``waiver``.

        Args:
            as_of: the day for which waivers are judged: a test that took today's fails when a waiver ends.
            project: the folder whose ``policies/`` are run too.
            checkov: whether checkov's rules are run too, as by ``landform check``; that takes seconds.

        Raises:
            LandformError: for rules of the project that are none.
        """
        from landform.testing.findings import findings_in

        return findings_in(self.bundle(), as_of=as_of, project=project, checkov=checkov)

    def has_no_findings(self, *, as_of: dt.date, project: Path | None = None, checkov: bool = False) -> None:
        """The rules find nothing that fails the stack's tier and that no waiver covers, as by ``landform check``.

        The arguments are those of ``findings``.

        Raises:
            AssertionError: with every finding, where it is, and what to do.
            LandformError: as for ``findings``.
        """
        from landform.testing.findings import report

        found = self.findings(as_of=as_of, project=project, checkov=checkov)
        floor = self.instance.tier.guard.fail_on
        bare = [one for one in found if one.waiver is None and at_least(one.severity, floor)]
        if bare:
            raise AssertionError(f"{self.record.name} has findings without a waiver.\n{report(bare)}")

    def bundle(self, *beside: Template) -> MemoryBundle:
        """A bundle of the stack and of others, which is on no disk."""
        stacks = {each.record.name: each for each in (*beside, self)}
        return memory_bundle(
            {name: (each.record, each.text, each.instance.tier) for name, each in stacks.items()}
        )

    def path(self, block: Block) -> str:
        """The construct path of a resource, below the stack."""
        record = self.record.resources.get(block.address)
        return record.construct_path.removeprefix(f"{self.record.name}/") if record else block.address

    def _called(self, blocks: Sequence[Block], id: str) -> tuple[Block, ...]:
        exact = [block for block in blocks if id in (block.address, self.path(block))]
        below = [block for block in blocks if self.path(block).startswith(f"{id}/")]
        nearest = min((self.path(block).count("/") for block in below), default=0)
        return tuple(exact or (block for block in below if self.path(block).count("/") == nearest))

    def _all(self, blocks: Sequence[Block]) -> str:
        return f"there are: {', '.join(map(self._named, blocks))}." if blocks else "there is none at all."

    def _named(self, block: Block) -> str:
        record = self.record.resources.get(block.address)
        return f"{self.path(block)} ({block.address}, {record.source})" if record else block.address

    def _fail(self, type: str, arguments: Mapping[str, Any], blocks: Sequence[Block], what: str) -> None:
        wrong = {block: list(mismatches(arguments, block.body)) for block in blocks}
        nearest = sorted(wrong, key=lambda block: len(wrong[block]))[:_NEAREST]
        if not nearest:
            raise AssertionError(f"{what}: there is none at all.")
        told = "\n".join(f"{self._named(block)}\n{_told(wrong[block])}" for block in nearest)
        raise AssertionError(f"{what}. Of {len(blocks)}, the nearest (- expected, + found):\n{told}")


def _told(wrong: Sequence[Mismatch]) -> str:
    return "\n".join(f"  {line}" for mismatch in wrong for line in str(mismatch).splitlines())


def _leaves(tree: Mapping[str, Any], above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        found |= _leaves(value, f"{above}{key}/") if isinstance(value, Mapping) else {f"{above}{key}": value}
    return found


def _schema(type: str) -> BlockSchema | None:
    """The schema of a type; None for that of another provider."""
    pack, name = shipped_pack("aws"), type.removeprefix("data.")
    if not name.startswith("aws_"):
        return None
    known = pack.resource_types if name == type else pack.data_source_types
    if name not in known:
        raise LandformError(
            Code.USAGE,
            "The AWS provider has no such type, so that no stack can have it.",
            given=type,
            expected="a type of a resource, or data. and that of a data source",
            fix=did_you_mean(name, known),
        )
    return pack.resource(name) if name == type else pack.data_source(name)


def _check_arguments(type: str, arguments: Mapping[str, Any]) -> None:
    schema = _schema(type)
    known = [*_META, *schema.settable()] if schema else []
    for name in arguments:
        if schema and name not in known:
            raise LandformError(
                Code.USAGE,
                f"{type} has no such argument, so that no resource can have it.",
                given=name,
                expected="an argument of the resource",
                fix=did_you_mean(name, known),
            )

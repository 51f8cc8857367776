"""cdktf constructs in a landform stack, and landform stacks in a cdktf ``App``.

To import this module starts cdktf's Node.js process. Its calls go through that one process, one at a time: use
them from one thread.

``mount_construct(stack, "Legacy", lambda scope: LegacyQueue(scope, "jobs"))`` puts a cdktf construct into a
landform stack; ``mount_stack(app, stack)`` puts a landform stack into a cdktf app.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from landform.core import Provider, Stack
from landform.core.app import MANIFEST, is_cdktf_file
from landform.core.emit import terraform_json
from landform.core.stack import StackSynthesis
from landform.errors import Code, LandformError, Place
from landform.interop.mounted import CdktfStack, Mounted
from landform.interop.node import bridge

with bridge():
    import cdktf
    import constructs
    from jsii.errors import JavaScriptError, JSIIError

__all__ = ["MountedStack", "mount_construct", "mount_stack"]

_LEVEL = "@cdktf/"


def mount_construct(stack: Stack, id: str, build: Callable[[cdktf.TerraformStack], object]) -> Mounted:
    """Run ``build`` on a cdktf stack, and put what it makes into a landform stack, below one construct.

    Names and addresses are those that cdktf gives in a stack of the same name, so that a construct moves over
    with a plan that changes nothing. The providers of the landform stack are there for ``build``; providers
    that it makes itself come along.

    Args:
        stack: the landform stack; providers that the constructs need stand in it already.
        id: the construct id of the mount point.
        build: adds cdktf constructs to the stack it is given.

    Raises:
        LandformError: ``cdktf-failed`` with cdktf's own message, or for assets, modules and other things that
            landform does not carry; ``duplicate-id`` for names the stack has; errors of the schema check.
    """
    return Mounted(stack, id, _synthesised(stack, build))


def mount_stack(app: cdktf.App, stack: Stack) -> MountedStack:
    """Put a landform stack, and those it depends on, into a cdktf app.

    The stack is synthesised now; ``app.synth()`` then writes the bytes that landform would write. cdktf's own
    aspects do not reach into it. A stack that is mounted already is returned as it is.

    Raises:
        LandformError: whatever is wrong with the stack, and ``cdktf-failed`` for what cdktf would change.
    """
    with _cdktf_errors(stack.node.place):
        scope = app
        for outer in stack.node.scopes[1:-1]:
            scope = scope.node.try_find_child(outer.node.id) or constructs.Construct(scope, outer.node.id)
        present = scope.node.try_find_child(stack.name)
        if isinstance(present, MountedStack) and present.stack is stack:
            return present
        dependencies = [mount_stack(app, dependency) for dependency in stack.dependencies]
        mounted = MountedStack(scope, stack)
        for dependency in dependencies:
            if dependency.node.path != dependency.stack.name:
                raise LandformError(
                    Code.CDKTF_FAILED,
                    "cdktf's command lines cannot follow a dependency on a stack below a construct.",
                    place=stack.node.place,
                    given=dependency.node.path,
                    fix="Make that stack a child of the app.",
                )
            mounted.add_dependency(dependency)
        return mounted


class MountedStack(cdktf.TerraformStack):  # type: ignore[misc]
    """A landform stack as a cdktf stack. Made by ``mount_stack``."""

    def __init__(self, scope: constructs.Construct, stack: Stack) -> None:
        synthesis = stack.synthesise()
        self.stack = stack
        self._document = _as_javascript_reads_it(synthesis, stack.node.place)
        super().__init__(scope, stack.name)
        # Without a backend element cdktf would add one at synthesis; this one is not written either.
        cdktf.LocalBackend(self)
        for annotation in synthesis.annotations:
            below = annotation.construct_path.removeprefix(synthesis.path).strip("/")
            construct: Any = self
            for part in filter(None, below.split("/")):
                construct = construct.node.try_find_child(part) or constructs.Construct(construct, part)
            construct.node.add_metadata(_LEVEL + annotation.level, annotation.message, stack_trace=False)

    def to_terraform(self) -> Any:
        """The document that landform synthesised; cdktf calls this for what it writes."""
        return self._document


class _StandIn(cdktf.TerraformProvider):  # type: ignore[misc]
    """A provider of the landform stack, as far as cdktf asks for it: that it is there."""

    def __init__(self, scope: constructs.Construct, provider: Provider) -> None:
        metadata = cdktf.TerraformProviderGeneratorMetadata(
            provider_name=provider.name, provider_version=provider.version
        )
        super().__init__(
            scope,
            provider.address,
            terraform_resource_type=provider.name,
            terraform_provider_source=provider.source,
            terraform_generator_metadata=metadata,
        )


def _synthesised(stack: Stack, build: Callable[[cdktf.TerraformStack], object]) -> CdktfStack:
    providers = [element for element in stack.elements() if isinstance(element, Provider)]
    with tempfile.TemporaryDirectory() as folder, _cdktf_errors(stack.node.place):
        app = cdktf.App(outdir=folder, stack_traces=False)
        scratch = cdktf.TerraformStack(app, stack.name)
        cdktf.LocalBackend(scratch)
        stand_ins = constructs.Construct(scratch, "landform-providers")
        for provider in providers:
            _StandIn(stand_ins, provider)
        build(scratch)
        app.synth()
        document = scratch.to_terraform()
        _refuse_assets(Path(folder), stack.node.place)
        manifest = json.loads(Path(folder, MANIFEST).read_text(encoding="utf-8"))
    return CdktfStack(
        document=document,
        annotations=tuple(
            (
                entry["constructPath"].removeprefix(stack.name).strip("/"),
                entry["level"].removeprefix(_LEVEL),
                entry["message"],
            )
            for entry in manifest["stacks"][stack.name]["annotations"]
        ),
        own_providers=Counter(provider.name for provider in providers),
    )


def _refuse_assets(folder: Path, place: Place) -> None:
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assets = sorted(str(path) for path in files if not is_cdktf_file(path) and path.name != "cdk.tf")
    if assets:
        raise LandformError(
            Code.CDKTF_FAILED,
            "A cdktf construct brings files of its own, which landform's bundle does not hold.",
            place=place,
            given=", ".join(assets),
            fix="Put the files where Terraform can fetch them, in a bucket or a registry.",
        )


def _as_javascript_reads_it(synthesis: StackSynthesis, place: Place) -> Any:
    # What JavaScript makes of a number is a float; the text tells whether that lost something.
    document = json.loads(synthesis.text, parse_int=float)
    if terraform_json(document) != synthesis.text:
        raise LandformError(
            Code.CDKTF_FAILED,
            "A number has more digits than cdktf can hold, and would be written as another one.",
            place=place,
            expected="whole numbers up to 2 to the power of 53",
            fix="Write it as text; Terraform takes either.",
        )
    return document


@contextmanager
def _cdktf_errors(place: Place) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, JSIIError) as error:
        if not isinstance(error.__cause__, JavaScriptError):
            raise
        raise LandformError(
            Code.CDKTF_FAILED, "cdktf refused this.", place=place, given=str(error).strip()
        ) from None

"""Synthesis in memory: what a stack becomes, without a project and without a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from landform.core import App
from landform.core.stack import StackSynthesis
from landform.testing.instances import stack_instance

if TYPE_CHECKING:
    from landform.constructs import AwsStack
    from landform.org.fleet import StackInstance


def synthesise(build: Callable[[AwsStack], object], instance: StackInstance | None = None) -> StackSynthesis:
    """Synthesise one stack that ``build`` fills, in memory.

    Raises:
        LandformError: whatever is wrong with it.
    """
    from landform.constructs import AwsStack

    app = App()
    build(AwsStack(app, instance or stack_instance()))
    (synthesis,) = app.synthesise()
    return synthesis


def synthesise_json(build: Callable[[AwsStack], object], instance: StackInstance | None = None) -> Any:
    """The document of one stack that ``build`` fills; errors as for ``synthesise``."""
    return json.loads(synthesise(build, instance).text)

"""The published standards that controls are of, as the maps of controls have them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from landform.policies.controls import Standard, standards

_OWN = Standard("", "Controls of the organisation", "", MappingProxyType({}))


def standard_of(control: str) -> Standard:
    """The standard of a control such as ``SQS.1``; one that no map has is the organisation's own."""
    return _by_control().get(control, _OWN)


@functools.cache
def _by_control() -> Mapping[str, Standard]:
    return MappingProxyType(
        {control: standard for standard in standards().values() for control in standard.controls}
    )

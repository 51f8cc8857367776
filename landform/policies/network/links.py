"""The state of a link of a path, and of several."""

from __future__ import annotations

from typing import Literal

State = Literal["open", "closed", "unknown"]


def switch(value: object, default: bool) -> State:
    """Whether an argument turns something on."""
    on = default if value in (None, "", "${null}") else value
    if on is True or on is False:
        return "open" if on else "closed"
    return "unknown"


def states(*each: State) -> State:
    """The state of links one behind the other: one that is closed closes all."""
    if "closed" in each:
        return "closed"
    return "unknown" if "unknown" in each else "open"


def either(*each: State) -> State:
    """The state of links side by side."""
    if "open" in each:
        return "open"
    return "unknown" if "unknown" in each else "closed"

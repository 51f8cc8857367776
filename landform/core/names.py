"""cdktf's names: the unique id of an element from its place in the tree, byte for byte.

The algorithm is frozen: an id is a Terraform address, an address is state, and a changed id is a destroyed
resource. It follows ``packages/cdktf/lib/private/unique.ts`` of cdktf 0.21.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from landform.errors import Code, LandformError, Place

HIDDEN = "Default"
HIDDEN_FROM_HUMANS = "Resource"
MAX_HUMAN_LENGTH = 240
MAX_LENGTH = 255

_DISALLOWED = re.compile(r"[^A-Za-z0-9_-]")
_TERRAFORM_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


def unique_id(components: Sequence[str]) -> str:
    """The unique id for construct ids below a stack, outermost first.

    One short component stands for itself; more get a readable part and eight digits of the MD5 of the path.

    Raises:
        ValueError: where no component is left.
    """
    kept = [component for component in components if component != HIDDEN]
    if not kept:
        raise ValueError("no component")
    if len(kept) == 1:
        candidate = _DISALLOWED.sub("", kept[0])
        if len(candidate) <= MAX_LENGTH:
            return candidate
    path_hash = hashlib.md5("/".join(kept).encode(), usedforsecurity=False).hexdigest()[:8].upper()
    human: list[str] = []
    for component in kept:
        if not human or not human[-1].endswith(component):
            human.append(component)
    readable = "_".join(_DISALLOWED.sub("", part) for part in human if part != HIDDEN_FROM_HUMANS)
    return f"{readable[:MAX_HUMAN_LENGTH]}_{path_hash}"


def checked_name(name: str, place: Place) -> str:
    """The name itself, if Terraform takes it as the name of a block.

    Raises:
        LandformError: ``construct-id`` where it is empty or begins with neither letter nor underscore.
    """
    if _TERRAFORM_NAME.match(name):
        return name
    raise LandformError(
        Code.CONSTRUCT_ID,
        "Terraform would refuse the name that this construct id gives.",
        place=place,
        given=repr(name),
        expected="a name that begins with a letter or an underscore, of letters, digits, _ and -",
        fix="Choose an id that begins with an ASCII letter.",
    )

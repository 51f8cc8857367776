"""Tags of every resource: the mandatory ones are put on, and all are judged as they will be written.

Follows "Tagging your AWS resources". Which of them must be there, the organisation's ``mandatory_tags`` say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.org.models import DataClass
from landform.org.tags import MAX_TAGS, refused_key, refused_value
from landform.resources.base import CheckedResource

if TYPE_CHECKING:
    from landform.constructs.stack import AwsStack

# The tags whose values are a closed set.
CLOSED: Mapping[str, tuple[str, ...]] = {"data-class": get_args(DataClass)}


class Tagging:
    """The aspect that puts a stack's tags on every resource that takes tags, below those it was given."""

    def __init__(self, stack: AwsStack) -> None:
        self._stack = stack

    def visit(self, construct: Construct) -> None:
        """Tag a resource; ``construct`` may be anything."""
        if not isinstance(construct, CheckedResource):
            return
        if construct.schema.taggable:
            given = construct.arguments.get("tags") or {}
            construct.arguments["tags"] = {**self._stack.tags_of(construct), **given}
        elif construct.schema.tagged_by_blocks:
            blocks = construct.arguments.get("tag", ())
            construct.arguments["tag"] = self._blocks(construct, blocks)

    def _blocks(self, construct: Construct, given: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The same as blocks, which also say whether what the resource launches gets the tag: unless told, it does."""
        by_key: dict[str, list[Mapping[str, Any]]] = {}
        for block in given:
            by_key.setdefault(block["key"], []).append(block)
        return [
            block
            for key, value in {**self._stack.tags_of(construct), **dict.fromkeys(by_key, "")}.items()
            for block in by_key.get(key, [{"key": key, "value": value, "propagate_at_launch": True}])
        ]


def tag_errors(mandatory: Sequence[str], resource: CheckedResource) -> Iterator[LandformError]:
    """What is wrong with the tags of a resource as they will be written, overrides among them."""
    if resource.schema.taggable:
        argument = "tags"
        tags = list((resource.written(argument) or {}).items())
    elif resource.schema.tagged_by_blocks:
        argument = "tag"
        tags = [(block.get("key"), block.get("value")) for block in resource.written(argument) or ()]
    else:
        return
    for problem in _problems(mandatory, tags):
        yield LandformError(Code.ARGUMENT_VALUE, place=resource.place_of(argument), **problem)


def _problems(mandatory: Sequence[str], tags: Sequence[tuple[Any, Any]]) -> Iterator[dict[str, Any]]:
    keys = [key for key, _ in tags]
    for key in mandatory:
        if key not in keys:
            yield {
                "message": f"The resource lacks the mandatory tag {key!r}.",
                "given": f"tags {', '.join(sorted(map(str, keys))) or 'none'}",
                "expected": f"{key} with a value, as the organisation's mandatory_tags say",
                "fix": "Leave the tag as the stack gives it.",
            }
    for key, value in tags:
        text = isinstance(key, str) and isinstance(value, str)
        expected = _expected(key, value, key in mandatory) if text else None
        if expected:
            yield {
                "message": f"AWS would refuse the tag {key!r} = {value!r}."
                if value and key not in CLOSED
                else f"The tag {key!r} has no value that the organisation takes.",
                "given": f"{key!r} = {value!r}",
                "expected": expected,
                "fix": did_you_mean(str(value), CLOSED.get(key, ())),
            }
    twice = sorted({str(key) for key in keys if keys.count(key) > 1})
    if twice:
        yield {"message": "AWS takes each tag of a resource once.", "given": f"{', '.join(twice)} twice"}
    if len(tags) > MAX_TAGS:
        yield {"message": f"AWS takes {MAX_TAGS} tags on a resource, not {len(tags)}."}


# The resources of a stack share all tags but one.
@lru_cache(maxsize=1 << 12)
def _expected(key: str, value: str, mandatory: bool) -> str | None:
    """What a tag would have to be, or None where it is; what Terraform fills in is not known."""
    if "${" in key or "${" in value:
        return None
    if not value and mandatory:
        return "a value: the tag is mandatory"
    if key in CLOSED and value not in CLOSED[key]:
        return f"one of {', '.join(CLOSED[key])}"
    return refused_key(key) or refused_value(value)

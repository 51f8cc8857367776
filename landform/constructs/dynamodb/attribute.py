"""The keys of tables and indexes. Follows "Core components of Amazon DynamoDB"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from landform.constructs.dynamodb.limits import ATTRIBUTE_NAME, ATTRIBUTE_TYPE, INDEX_NAME, PROJECTED
from landform.core.construct import user_place
from landform.errors import Code, LandformError

AttributeType = Literal["S", "N", "B"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that is a key: its name, and its type: ``S`` string, ``N`` number, ``B`` binary.

    Raises:
        LandformError: ``argument-value`` for a name or a type DynamoDB would refuse.
    """

    name: str
    type: AttributeType = "S"

    def __post_init__(self) -> None:
        ATTRIBUTE_NAME.checked(self.name, user_place())
        ATTRIBUTE_TYPE.checked(self.type, user_place())


@dataclass(frozen=True, slots=True)
class GlobalSecondaryIndex:
    """An index with keys of its own. ``projected`` names the attributes it holds beside keys: all unless given.

    Raises:
        LandformError: ``argument-value`` for a name, or more attributes than DynamoDB takes, or for one key twice.
    """

    name: str
    partition_key: Attribute
    sort_key: Attribute | None = None
    projected: Sequence[str] | None = None

    def __post_init__(self) -> None:
        place = user_place()
        INDEX_NAME.checked(self.name, place)
        for name in self.projected or ():
            ATTRIBUTE_NAME.checked(name, place)
        PROJECTED.checked(len(self.projected or ()), place)
        different_keys(self.partition_key, self.sort_key)

    @property
    def projection_type(self) -> str:
        """What DynamoDB calls it."""
        if self.projected is None:
            return "ALL"
        return "INCLUDE" if self.projected else "KEYS_ONLY"


def different_keys(partition_key: Attribute, sort_key: Attribute | None) -> None:
    """Refuse one attribute as both keys.

    Raises:
        LandformError: ``argument-value``.
    """
    if sort_key and sort_key.name == partition_key.name:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The two keys of a table or index are two attributes.",
            place=user_place(),
            given=f"{partition_key.name!r} as both",
            expected="a sort_key of another name, or none",
        )

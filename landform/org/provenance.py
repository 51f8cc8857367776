"""Where the settings of a stack came from: for each, the chain of statements that made it what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landform.org.combine import Combined, Link
from landform.org.layers import combined
from landform.org.leaves import dotted
from landform.org.said import Layer


class Provenance(Mapping[str, tuple[Link, ...]]):
    """The chain of each setting of a stack, by its dotted name, worked out each time it is asked for.

    Fifty thousand stacks share the layers and nothing else, so that knowing where everything came from costs no memory.
    """

    __slots__ = ("_layers", "_stack")

    def __init__(self, layers: tuple[Layer, ...], stack: str | None = None) -> None:
        self._layers = layers
        self._stack = stack

    def __getitem__(self, field: str) -> tuple[Link, ...]:
        return self.combined()[field].chain

    def __iter__(self) -> Iterator[str]:
        return iter(self.combined())

    def __len__(self) -> int:
        return len(self.combined())

    def combined(self) -> dict[str, Combined]:
        """Every setting that some layer says something about: its value, its chain and what is not allowed in it.

        Parameters of other stacks than this one are left out; without a stack, none is.
        """
        statements = (
            statement
            for layer in self._layers
            for section, said in layer.sections.items()
            if self._stack is None or not section.startswith("params.") or section == f"params.{self._stack}"
            for statement in said.statements()
        )
        return {dotted(path): found for path, found in sorted(combined(statements).items())}

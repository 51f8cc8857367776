"""The blocks of a stack that are not resources: providers, the backend, outputs, variables, locals, removals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landform.core.construct import Construct
from landform.core.element import Document, Element
from landform.core.values import Ref, resolve


class Provider(Element):
    """A provider's configuration, with its source and exact version."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        name: str,
        arguments: Mapping[str, Any],
        *,
        source: str,
        version: str,
        alias: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.name = name
        self.arguments = dict(arguments)
        self.source = source
        self.version = version
        self.alias = alias
        self.stack.claim(f"provider.{self.address}", self)

    @property
    def address(self) -> str:
        return f"{self.name}.{self.alias}" if self.alias else self.name

    def write(self, document: Document) -> None:
        required = document.setdefault("terraform", {}).setdefault("required_providers", {})
        required[self.name] = {"source": self.source, "version": self.version}
        block = self._resolved({**self.arguments, "alias": self.alias})
        document.setdefault("provider", {}).setdefault(self.name, []).append(block)

    def metadata(self) -> Document:
        return {"overrides": {self.name: list(self._overrides)}} if self._overrides else {}


class Backend(Element):
    """Where a stack's state lives: one a stack, always declared."""

    def __init__(self, scope: Construct, type: str, arguments: Mapping[str, Any]) -> None:
        super().__init__(scope, "backend")
        self.type = type
        self.arguments = dict(arguments)

    def write(self, document: Document) -> None:
        backend = document.setdefault("terraform", {}).setdefault("backend", {})
        backend[self.type] = self._resolved(self.arguments)

    def metadata(self) -> Document:
        overrides = {"overrides": {"backend": list(self._overrides)}} if self._overrides else {}
        return {"backend": self.type, **overrides}


class Output(Element):
    """A stack's output. ``static_id`` keeps the construct's own id as the output's name."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        value: Any,
        *,
        description: str | None = None,
        sensitive: bool | None = None,
        static_id: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self.value = value
        self.description = description
        self.sensitive = sensitive
        if static_id:
            self.override_logical_id(id)
        self._claim("output")

    def write(self, document: Document) -> None:
        block = {"value": self.value, "description": self.description, "sensitive": self.sensitive}
        document.setdefault("output", {})[self.logical_id] = self._resolved(block)

    def metadata(self) -> Document:
        return {"overrides": {"output": list(self._overrides)}} if self._overrides else {}


class Variable(Element):
    """An input variable. ``type`` is a Terraform type expression, ``"list(string)"``."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        type: str,
        default: Any = None,
        description: str | None = None,
        sensitive: bool | None = None,
        nullable: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.arguments: Document = {
            "type": type,
            "default": default,
            "description": description,
            "sensitive": sensitive,
            "nullable": nullable,
        }
        self._claim("var")

    @property
    def address(self) -> str:
        return f"var.{self.logical_id}"

    @property
    def value(self) -> Ref[Any]:
        """A reference to the variable's value."""
        return Ref(self, "")

    def write(self, document: Document) -> None:
        document.setdefault("variable", {})[self.logical_id] = self._resolved(self.arguments)

    def metadata(self) -> Document:
        return {"overrides": {"variable": list(self._overrides)}} if self._overrides else {}


class Local(Element):
    """A local value: an expression with a name."""

    def __init__(self, scope: Construct, id: str, expression: Any) -> None:
        super().__init__(scope, id)
        self.expression = expression
        self._claim("local")

    @property
    def address(self) -> str:
        return f"local.{self.logical_id}"

    @property
    def value(self) -> Ref[Any]:
        """A reference to the local value."""
        return Ref(self, "")

    def write(self, document: Document) -> None:
        document.setdefault("locals", {})[self.logical_id] = resolve(self.expression, self)


class Removed(Element):
    """Take a resource out of the state: Terraform forgets it, and destroys it only where told to.

    Terraform's ``removed`` block (1.7 and later). ``from_address`` is the address it had.
    """

    def __init__(self, scope: Construct, id: str, from_address: str, *, destroy: bool = False) -> None:
        super().__init__(scope, id)
        self.from_address = from_address
        self.destroy = destroy

    def write(self, document: Document) -> None:
        block = {"from": self.from_address, "lifecycle": [{"destroy": self.destroy}]}
        document.setdefault("removed", []).append(block)

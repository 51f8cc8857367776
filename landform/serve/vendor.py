"""What the server needs of account vending, so that it can be tested without a whole organisation."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from landform.vending.change import SpecChange


class Preview(Protocol):
    """What an account would get."""

    @property
    def ok(self) -> bool:
        """Whether the checks let it pass."""

    def document(self) -> Mapping[str, Any]:
        """It as a JSON object."""


class Vended(Protocol):
    """What came of a request."""

    @property
    def change(self) -> SpecChange:
        """What is to be written."""

    @property
    def preview(self) -> Preview:
        """What that brings."""

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""


class Vend(Protocol):
    """Works requests out: file names for errors, and texts."""

    def __call__(
        self,
        project: Path,
        requests: Sequence[tuple[str, str]],
        *,
        today: dt.date,
        on_step: Callable[[str], None],
    ) -> Vended:
        """Judge requests, synthesise and check what they bring; nothing of the project is written.

        Raises:
            LandformError: what is wrong with them.
        """


def vendor(checks_python: Path | None) -> Vend:
    """``landform vend``'s own, in whose previews checkov of another environment judges, where one is named."""
    from landform.vending.vend import vend

    def vended(
        project: Path,
        requests: Sequence[tuple[str, str]],
        *,
        today: dt.date,
        on_step: Callable[[str], None],
    ) -> Vended:
        with tempfile.TemporaryDirectory(prefix="landform-vend-") as folder:
            return vend(
                project,
                requests,
                today=today,
                out=Path(folder) / "cdktf.out",
                checks_python=checks_python,
                on_step=on_step,
            )

    return vended


@dataclass(frozen=True, slots=True)
class Form:
    """What an account request looks like.

    Attributes:
        read: judges a text by itself, without the organisation; the second argument is what errors call it. Gives the
            digest of what the request means.
        schema: its JSON Schema; definitions are under ``#/components/schemas``, where OpenAPI has them.
    """

    read: Callable[[str, str], str]
    schema: Callable[[], dict[str, Any]]


def account_request() -> Form:
    """The account requests of ``landform vend``."""
    from landform.vending.request import AccountRequest, read_request

    def read(text: str, file: str) -> str:
        request = read_request(text, file)
        # The key is the caller's own word, and part of what is asked.
        return f"{request.digest} {request.key or ''}"

    return Form(read, lambda: AccountRequest.model_json_schema(ref_template="#/components/schemas/{model}"))

"""Requests for accounts: the file of an account before AWS has made it, with a key for who may have to ask twice.

A request has the keys of ``org/accounts/<name>.yaml`` without those that AWS or landform gives. Its digest is of what
it says, not of how it is written; two requests of one digest are one request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, create_model

from landform.digest import digest
from landform.errors import Code, LandformError, Place
from landform.org.document import Document, parse
from landform.org.jsonschema import schema_id
from landform.org.load import model_of
from landform.org.models import Account, Email, Model
from landform.org.models.account import RequestKey

SCHEMA = "landform/account-request/v1"
MAX_BYTES = 64 * 1024

# What a request cannot say, or need not.
_GIVEN_LATER = frozenset({"schema_", "account_id", "status", "life", "email"})

_FIELDS: dict[str, Any] = {
    "schema_": (Literal["landform/account-request/v1"], Field(alias="schema")),
    "key": (RequestKey | None, None),
    "email": (Email | None, None),
} | {
    name: (field.annotation, field)
    for name, field in Account.model_fields.items()
    if name not in _GIVEN_LATER
}

AccountRequest: type[Model] = create_model(
    "AccountRequest",
    __base__=Model,
    __doc__="A request for an account: the keys of an account's file, and ``key`` for who may have to ask twice.",
    **_FIELDS,
)
"""The model of a request; its keys are those of ``Account``, so that a new key of accounts is one of requests."""


@dataclass(frozen=True)
class Request:
    """A request that is well written.

    Attributes:
        document: the text as it was given, for places in errors.
        name: the account's name.
        key: what the caller calls the request, if anything.
        digest: of what it says, without the key.
    """

    document: Document
    name: str
    key: str | None
    digest: str

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """What it says of the account."""
        return {name: value for name, value in self.document.value.items() if name not in ("schema", "key")}

    def place(self, *loc: str | int) -> Place:
        """Where something of it stands."""
        return self.document.place(*loc)

    def account_document(self, extra: Mapping[str, Any]) -> Document:
        """The request as the document of an account, with what landform adds; places lead into the request."""
        value = {"schema": schema_id(Account), **self.values, **extra}
        return replace(self.document, value=value)


def read_request(text: str, file: str) -> Request:
    """Read a request.

    Args:
        text: YAML, of which JSON is a part.
        file: what errors call it.

    Raises:
        LandformError: ``request`` where it is too large; ``spec-...`` for each mistake, with its place.
    """
    if len(text.encode("utf-8", errors="surrogatepass")) > MAX_BYTES:
        raise LandformError(
            Code.REQUEST,
            "The request is too large to be one.",
            place=Place(file),
            expected=f"at most {MAX_BYTES // 1024} KiB",
        )
    document = parse(text, file)
    model_of(document, AccountRequest)
    said = {name: value for name, value in document.value.items() if name != "key"}
    return Request(document, str(said["name"]), document.value.get("key"), digest(said))

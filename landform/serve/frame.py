"""What surrounds every call: a line in the audit log before the answer leaves, figures, and headers.

It is outside of everything that FastAPI does, so that what fails there is audited and counted as well.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from landform.errors import LandformError
from landform.record.moments import stamp
from landform.serve.audit import Audit, Entry
from landform.serve.metrics import Metrics
from landform.serve.problems import MEDIA_TYPE, problem

log = logging.getLogger("landform.serve")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


class Frame:
    """An ASGI application around another.

    A handler tells it in the call's ``state`` whether the call is to be ``audited``, who called (``caller``,
    ``credential``), what it was about (``target``), and which error there was (``code``).
    """

    def __init__(
        self, inner: Application, audit: Audit, metrics: Metrics, clock: Callable[[], dt.datetime]
    ) -> None:
        self._inner = inner
        self._audit = audit
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one call, or the server's beginning and end."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        scope["state"] = dict(scope.get("state", {}))
        began, status, withheld = time.monotonic(), 500, False

        async def framed(message: Message) -> None:
            nonlocal status, withheld
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with(message.get("headers", ()))
                if scope["state"].get("audited"):
                    try:
                        await asyncio.to_thread(self._audit.add, self._entry(scope, status))
                    except LandformError as error:
                        # What nobody could look up later is not answered.
                        log.error("the audit log: %s", error)
                        withheld, status = True, 503
                        await _answer(send, problem(error, 503))
            if not withheld:
                await send(message)

        try:
            await self._inner(scope, receive, framed)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            self._metrics.count(scope["method"], route, status, time.monotonic() - began)

    def _entry(self, scope: Message, status: int) -> Entry:
        state, client = scope["state"], scope.get("client")
        return Entry(
            at=stamp(self._clock()),
            # A path may hold anything, and a log is read on terminals.
            action=f"{scope['method']} {scope['path']}".encode("unicode_escape").decode(),
            caller=state.get("caller"),
            credential=state.get("credential"),
            client=client[0] if client else None,
            target=state.get("target"),
            status=status,
            code=state.get("code"),
        )


def _with(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [*headers, *_HEADERS]


async def _answer(send: Send, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        *_HEADERS,
    ]
    await send({"type": "http.response.start", "status": document["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body})

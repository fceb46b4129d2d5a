"""Puts every request of the API into the audit before it is answered, and refuses bodies that are too large."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from strangler_deploy.control_plane import audit
from strangler_deploy.control_plane.api.trouble import answer, problem
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.store.store import StoreError

LARGEST_BODY = 8 * 1024 * 1024


class Witness:
    """ASGI middleware around the API; without an entry in the audit there is no answer but 503."""

    def __init__(self, app: ASGIApp, plane: Plane) -> None:
        """``plane`` has the store that entries go to."""
        self._app, self._plane = app, plane

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; what is not of the API is nobody's business."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        witnessed = _Witnessed(self, scope, send)
        await self._app(scope, _limited(receive), witnessed.send)

    def record(self, scope: Scope, status: int) -> None:
        """Write the entry."""
        with self._plane.store.write() as connection:
            audit.record(connection, _entry(scope, status), self._plane.now())


class _Witnessed:
    """The way out of one request: the first message waits until the entry is written."""

    def __init__(self, witness: Witness, scope: Scope, send: Send) -> None:
        self._witness, self._scope, self._send = witness, scope, send
        self._replaced = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            try:
                await run_in_threadpool(self._witness.record, self._scope, message["status"])
            except StoreError as error:
                self._replaced = True
                refusal = answer(
                    problem(503, "Store not available", error.message, hint="ask again, with the same key")
                )
                await refusal(self._scope, _nothing, self._send)
        if not self._replaced:
            await self._send(message)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _entry(scope: Scope, status: int) -> audit.Entry:
    state: dict[str, Any] = scope["state"]
    caller = state.get("caller")
    tenant = scope.get("path_params", {}).get("tenant") or (caller.tenant if caller else "")
    return audit.Entry(
        actor=_clean(caller.subject if caller else "", 200),
        tenant=_clean(str(tenant), 63),
        method=_clean(scope["method"], 10),
        path=_clean(Request(scope).url.path, 300),
        status=status,
        reason=_clean(str(state.get("reason", "")), 1000),
    )


def _clean(text: str, length: int) -> str:
    """What any database takes."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")[:length]


def _limited(receive: Receive) -> Receive:
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST_BODY:
            raise HTTPException(413, f"a body may have {LARGEST_BODY} bytes")
        return message

    return limited

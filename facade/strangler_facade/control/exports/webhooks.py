"""Tells addresses of the plan what happens to a rollout, and asks those that may say no."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx

from strangler.plan import Webhook

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 5.0
_MOST_WAITING = 100


class Webhooks:
    """A client with a bounded number of messages on their way."""

    def __init__(self, *, on_note: Callable[[str], None], transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, transport=transport)
        self._on_note = on_note
        self._tasks: set[asyncio.Task[None]] = set()

    def notify(self, hooks: Iterable[Webhook], message: Mapping[str, Any]) -> None:
        """Send ``message`` to every ``notify`` hook in the background; three attempts each."""
        for hook in hooks:
            if hook.kind != "notify":
                continue
            if len(self._tasks) >= _MOST_WAITING:
                self._on_note(f"{hook.url} is too slow: an event was not sent to it")
                continue
            task = asyncio.ensure_future(self._deliver(hook, message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, hook: Webhook, message: Mapping[str, Any]) -> None:
        for attempt in range(_ATTEMPTS):
            await asyncio.sleep(attempt**2 * 0.5)
            trouble = await self._post(hook, message)
            if not trouble:
                return
        self._on_note(f"an event could not be sent: {trouble}")

    async def ask(self, hooks: Iterable[Webhook], message: Mapping[str, Any]) -> str:
        """Ask each hook; "" if all answered 2xx, else the first refusal."""
        for hook in hooks:
            trouble = await self._post(hook, message)
            if trouble:
                return trouble
        return ""

    async def _post(self, hook: Webhook, message: Mapping[str, Any]) -> str:
        body = json.dumps(message, sort_keys=True).encode()
        headers = {"content-type": "application/json", **_signature(hook, body)}
        try:
            answer = await self._client.post(hook.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            return f"{hook.url} does not answer: {type(error).__name__}"
        return "" if answer.is_success else f"{hook.url} says {answer.status_code}"

    async def close(self) -> None:
        """Give up what is on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()


def _signature(hook: Webhook, body: bytes) -> dict[str, str]:
    """``X-Strangler-Signature: sha256=HEX`` over the body, with the key the plan names."""
    key = os.environ.get(hook.secret_env or "", "")
    if not key:
        return {}
    return {"x-strangler-signature": "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}

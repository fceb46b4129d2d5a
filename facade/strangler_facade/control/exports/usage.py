"""Tells the SaaS control plane what each tenant used of each service, as usage events that it counts once each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from strangler.plan import UsageSettings
from strangler_facade.channel import UsageMessage
from strangler_facade.control.exports.book import Book, Event
from strangler_facade.control.store import StoreError

METRIC = "requests"
_BATCH = 1000
_TIMEOUT_SECONDS = 10.0


class UsageExport:
    """The book of one facade and where its events go; without ``settings`` counts are forgotten."""

    def __init__(
        self,
        settings: UsageSettings | None,
        state: Path,
        *,
        on_note: Callable[[str], None],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open the book; nothing is sent yet.

        Raises:
            StoreError: it cannot be used.
        """
        self._settings, self._note, self._transport = settings, on_note, transport
        self._book = Book(state / "usage.sqlite3") if settings else None
        self._trouble = ""

    def take(self, message: UsageMessage) -> bool:
        """Write a worker's batch down; False if that failed and the worker has to keep it."""
        try:
            if self._book is not None:
                self._book.take(message, datetime.now(UTC))
        except StoreError as error:
            self._say(error.message)
            return False
        return True

    async def run(self) -> None:
        """Send now and then, for as long as we are let."""
        while self._settings is not None:
            await asyncio.sleep(self._settings.every)
            await self.send()

    async def send(self) -> None:
        """Send what there is; what is not taken is kept, and the reason is noted once."""
        try:
            trouble = await self._send()
        except StoreError as error:
            trouble = error.message
        self._say(trouble)

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            self._note(trouble)
        self._trouble = trouble

    async def _send(self) -> str:
        if self._settings is None or self._book is None:
            return ""
        headers = {"authorization": f"Bearer {os.environ.get(self._settings.token_env, '')}"}
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, transport=self._transport, headers=headers) as client:
            while events := self._book.events(_BATCH):
                trouble = await self._post(client, self._body(self._book.source, events))
                if trouble:
                    return f"usage waits: {trouble}"
                self._book.told(events)
        return ""

    async def _post(self, client: httpx.AsyncClient, body: dict[str, Any]) -> str:
        assert self._settings is not None
        url = f"{self._settings.url.rstrip('/')}/v1/usage"
        try:
            answer = await client.post(url, json=body)
        except httpx.HTTPError as error:
            return f"{url} does not answer: {type(error).__name__}"
        if answer.is_success:
            return self._accepted(answer)
        hint = f"; is the token in {self._settings.token_env}?" if answer.status_code in (401, 403) else ""
        return f"{url} says {answer.status_code}{hint}"

    def _accepted(self, answer: httpx.Response) -> str:
        """What is counted is counted; only an event number that somebody else used is worth a word."""
        try:
            conflicts = answer.json()["conflicts"]
        except (ValueError, KeyError, TypeError):
            return "the answer is not the control plane's"
        if conflicts:
            self._note(f"{len(conflicts)} usage events did not count: is the facade's state a copy of another's?")
        return ""

    def _body(self, source: str, events: Sequence[Event]) -> dict[str, Any]:
        return {
            "events": [
                {
                    "source": source,
                    "id": str(event.id),
                    "tenant": event.tenant,
                    "service": event.service,
                    "metric": METRIC,
                    "quantity": event.quantity,
                    "at": event.at,
                }
                for event in events
            ]
        }

    def close(self) -> None:
        """Let go of the book."""
        if self._book is not None:
            self._book.close()

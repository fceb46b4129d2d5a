"""A worker's core on a loop of its own, with scripted servers as targets and raw sockets as clients."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from strangler_facade.plane.core import Core
from strangler_facade.plane.limits import Settings
from strangler_facade.table import Match, Route, RouteTable, Share, Split, StickyKey, Target

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")


class Origin:
    """A server that answers what it is told, and remembers every request's bytes.

    ``script`` is called with each whole request and the writer; it returns the answer's bytes, or None if it has
    dealt with the request itself.
    """

    def __init__(self, script: Callable[[bytes, asyncio.StreamWriter], Any] | bytes = OK) -> None:
        self.script = script
        self.serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] = self._answer_all
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self.serve(reader, writer)
        writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await read_request(reader)
            self.requests.append(request)
            answer = self.script(request, writer) if callable(self.script) else self.script
            if isinstance(answer, Awaitable):
                answer = await answer
            if answer is not None:
                writer.write(answer)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        return head + await reader.readuntil(b"0\r\n\r\n")
    length = _LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


async def read_answer(reader: asyncio.StreamReader, bodiless: bool = False) -> bytes:
    """One response, interim ones included in front of it."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 1"):
        return head + await read_answer(reader, bodiless)
    length = _LENGTH.search(head)
    if bodiless or head[9:12] in (b"204", b"304"):
        return head
    if b"transfer-encoding: chunked" in head.lower():
        return head + await reader.readuntil(b"0\r\n\r\n")
    return head + (await reader.readexactly(int(length[1])) if length else await reader.read())


class Lab:
    """A core that listens, in front of a monolith and a service."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.monolith, self.service = Origin(), Origin()
        self.settings = settings or Settings()
        self.core: Core
        self.port = 0
        self.closing: list[Callable[[], None]] = []
        self._writers: list[asyncio.StreamWriter] = []

    def table(self, percent: float = 0, *, version: int = 1, **changes: Any) -> RouteTable:
        """Everything below /api to the service for ``percent`` of the cookies ``sid``; ``changes`` are the route's."""
        target = changes.pop("target", {})
        values: dict[str, Any] = {
            "name": "api",
            "service": "billing",
            "match": Match(("/api/**",)),
            "split": Split("monolith", (Share("service", percent),), (StickyKey("cookie", "sid"),)),
            "fallback": "monolith",
        }
        overall = {key: changes.pop(key) for key in ("forwarding", "tenant", "budget") if key in changes}
        return RouteTable(
            version=version,
            targets=(
                Target("monolith", f"http://127.0.0.1:{self.monolith.port}"),
                Target("service", f"http://127.0.0.1:{self.service.port}", **target),
            ),
            default="monolith",
            routes=(Route(**(values | changes)),),
            **overall,
        )

    @contextlib.asynccontextmanager
    async def running(self, percent: float = 0, **changes: Any) -> AsyncIterator[Lab]:
        await self.monolith.start()
        await self.service.start()
        loop = asyncio.get_running_loop()
        self.core = Core(self.table(percent, **changes), self.settings, loop)
        self.core.start()
        server = await loop.create_server(self.core.client, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            for writer in self._writers:
                writer.close()
            server.close()
            self.core.stop()
            for close in self.closing:
                close()
            for _ in range(5):  # dials that are called off, and whom a server accepted last
                await asyncio.sleep(0)
            await self.monolith.stop()
            await self.service.stop()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writers.append(writer)
        return reader, writer

    async def ask(self, request: bytes, bodiless: bool = False) -> bytes:
        """The answer to one request on a connection of its own."""
        reader, writer = await self.connect()
        writer.write(request)
        return await read_answer(reader, bodiless)

    async def talk(self, data: bytes) -> bytes:
        """All that comes until the facade closes."""
        reader, writer = await self.connect()
        writer.write(data)
        return await reader.read()

    def tally(self, target: str, route: str = "api") -> Any:
        return self.core.ledger.tally(route, target)


def _loops() -> list[Any]:
    loops: list[Any] = [pytest.param(None, id="asyncio")]
    with contextlib.suppress(ImportError):
        import uvloop

        loops.append(pytest.param(uvloop.new_event_loop, id="uvloop"))
    return loops


@pytest.fixture(params=_loops())
def run(request: pytest.FixtureRequest) -> Callable[[Awaitable[Any]], Any]:
    """Runs a scenario to its end, on each kind of loop there is, for at most a minute."""

    def runner(scenario: Awaitable[Any]) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(60):
                return await scenario

        with asyncio.Runner(loop_factory=request.param) as loop:
            return loop.run(bounded())

    return runner


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.fixture
def make_lab() -> type[Lab]:
    return Lab


@pytest.fixture
def answer_of() -> Callable[..., Any]:
    return read_answer


@pytest.fixture
def alone():
    """Runs a scenario on the plain loop: the workers have loops of their own."""

    def runner(scenario):
        async def bounded():
            async with asyncio.timeout(40):
                return await scenario

        return asyncio.run(bounded())

    return runner

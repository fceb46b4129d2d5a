"""Serves the admin application on the control plane's own loop, without taking its signals."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from strangler.errors import StranglerError


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the facade as a whole."""
        yield


class AdminServer:
    """The application on one address."""

    def __init__(self, app: FastAPI, address: str) -> None:
        """Bind ``address`` (``HOST:PORT``, port 0 for any).

        Raises:
            StranglerError: it is taken.
        """
        host, _, port = address.rpartition(":")
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host.strip("[]"), int(port)))
        except OSError as error:
            self._socket.close()
            raise StranglerError(
                f"cannot listen on {address} for the admin: {(error.strerror or str(error)).lower()}",
                hint="give it another address: --admin HOST:PORT",
            ) from error
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        host, port = self._socket.getsockname()[:2]
        return f"{host}:{port}"

    def start(self) -> None:
        """Begin to answer; who connects from now on is at worst waiting, never refused."""
        self._socket.listen(128)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))

    async def stop(self) -> None:
        """End; open requests get a second."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()

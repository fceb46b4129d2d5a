"""HTTP to the service with the standard library: kept-alive connections, one deadline per call."""

from __future__ import annotations

import http.client
import select
import socket
import threading
import time
import urllib.parse
from typing import Dict, List, Tuple

from .errors import ServiceUnavailable

_KEPT = 16
_CHUNK = 65_536


class Transport:
    """Posts bytes to paths below one base URL."""

    def __init__(self, base_url: str) -> None:
        parts = urllib.parse.urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http address: {base_url!r}")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._idle: List[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def post(
        self, path: str, body: bytes, headers: Dict[str, str], timeout: float, again: bool = False
    ) -> Tuple[int, bytes]:
        """Send one request and give its status and body.

        A kept connection that the other side has closed meanwhile is not used. If it is closed at this very moment, the
        request may have arrived: only where ``again`` says that it may be sent twice, it is sent on a new connection.

        Raises:
            ServiceUnavailable: no complete answer within ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        connection, reused = self._take(timeout)
        try:
            return self._exchange(connection, path, body, headers, deadline)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            connection.close()
            if not (reused and again):
                raise ServiceUnavailable(f"connection lost: {error}", sent=True) from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _unavailable(error) from error
        return self._once(path, body, headers, deadline)

    def _once(self, path: str, body: bytes, headers: Dict[str, str], deadline: float) -> Tuple[int, bytes]:
        connection = self._connect(_left(deadline))
        try:
            return self._exchange(connection, path, body, headers, deadline)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _unavailable(error) from error

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, body: bytes, headers: Dict[str, str], deadline: float
    ) -> Tuple[int, bytes]:
        connection.request("POST", self._prefix + path, body, headers)
        channel = connection.sock  # an answer that ends the connection takes it out of there
        channel.settimeout(_left(deadline))
        response = connection.getresponse()
        data = _read(response, channel, deadline)
        if response.will_close:
            connection.close()
        else:
            self._keep(connection)
        return response.status, data

    def _take(self, timeout: float) -> Tuple[http.client.HTTPConnection, bool]:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._connect(timeout), False
            if connection.sock is not None and not _is_readable(connection.sock):
                connection.sock.settimeout(timeout)
                return connection, True
            connection.close()

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        make = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return make(self._host, self._port, timeout=timeout)

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()


def _read(response: http.client.HTTPResponse, channel: socket.socket, deadline: float) -> bytes:
    """The whole body. A time-out holds for one read; an answer that trickles in has the deadline as a whole."""
    parts: List[bytes] = []
    while True:
        channel.settimeout(_left(deadline))
        part = response.read1(_CHUNK)
        if not part:
            return b"".join(parts) + response.read()  # which reads nothing, and lets the connection go
        parts.append(part)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise socket.timeout("the deadline has passed")
    return left


def _is_readable(channel: socket.socket) -> bool:
    """Whether something lies in an idle connection: its end, or bytes that nobody asked for."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(channel, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([channel], [], [], 0)[0])


def _unavailable(error: Exception) -> ServiceUnavailable:
    sent = not isinstance(error, (ConnectionRefusedError, socket.gaierror))
    return ServiceUnavailable(f"{type(error).__name__}: {error}", sent=sent)

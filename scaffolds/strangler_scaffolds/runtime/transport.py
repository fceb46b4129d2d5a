"""HTTP to the service with the standard library: kept-alive connections, one deadline per call."""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.parse
from typing import Dict, List, Tuple

from .errors import ServiceUnavailable

_KEPT = 16


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

    def post(self, path: str, body: bytes, headers: Dict[str, str], timeout: float) -> Tuple[int, bytes]:
        """Send one request and give its status and body.

        A kept connection that the other side has closed meanwhile is replaced once, if nothing was answered on it.

        Raises:
            ServiceUnavailable: no complete answer within ``timeout`` seconds.
        """
        connection, reused = self._take(timeout)
        try:
            return self._exchange(connection, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            connection.close()
            if not reused:
                raise ServiceUnavailable(f"connection lost: {error}", sent=True) from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            sent = not isinstance(error, (ConnectionRefusedError, socket.gaierror))
            raise ServiceUnavailable(f"{type(error).__name__}: {error}", sent=sent) from error
        return self._once(path, body, headers, timeout)

    def _once(self, path: str, body: bytes, headers: Dict[str, str], timeout: float) -> Tuple[int, bytes]:
        connection = self._connect(timeout)
        try:
            return self._exchange(connection, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ServiceUnavailable(f"{type(error).__name__}: {error}", sent=True) from error

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, body: bytes, headers: Dict[str, str]
    ) -> Tuple[int, bytes]:
        connection.request("POST", self._prefix + path, body, headers)
        response = connection.getresponse()
        data = response.read()
        if response.will_close:
            connection.close()
        else:
            self._keep(connection)
        return response.status, data

    def _take(self, timeout: float) -> Tuple[http.client.HTTPConnection, bool]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None or connection.sock is None:
            return self._connect(timeout), False
        connection.sock.settimeout(timeout)
        return connection, True

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        make = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return make(self._host, self._port, timeout=timeout)

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()

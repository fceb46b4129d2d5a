from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from strangler_scaffolds.runtime.errors import ServiceUnavailable
from strangler_scaffolds.runtime.transport import Transport


class Flaky(ThreadingHTTPServer):
    """Answers the first request of each connection and hangs up on the second, after it has come in."""

    daemon_threads = True
    seen = 0


class _Flaky(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Flaky
    answered = False

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen += 1
        if self.answered:
            self.close_connection = True
            return
        self.answered = True
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler], kind: Any = ThreadingHTTPServer) -> Iterator[Any]:
    with kind(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("again", "arrived"), [(False, 2), (True, 3)])
def test_what_may_have_arrived_is_sent_again_only_where_it_may_be(again: bool, arrived: int) -> None:
    with serving(_Flaky, Flaky) as server:
        transport = Transport(f"http://127.0.0.1:{server.server_address[1]}")
        assert transport.post("/", b"", {}, 5, again) == (200, b"{}")
        if again:
            assert transport.post("/", b"", {}, 5, again) == (200, b"{}")
        else:
            with pytest.raises(ServiceUnavailable) as caught:
                transport.post("/", b"", {}, 5, again)
            assert caught.value.sent
        assert server.seen == arrived
        transport.close()


class _Closing(_Flaky):
    def do_POST(self) -> None:
        super().do_POST()
        self.close_connection = True


def test_a_kept_connection_that_was_closed_meanwhile_is_not_used() -> None:
    with serving(_Closing, Flaky) as server:
        transport = Transport(f"http://127.0.0.1:{server.server_address[1]}")
        for _ in range(3):
            assert transport.post("/", b"", {}, 5) == (200, b"{}")
            (kept,) = transport._idle
            assert kept.sock.recv(1, socket.MSG_PEEK) == b""  # its end has come in
        assert server.seen == 3
        transport.close()


class _Old(BaseHTTPRequestHandler):
    """HTTP/1.0: the end of the connection is the end of the answer."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *_: Any) -> None:
        pass


def test_an_answer_may_end_with_its_connection() -> None:
    with serving(_Old) as server:
        transport = Transport(f"http://127.0.0.1:{server.server_address[1]}")
        for _ in range(2):
            assert transport.post("/", b"", {}, 5) == (200, b"x" * 100_000)
        assert transport._idle == []


class _Trickling(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(1000):
                self.wfile.write(b" ")
                time.sleep(0.02)

    def log_message(self, *_: Any) -> None:
        pass


def test_an_answer_that_trickles_in_has_the_deadline_as_a_whole() -> None:
    with serving(_Trickling) as server:
        transport = Transport(f"http://127.0.0.1:{server.server_address[1]}")
        with pytest.raises(ServiceUnavailable) as caught:
            transport.post("/", b"", {}, 0.3)
        assert caught.value.sent

"""One web request to the service, as the test made it, and its answer."""

from __future__ import annotations

import http.client
import urllib.parse
from typing import Any, List, NamedTuple, Tuple

from .beside import HEADER as BESIDE

_SKIPPED = {"connection", "transfer-encoding"}


class Request(NamedTuple):
    """A request as it goes on the wire; ``target`` is the path with its query."""

    method: str
    target: str
    headers: List[Tuple[str, str]]
    body: bytes


class Answer:
    """What the service answered, headers repeated as they were."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.reason = response.status, response.reason
        self.headers = [(k, v) for k, v in response.getheaders() if k.lower() not in _SKIPPED]
        self.body = response.read()
        self.beside = self._taken_off(int(response.getheader(BESIDE) or 0))
        if self.body and response.getheader("Content-Length") is None:  # it came in chunks
            self.headers.append(("Content-Length", str(len(self.body))))

    def _taken_off(self, count: int) -> bytes:
        """What is at the end of the body and none of the answer's own."""
        if not count:
            return b""
        self.body, beside = self.body[:-count], self.body[-count:]
        others = [(k, v) for k, v in self.headers if k.lower() not in (BESIDE.lower(), "content-length")]
        self.headers = [*others, ("Content-Length", str(len(self.body)))]
        return beside


def forward(bridge: Any, request: Request) -> Answer:
    """Send a request to the service, while this thread lends its connection if it must."""
    parts = urllib.parse.urlsplit(bridge.service_url())
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    headers = _complete(request, bridge)  # here, for the exchange may be made by another thread

    def exchange() -> Answer:
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders(request.body or None)
        return Answer(connection.getresponse())

    try:
        answer: Answer = bridge.exchange(exchange)
        return answer
    finally:
        connection.close()


def _complete(request: Request, bridge: Any) -> List[Tuple[str, str]]:
    known = {name.lower() for name, _ in request.headers}
    headers = [(name, value) for name, value in request.headers if name.lower() not in ("connection", "content-length")]
    if "host" not in known:
        headers.append(("Host", "localhost"))
    if request.body or "content-length" in known:
        headers.append(("Content-Length", str(len(request.body))))
    return [*headers, *bridge.context_headers().get().items()]

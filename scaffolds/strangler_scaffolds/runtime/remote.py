"""One call over HTTP: envelope, signature, trace, and what the answer means."""

from __future__ import annotations

import json
import os
import uuid
from contextvars import ContextVar
from typing import Any, Dict, Mapping

from .codec import Codec, CodecError
from .errors import RemoteError, ServiceUnavailable
from .rows import is_model
from .signing import HEADER, read_keys, sign
from .transport import Transport

PREFIX = "/_strangler/calls/"
KEY_HEADER = "Idempotency-Key"
DEADLINE_HEADER = "Strangler-Deadline-Ms"
#: The W3C trace context that calls carry on; a tracing library may set it, else each call begins a trace.
traceparent: "ContextVar[str]" = ContextVar("traceparent", default="")
#: Headers that each call takes along, for what the service must know of the caller (a locale, a user).
context_headers: "ContextVar[Mapping[str, str]]" = ContextVar("context_headers", default={})  # noqa: B039 - never changed


class Answer:
    """What the service said: a result and the arguments it changed, or an exception."""

    def __init__(self, content: Mapping[str, Any], codec: Codec) -> None:
        self._content = content
        self._codec = codec

    @property
    def is_error(self) -> bool:
        """Whether the function raised."""
        return "error" in self._content

    def result(self, arguments: Dict[str, Any]) -> Any:
        """Return or raise as the function did, after writing back what it changed in its arguments."""
        for name, value in self._content.get("changed", {}).items():
            write_back(arguments[name], self._codec.decode(value))
        if not self.is_error:
            return self._codec.decode(self._content["result"])
        raise self._error()

    def _error(self) -> BaseException:
        content = self._content["error"]
        try:
            return self._codec.decode_error(content)
        except CodecError:
            return RemoteError(f"{content['type']}: {content.get('text', '')}", content["type"])


class Remote:
    """The service at one address."""

    def __init__(self, service: str, url: str, codec: Codec, environ: Mapping[str, str] = os.environ) -> None:
        self.transport = Transport(url)
        self._codec = codec
        self._keys = read_keys(environ.get(f"STRANGLER_{service.upper().replace('-', '_')}_KEYS", ""))

    def call(self, ref: str, arguments: Dict[str, Any], key: str, again: bool, timeout: float) -> Answer:
        """Send one call; ``again`` is whether the service may get it twice.

        Raises:
            ServiceUnavailable: no answer, or one that is no answer of the service (a proxy's error page).
            CodecError: the arguments (it did not run then) or the result cannot cross.
            RemoteError: the service refused the call itself (unknown function, bad signature).
        """
        path = PREFIX + ref.replace(":", "/")
        body = self._codec.dumps({"arguments": arguments})
        status, data = self.transport.post(path, body, self._headers(path, body, key, timeout), timeout, again)
        content = _content(data)
        if content is None or status in (502, 503, 504):
            raise ServiceUnavailable(f"status {status} and no answer of the service", sent=status not in (502, 503))
        if status in (400, 406) and "detail" in content:
            raise CodecError(str(content["detail"]), ref)
        if status >= 400 and "error" not in content:
            raise RemoteError(f"status {status}: {content.get('detail', content)}")
        return Answer(content, self._codec)

    def _headers(self, path: str, body: bytes, key: str, timeout: float) -> Dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            KEY_HEADER: key,
            DEADLINE_HEADER: str(int(timeout * 1000)),
            "traceparent": traceparent.get() or f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01",
            **context_headers.get(),
        }
        if self._keys:
            headers[HEADER] = sign(self._keys, path, body, key)
        return headers


def write_back(target: Any, value: Any) -> None:
    """Make ``target`` equal to ``value`` in place, as a local function that changed its argument would have left it."""
    if isinstance(target, list):
        target[:] = value
    elif isinstance(target, (dict, set)):
        target.clear()
        target.update(value)
    elif isinstance(target, bytearray):
        target[:] = value
    else:
        _write_members(target, value)


def _write_members(target: Any, value: Any) -> None:
    """Take over members; an ORM object that the caller may hold as well is changed, not exchanged."""
    for name, item in vars(value).items():
        present = vars(target).get(name)
        if type(present) is type(item) and is_model(type(item)):
            _write_members(present, item)
        else:
            vars(target)[name] = item


def _content(data: bytes) -> Any:
    try:
        content = json.loads(data)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None

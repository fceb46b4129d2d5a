"""Sends web requests for the seam's routes, which tests make to an ASGI application of theirs, to the service."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, Dict, List, Tuple

from . import records
from .forward import Answer, Request, forward
from .patched import carried

#: Module that holds the framework's application class; when it is loaded, requests can be watched.
FRAMEWORKS = ("starlette.applications",)


def watch(bridge: Any, module: Any) -> None:
    """Stand before the application's own handling of requests."""
    original = module.Starlette.__call__
    routes = [(re.compile(route["pattern"]), route["methods"]) for route in bridge.settings["routes"]]

    async def call(self: Any, scope: dict[str, Any], receive: Any, send: Any) -> None:
        path, method = scope.get("path", ""), scope.get("method", "")
        is_ours = scope["type"] == "http" and any(
            p.fullmatch(path) and (not methods or method in methods) for p, methods in routes
        )
        if is_ours and bridge.answers_here(f"{method} {path}"):
            await bridge.within_later(lambda: original(self, scope, receive, send))
        elif not is_ours or not await _taken(bridge, self, scope, receive, send):
            await original(self, scope, receive, send)

    module.Starlette.__call__ = call


async def _taken(bridge: Any, app: Any, scope: dict[str, Any], receive: Any, send: Any) -> bool:
    """Have the service answer; False if this request must stay here."""
    what = f"{scope['method']} {scope['path']}"
    bridge.originals.take()
    changes = carried(bridge.originals)
    replaced, stuck_too = overrides(app)
    if changes.stuck or stuck_too:
        reason = f"the test replaces {', '.join([*changes.stuck, *stuck_too])}"
        records.write("call", ref=what, way="local-only", reason=reason)
        return False
    request = Request(scope["method"], _target(scope), _headers(scope), await _body(receive))
    answer: Answer = bridge.sent(changes, {}, lambda: forward(bridge, request), what, overrides=replaced)
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
    return True


def _target(scope: dict[str, Any]) -> str:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (path.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def _headers(scope: dict[str, Any]) -> List[Tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]


async def _body(receive: Callable[[], Any]) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(parts)


def overrides(app: Any) -> Tuple[List[Dict[str, Any]], List[str]]:
    """FastAPI's dependencies that a test has replaced: those that give a plain value, and the names of the others.

    A replaced database session needs nothing: the service works on the test's store anyway.
    """
    values: list[dict[str, Any]] = []
    stuck: list[str] = []
    for original, present in getattr(app, "dependency_overrides", {}).items():
        name = f"{getattr(original, '__module__', '')}:{getattr(original, '__qualname__', original)}"
        given = _given(present)
        if _is_plain(given):
            values.append({"dependency": name, "value": given})
        elif not _is_session(given):
            stuck.append(name)
    return values, stuck


_UNKNOWN = object()


def _given(function: Any) -> Any:
    """What a dependency gives, if it needs nothing to say so."""
    if inspect.signature(function).parameters or inspect.iscoroutinefunction(function):
        return _UNKNOWN
    given = function()
    if not inspect.isgenerator(given):
        return given
    value = next(given, _UNKNOWN)
    given.close()
    return value


def _is_plain(value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(_is_plain(item) for item in value)
    if type(value) is dict:
        return all(_is_plain(key) and _is_plain(item) for key, item in value.items())
    return type(value) in (str, int, float, bool, bytes, type(None))


def _is_session(value: Any) -> bool:
    return any(base.__module__.startswith("sqlalchemy.") for base in type(value).__mro__)

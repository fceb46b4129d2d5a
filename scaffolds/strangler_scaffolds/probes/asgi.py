"""Sends web requests for the seam's routes, which tests make to an ASGI application of theirs, to the service."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, Dict, List, NamedTuple, Tuple

from . import records
from .doubles import Replaced, is_double
from .forward import Answer, Request, forward
from .patched import carried

#: Module that holds the framework's application class; when it is loaded, requests can be watched.
FRAMEWORKS = ("starlette.applications",)


def watch(bridge: Any, module: Any) -> None:
    """Stand before the application's own handling of requests."""
    original = module.Starlette.__call__
    routes = [(re.compile(route["pattern"]), route["methods"]) for route in bridge.settings["routes"]]

    async def call(self: Any, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or bridge.is_inside:
            await original(self, scope, receive, send)
            return
        path, method = scope.get("path", ""), scope.get("method", "")
        own = name_of(self, bridge.moved)
        is_ours = own or any(p.fullmatch(path) and (not methods or method in methods) for p, methods in routes)
        if is_ours and bridge.answers_here(f"{method} {path}"):
            await bridge.within_later(lambda: original(self, scope, receive, send))
        elif not is_ours or not await _taken(bridge, self, own, scope, receive, send):
            await original(self, scope, receive, send)

    module.Starlette.__call__ = call


def name_of(app: Any, modules: Iterable[str]) -> str:
    """``module:name`` of an application that one of ``modules`` makes: a test may ask it past what it is mounted in."""
    for module in modules:
        for name, value in vars(sys.modules[module]).items() if module in sys.modules else ():
            if value is app:
                return f"{module}:{name}"
    return ""


async def _taken(bridge: Any, app: Any, own: str, scope: dict[str, Any], receive: Any, send: Any) -> bool:
    """Have the service answer; False if this request must stay here."""
    what = f"{scope['method']} {scope['path']}"
    bridge.originals.take()
    changes = carried(bridge.originals)
    given = overrides(app)
    if changes.stuck or given.stuck:
        reason = f"the test replaces {', '.join([*changes.stuck, *given.stuck])}"
        records.write("call", ref=what, way="local-only", reason=reason)
        return False
    changes = changes._replace(doubles=[*changes.doubles, *given.doubles])
    request = Request(scope["method"], _target(scope), _headers(scope), await _body(receive))
    send_it = functools.partial(forward, bridge, request)
    more = {"overrides": given.values, "application": own}
    answer: Answer = await _beside_the_loop(functools.partial(bridge.sent, changes, {}, send_it, what, more))
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
    return True


async def _beside_the_loop(work: Callable[[], Any]) -> Any:
    """Do what may ask an engine for asyncio that is lent: its statements are awaited in this task, from within."""
    if "sqlalchemy.ext.asyncio" not in sys.modules or importlib.util.find_spec("greenlet") is None:
        return work()  # no engine for asyncio can be in use
    from sqlalchemy.util.concurrency import greenlet_spawn

    return await greenlet_spawn(work)


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


class Overrides(NamedTuple):
    """Dependencies of FastAPI that a test has replaced: by plain values, by doubles, and the names of the others."""

    values: List[Dict[str, Any]]
    doubles: List[Replaced]
    stuck: List[str]


def overrides(app: Any) -> Overrides:
    """How each replaced dependency goes over.

    A replaced database session needs nothing: the service works on the test's store anyway.
    """
    found = Overrides([], [], [])
    for original, present in getattr(app, "dependency_overrides", {}).items():
        module, name = getattr(original, "__module__", ""), getattr(original, "__qualname__", str(original))
        given = _given(present)
        if _is_plain(given):
            found.values.append({"dependency": f"{module}:{name}", "value": given})
        elif is_double(given):
            within, _, last = name.rpartition(".")
            found.doubles.append(Replaced(module, within, last, given, "dependency"))
        elif not _is_session(given):
            found.stuck.append(f"{module}:{name}")
    return found


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

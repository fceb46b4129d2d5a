"""Sends web requests for the seam's routes, which tests make in their own process, to the service."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable, Iterable
from typing import Any

from . import records
from .forward import Request, forward
from .mails import tell
from .patched import carried

#: Module that holds the framework's application class; when it is loaded, requests can be watched.
FRAMEWORKS = ("flask.app",)


def watch(bridge: Any, module: Any) -> None:
    """Stand before the application's own handling of requests."""
    original = module.Flask.wsgi_app
    routes = [(re.compile(route["pattern"]), route["methods"]) for route in bridge.settings["routes"]]

    def wsgi_app(self: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, method = path_of(environ), environ["REQUEST_METHOD"]
        if not any(p.fullmatch(path) and (not methods or method in methods) for p, methods in routes):
            return original(self, environ, start_response)  # type: ignore[no-any-return]
        what = f"{method} {path}"
        if bridge.answers_here(what):
            return bridge.within(lambda: original(self, environ, start_response))  # type: ignore[no-any-return]
        bridge.originals.take()
        changes = carried(bridge.originals)
        if changes.stuck:
            reason = f"the test replaces {', '.join(changes.stuck)}"
            records.write("call", ref=what, way="local-only", reason=reason)
            return original(self, environ, start_response)  # type: ignore[no-any-return]
        answer = bridge.sent(changes, _config(self), lambda: forward(bridge, request_of(environ)), what)
        if answer.beside:
            tell(self, answer.beside)
        start_response(f"{answer.status} {answer.reason}", answer.headers)
        return [answer.body]

    module.Flask.wsgi_app = wsgi_app


def path_of(environ: dict[str, Any]) -> str:
    """A request's path below its application, as WSGI applications read it: middleware may have cut its slash off."""
    return "/" + str(environ.get("PATH_INFO", "")).lstrip("/")


def request_of(environ: dict[str, Any], body: Any = None) -> Request:
    """A request that is given as WSGI has it; its body is read if it is not given."""
    path = urllib.parse.quote(path_of(environ).encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
    query = environ.get("QUERY_STRING", "")
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if body is None:
        body = environ["wsgi.input"].read(length) if length else b""
    return Request(environ["REQUEST_METHOD"], path + (f"?{query}" if query else ""), _headers(environ), body)


def _headers(environ: dict[str, Any]) -> list[tuple[str, str]]:
    named = {k[5:].replace("_", "-").title(): str(v) for k, v in environ.items() if k.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        named["Content-Type"] = environ["CONTENT_TYPE"]
    if "Host" not in named:
        port = environ.get("SERVER_PORT", "80")
        named["Host"] = environ.get("SERVER_NAME", "localhost") + ("" if port == "80" else f":{port}")
    return list(named.items())


def _config(app: Any) -> dict[str, Any]:
    """What the test has configured: plain values only, so that the service's application behaves as the test's does."""
    plain: list[Any] = [str, int, float, bool, type(None)]
    return {key: value for key, value in app.config.items() if type(value) in plain}

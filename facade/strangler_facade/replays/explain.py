"""Where a request would go by a table, without sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strangler.errors import StranglerError
from strangler_facade.decide import Explanation, Router
from strangler_facade.match import Request
from strangler_facade.serialize import from_json


def explain(table: Mapping[str, Any], method: str, path: str, headers: Mapping[str, str], client: str) -> Explanation:
    """The decision with all that led to it.

    Args:
        table: the route table as JSON values.
        method: the request's method.
        path: its target as in the request line, with query.
        headers: by name, in any case.
        client: the address it comes from, taken as trusted.
    """
    return Router(from_json(table)).explain(request_of(method, path, headers, client))


def request_of(method: str, path: str, headers: Mapping[str, str], client: str) -> Request:
    """A request as the data plane would see it, from a client whose word counts.

    Raises:
        StranglerError: it could not be sent: a line break in a header, or a path that does not begin with ``/``.
    """
    fields = {name.lower(): value for name, value in headers.items()}
    if not path.startswith("/") or any(c in text for text in (method, path) for c in " \r\n"):
        raise StranglerError(f"{method} {path} is no request line", hint="such as GET /api/invoices/7?full=1")
    if any(c in name + value for name, value in fields.items() for c in "\r\n"):
        raise StranglerError("a header has no line breaks")
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return Request(
        method.encode(),
        path.encode(),
        fields.get("host", "").encode(),
        lines.encode("utf-8", "surrogateescape"),
        fields.get("cookie", "").encode(),
        client,
        trusted=True,
    )

"""Where a request would go by a table, without sending it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from strangler.errors import StranglerError
from strangler_facade.decide import Decision, Explanation, Router
from strangler_facade.match import Request
from strangler_facade.plane.forward import Forwarder, rewritten
from strangler_facade.serialize import from_json
from strangler_facade.sessions import Claims, nobody


def explain(
    table: Mapping[str, Any],
    method: str,
    path: str,
    headers: Mapping[str, str],
    client: str,
    claims_of: Claims = nobody,
) -> Explanation:
    """The decision with all that led to it; ``path`` of the answer is what the target would be asked for.

    Args:
        table: the route table as JSON values.
        method: the request's method.
        path: its target as in the request line, with query.
        headers: by name, in any case.
        client: the address it comes from; whether its word counts is as the table says.
        claims_of: verifies sessions as the workers do.
    """
    parsed = from_json(table)
    router, forwarder = Router(parsed), Forwarder(parsed.forwarding)
    request = request_of(method, path, headers, client)
    request.trusted = forwarder.trusts(client)
    if request.trusted:
        chain = request.header("x-forwarded-for")
        request.address = forwarder.client_address(client, {b"x-forwarded-for": chain} if chain else {})
    authorization = (request.header("authorization") or b"").decode("latin-1")
    request.claims = claims_of(request.cookie.decode("latin-1"), authorization)
    found = router.explain(request)
    return replace(found, path=_sent(router.decide(request), path))


def _sent(decision: Decision, path: str) -> str:
    """What the decision's target is asked for."""
    base = urlsplit(decision.target.url).path.rstrip("/").encode()
    rewrite = decision.route.rewrite if decision.target.name != decision.route.split.rest else None
    return rewritten(path.encode(), base, rewrite).decode("utf-8", "replace")


def request_of(method: str, path: str, headers: Mapping[str, str], client: str) -> Request:
    """A request as the data plane would see it from a client whose word counts, its session not looked at.

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

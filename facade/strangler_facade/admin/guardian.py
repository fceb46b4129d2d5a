"""Who is asking: the bearer token of a request → its holder, or a refusal."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from strangler_facade.admin.tokens import Holder, Role, Tokens
from strangler_facade.admin.trouble import Refused
from strangler_facade.control.controller import Author

_BEARER = HTTPBearer(auto_error=False)


def _holder(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Holder:
    tokens: Tokens = request.app.state.tokens
    holder = tokens.holder(credentials.credentials) if credentials else None
    if holder is None:
        hint = "send Authorization: Bearer TOKEN; the command line reads STRANGLER_TOKEN or the state directory"
        raise Refused(401, "unauthenticated", "this needs a token", hint)
    return holder


def require(holder: Holder, role: Role) -> None:
    """Refuse a holder below ``role``.

    Raises:
        Refused: 403.
    """
    if holder.role < role:
        message = f"'{holder.name}' is {holder.role.name.lower()}; this needs {role.name.lower()}"
        raise Refused(403, "forbidden", message, "ask somebody with that role")


def _operator(holder: Annotated[Holder, Depends(_holder)]) -> Holder:
    require(holder, Role.OPERATOR)
    return holder


def _approver(holder: Annotated[Holder, Depends(_holder)]) -> Holder:
    require(holder, Role.APPROVER)
    return holder


def _seen(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """The revision in ``If-Match``, None if there is none or any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"').removeprefix("r")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def author(holder: Holder, reason: str, seen: int | None = None) -> Author:
    """The author of a change."""
    return Author(holder.name, reason, seen)


Viewer = Annotated[Holder, Depends(_holder)]
Operator = Annotated[Holder, Depends(_operator)]
Approver = Annotated[Holder, Depends(_approver)]
Seen = Annotated[int | None, Depends(_seen)]

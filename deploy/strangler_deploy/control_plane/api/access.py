"""What endpoints take from a request besides their own data: the caller, versions, pages, idempotency keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection, select, update

from strangler_deploy.control_plane.api.trouble import Reused, Unconditional
from strangler_deploy.control_plane.identity.caller import Caller, Unauthenticated
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.store.store import timestamp, upsert
from strangler_deploy.control_plane.store.tables import idempotency
from strangler_deploy.control_plane.tenants.requests import Outdated
from strangler_deploy.control_plane.users import is_removed

_LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A token of the issuer.")


def plane_of(request: Request) -> Plane:
    """The control plane that this application belongs to."""
    plane: Plane = request.app.state.plane
    return plane


ThePlane = Annotated[Plane, Depends(plane_of)]


def _caller(
    request: Request, plane: ThePlane, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    if credentials is None:
        raise Unauthenticated("the request has no token", hint="send it as: Authorization: Bearer TOKEN")
    caller = plane.verifier.caller(credentials.credentials)
    request.state.caller = caller
    if caller.tenant:
        with plane.store.read() as connection:
            if is_removed(connection, caller.tenant, caller.subject):
                raise Unauthenticated("this user was removed from the tenant")
    return caller


TheCaller = Annotated[Caller, Depends(_caller)]
TenantId = Annotated[str, Path(pattern=_LABEL, description="The tenant's id.")]
Name = Annotated[str, Path(pattern=_LABEL)]
Number = Annotated[int, Path(ge=1, le=2**53)]
OfTenant = Annotated[str | None, Query(pattern=_LABEL, description="Only of this tenant.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
After = Annotated[int | None, Query(alias="cursor", ge=0, le=2**53, description="`next` of the page before.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,100}$",
        description="The same key again is the same request: answered again, not done again.",
    ),
]
Match = Annotated[str | None, Header(alias="If-Match", description="The ETag of the version this is based on.")]
NoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of the version at hand.")]


def etag(version: int) -> str:
    """A version as an ETag."""
    return f'"{version}"'


def version_in(match: str | None) -> int:
    """The version that a change is based on.

    Raises:
        Unconditional: the request does not say.
        Outdated: it names none of ours.
    """
    if match is None:
        raise Unconditional("say which version this is based on", hint="If-Match: the ETag of what you read")
    text = match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Outdated(f"{match[:40]!r} is no version of this", hint="If-Match: the ETag of what you read")
    return int(text)


def versioned(body: Mapping[str, Any], version: int, none_match: str | None) -> Response:
    """An answer with its ETag, or 304 if the caller has this version."""
    headers = {"etag": etag(version)}
    if none_match is not None and none_match.strip().removeprefix("W/") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return JSONResponse(body, headers=headers)


def page(items: Sequence[Mapping[str, Any]], limit: int, key: str = "id") -> dict[str, Any]:
    """A page of at most ``limit`` items, made from one more; ``next`` is the cursor of what follows."""
    shown = [dict(item) for item in items[:limit]]
    return {"items": shown, "next": str(shown[-1][key]) if len(items) > limit else None}


@dataclass(frozen=True)
class Answer:
    """What was done, as it is answered now and whenever the same is asked again."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> JSONResponse:
        """The answer as a response."""
        return JSONResponse(dict(self.body), self.status, dict(self.headers))


def once(
    plane: Plane, caller: Caller, key: str | None, asked: Mapping[str, Any], act: Callable[[Connection], Answer]
) -> Answer:
    """Do something in one transaction; with a key that was used before, answer as before and do nothing.

    Raises:
        Reused: the key was used for something else.
    """
    with plane.store.write() as connection:
        if key is None:
            return act(connection)
        fingerprint = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
        whose = f"{caller.tenant}/{caller.subject}"[:200]
        mine = (idempotency.c.subject == whose) & (idempotency.c.key == key)
        row = {"subject": whose, "key": key, "fingerprint": fingerprint, "at": timestamp(plane.now())}
        empty = {"status": 0, "body": {}, "headers": {}}
        statement = upsert(connection, idempotency).values(**row, **empty).on_conflict_do_nothing()
        if connection.execute(statement).rowcount == 0:
            return _replayed(connection, mine, fingerprint)
        answer = act(connection)
        done = {"status": answer.status, "body": dict(answer.body), "headers": dict(answer.headers)}
        connection.execute(update(idempotency).where(mine).values(done))
        return answer


def _replayed(connection: Connection, mine: Any, fingerprint: str) -> Answer:
    known = connection.execute(select(idempotency).where(mine)).mappings().one()
    if known["fingerprint"] != fingerprint:
        raise Reused("this idempotency key was used for another request", hint="take a new key")
    return Answer(known["status"], known["body"], {**known["headers"], "idempotent-replayed": "true"})

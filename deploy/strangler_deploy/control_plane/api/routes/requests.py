"""Requests: how far each is, and a stream that tells when it goes on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy import select

from strangler_deploy.control_plane.api.access import After, Limit, Number, OfTenant, TheCaller, ThePlane, page
from strangler_deploy.control_plane.api.bell import Bell
from strangler_deploy.control_plane.api.trouble import declared
from strangler_deploy.control_plane.api.views import EventView, Page, RequestView, shown
from strangler_deploy.control_plane.identity.caller import Caller, Hidden, Role
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.store.tables import requests
from strangler_deploy.control_plane.tenants.events import told
from strangler_deploy.control_plane.tenants.stages import State

router = APIRouter(prefix="/v1", tags=["requests"])
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


@router.get("/requests", response_model=Page[RequestView], responses=declared(401, 403, 404, 422, 503))
def list_requests(
    caller: TheCaller,
    plane: ThePlane,
    tenant: OfTenant = None,
    state: State | None = None,
    limit: Limit = 50,
    cursor: After = None,
) -> JSONResponse:
    """The requests, newest first."""
    whose = _whose(caller, tenant)
    query = select(requests).order_by(requests.c.id.desc()).limit(limit + 1)
    query = query if whose is None else query.where(requests.c.tenant == whose)
    query = query if state is None else query.where(requests.c.state == state)
    query = query if cursor is None else query.where(requests.c.id < cursor)
    with plane.store.read() as connection:
        rows = [shown(row, RequestView) for row in connection.execute(query).mappings()]
    return JSONResponse(page(rows, limit))


@router.get("/requests/{request_id}", response_model=RequestView, responses=declared(401, 403, 404, 422, 503))
def read_request(request_id: Number, caller: TheCaller, plane: ThePlane) -> JSONResponse:
    """One request."""
    return JSONResponse(_visible(plane, caller, request_id))


@router.get(
    "/requests/{request_id}/stream",
    response_class=StreamingResponse,
    responses={**_STREAM, **declared(401, 403, 404, 422, 503)},
)
def follow_request(request_id: Number, caller: TheCaller, plane: ThePlane, request: Request) -> StreamingResponse:
    """The request each time it changes, until it is ready or failed (server-sent events)."""
    first = _visible(plane, caller, request_id)
    stream = _changes(plane, caller, first, request.app.state.bell)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})


@router.get("/events", response_model=Page[EventView], responses=declared(401, 403, 404, 422, 503))
def list_events(
    caller: TheCaller, plane: ThePlane, tenant: OfTenant = None, limit: Limit = 50, cursor: After = None
) -> JSONResponse:
    """What happened, oldest first, in the words of the SaaS Builder Toolkit; ask on from the last id seen."""
    whose = _whose(caller, tenant)
    with plane.store.read() as connection:
        rows = told(connection, after=cursor or 0, tenant=whose, limit=limit + 1)
    return JSONResponse(page([shown(row, EventView) for row in rows], limit))


def _whose(caller: Caller, tenant: str | None) -> str | None:
    """Whose things a list may show: for operators anybody's (None), for others the own."""
    caller.require(Role.ADMINISTRATOR, Role.MEMBER)
    if tenant is not None:
        caller.require_tenant(tenant)
    return tenant or caller.tenant or None


def _visible(plane: Plane, caller: Caller, number: int) -> dict[str, Any]:
    caller.require(Role.ADMINISTRATOR, Role.MEMBER)
    with plane.store.read() as connection:
        row = connection.execute(select(requests).where(requests.c.id == number)).mappings().first()
    if row is None or caller.tenant not in ("", row["tenant"]):
        raise Hidden(f"there is no request {number}")
    return shown(row, RequestView)


async def _changes(plane: Plane, caller: Caller, first: Mapping[str, Any], bell: Bell) -> AsyncIterator[str]:
    seen: Mapping[str, Any] = first
    yield _event(seen)
    while not State(seen["state"]).is_final:
        heard = bell.next()
        now = await run_in_threadpool(_visible, plane, caller, int(seen["id"]))
        if now != seen:
            seen = now
            yield _event(seen)
        elif not await bell.wait(heard):
            yield ": still here\n\n"


def _event(row: Mapping[str, Any]) -> str:
    return f"event: {row['state']}\ndata: {json.dumps(row)}\n\n"

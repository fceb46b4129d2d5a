"""Tenants: onboard, look, change, suspend, resume, offboard. What is asked for is a request; git answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection, select, update

from strangler_deploy.control_plane.api.access import (
    Answer,
    Key,
    Limit,
    Match,
    NoneMatch,
    TenantId,
    TheCaller,
    ThePlane,
    etag,
    once,
    page,
    version_in,
    versioned,
)
from strangler_deploy.control_plane.api.forms import Change, Onboarding, Subscription
from strangler_deploy.control_plane.api.trouble import declared
from strangler_deploy.control_plane.api.views import Page, RequestView, TenantView, shown
from strangler_deploy.control_plane.billing.invoices import prices_of
from strangler_deploy.control_plane.identity.caller import Caller, Role
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.store.store import timestamp
from strangler_deploy.control_plane.store.tables import requests, tenants
from strangler_deploy.control_plane.tenants.requests import ask, onboard, require_version, tenant_row
from strangler_deploy.control_plane.tenants.stages import Kind
from strangler_deploy.control_plane.tenants.wish import document_of

router = APIRouter(prefix="/v1/tenants", tags=["tenants"])
_ACCEPTED: dict[str, Any] = {"status_code": 202, "response_model": RequestView}
_CHANGING = declared(401, 403, 404, 409, 412, 422, 428, 503)


@router.post("", responses=declared(400, 401, 403, 409, 413, 422, 503), **_ACCEPTED)
def onboard_tenant(form: Onboarding, caller: TheCaller, plane: ThePlane, key: Key = None) -> JSONResponse:
    """Ask for a new tenant. The answer is the request; it becomes exactly one commit, or is refused with reasons."""
    caller.require()
    wish = document_of(form.tenant)

    def act(connection: Connection) -> Answer:
        prices_of(connection, form.price_list)
        return _accepted(connection, onboard(connection, wish, form.price_list, caller.subject, plane.now()))

    asked = {"path": "tenants", "wish": wish, "price_list": form.price_list}
    return _rung(plane, once(plane, caller, key, asked, act))


@router.get("", response_model=Page[TenantView], responses=declared(401, 403, 422, 503))
def list_tenants(caller: TheCaller, plane: ThePlane, limit: Limit = 50, cursor: str = "") -> JSONResponse:
    """The tenants by id: all for an operator, for everybody else the own one."""
    caller.require(Role.ADMINISTRATOR, Role.MEMBER)
    query = select(tenants).where(tenants.c.id > cursor.replace("\0", "")).order_by(tenants.c.id).limit(limit + 1)
    if caller.tenant:
        query = query.where(tenants.c.id == caller.tenant)
    with plane.store.read() as connection:
        rows = [shown(row, TenantView) for row in connection.execute(query).mappings()]
    return JSONResponse(page(rows, limit))


@router.get(
    "/{tenant}",
    response_model=TenantView,
    responses={304: {"description": "Not changed"}, **declared(401, 403, 404, 422, 503)},
)
def read_tenant(tenant: TenantId, caller: TheCaller, plane: ThePlane, match: NoneMatch = None) -> Response:
    """One tenant, with its version as the ETag."""
    caller.require_tenant(tenant)
    with plane.store.read() as connection:
        row = tenant_row(connection, tenant)
    return versioned(shown(row, TenantView), row["version"], match)


@router.patch("/{tenant}", responses={**_CHANGING, **declared(400, 413)}, **_ACCEPTED)
def change_tenant(
    tenant: TenantId, form: Change, caller: TheCaller, plane: ThePlane, match: Match = None, key: Key = None
) -> JSONResponse:
    """Ask for another tier, place, quota or anything else in the tenant's file."""
    return _asked(plane, caller, tenant, Kind.CHANGE, form.patch, match, key, leave_data=form.leave_data)


@router.post("/{tenant}/suspend", responses=_CHANGING, **_ACCEPTED)
def suspend_tenant(
    tenant: TenantId, caller: TheCaller, plane: ThePlane, match: Match = None, key: Key = None
) -> JSONResponse:
    """Ask that nothing runs for the tenant any more; its data stays."""
    return _asked(plane, caller, tenant, Kind.SUSPEND, {"suspended": True}, match, key)


@router.post("/{tenant}/resume", responses=_CHANGING, **_ACCEPTED)
def resume_tenant(
    tenant: TenantId, caller: TheCaller, plane: ThePlane, match: Match = None, key: Key = None
) -> JSONResponse:
    """Ask that a suspended tenant runs again."""
    return _asked(plane, caller, tenant, Kind.RESUME, {"suspended": None}, match, key)


@router.delete("/{tenant}", responses=_CHANGING, **_ACCEPTED)
def offboard_tenant(
    tenant: TenantId, caller: TheCaller, plane: ThePlane, match: Match = None, key: Key = None
) -> JSONResponse:
    """Ask that the tenant leaves. Its resources are kept as the plan's retention says; its id is never given again."""
    return _asked(plane, caller, tenant, Kind.OFFBOARD, {}, match, key)


@router.put(
    "/{tenant}/subscription",
    response_model=TenantView,
    responses=declared(400, 401, 403, 404, 409, 412, 413, 422, 428, 503),
)
def subscribe_tenant(
    tenant: TenantId, form: Subscription, caller: TheCaller, plane: ThePlane, match: Match = None
) -> Response:
    """Bill the tenant by another price list, from its next invoice on."""
    caller.require_tenant(tenant)
    caller.require()
    with plane.store.write() as connection:
        row = tenant_row(connection, tenant)
        require_version(row, version_in(match))
        prices_of(connection, form.price_list)
        changed = {"price_list": form.price_list, "version": row["version"] + 1, "updated": timestamp(plane.now())}
        connection.execute(update(tenants).where(tenants.c.id == tenant).values(changed))
        row = tenant_row(connection, tenant)
    return versioned(shown(row, TenantView), row["version"], None)


def _asked(
    plane: Plane,
    caller: Caller,
    tenant: str,
    kind: Kind,
    patch: Mapping[str, Any],
    match: str | None,
    key: str | None,
    *,
    leave_data: bool = False,
) -> JSONResponse:
    caller.require_tenant(tenant)
    caller.require()
    version = version_in(match)

    def act(connection: Connection) -> Answer:
        now = plane.now()
        number = ask(connection, tenant, kind, patch, version, caller.subject, now, leave_data=leave_data)
        return _accepted(connection, number)

    asked = {"path": f"tenants/{tenant}", "kind": kind, "patch": dict(patch), "version": version}
    asked |= {"leave_data": True} if leave_data else {}
    return _rung(plane, once(plane, caller, key, asked, act))


def _accepted(connection: Connection, number: int) -> Answer:
    row = connection.execute(select(requests).where(requests.c.id == number)).mappings().one()
    headers = {"location": f"/v1/requests/{number}", "etag": etag(tenant_row(connection, row["tenant"])["version"])}
    return Answer(202, shown(row, RequestView), headers)


def _rung(plane: Plane, answer: Answer) -> JSONResponse:
    plane.ring()
    return answer.response()

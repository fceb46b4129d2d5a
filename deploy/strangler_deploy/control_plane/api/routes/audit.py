"""The audit: every request and its answer."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import select

from strangler_deploy.control_plane.api.access import After, Limit, OfTenant, TheCaller, ThePlane, page
from strangler_deploy.control_plane.api.trouble import declared
from strangler_deploy.control_plane.api.views import AuditView, ChainView, Page, shown
from strangler_deploy.control_plane.audit import first_broken
from strangler_deploy.control_plane.identity.caller import Role
from strangler_deploy.control_plane.store.tables import audit

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get("", response_model=Page[AuditView], responses=declared(401, 403, 404, 422, 503))
def list_audit(
    caller: TheCaller, plane: ThePlane, tenant: OfTenant = None, limit: Limit = 50, cursor: After = None
) -> JSONResponse:
    """The entries, newest first: all for an operator, for an administrator those of the own tenant."""
    caller.require(Role.ADMINISTRATOR)
    if tenant is not None:
        caller.require_tenant(tenant, Role.ADMINISTRATOR)
    whose = tenant or caller.tenant
    query = select(audit).order_by(audit.c.id.desc()).limit(limit + 1)
    query = query.where(audit.c.tenant == whose) if whose else query
    query = query if cursor is None else query.where(audit.c.id < cursor)
    with plane.store.read() as connection:
        rows = [shown(row, AuditView) for row in connection.execute(query).mappings()]
    return JSONResponse(page(rows, limit))


@router.get("/chain", response_model=ChainView, responses=declared(401, 403, 503))
def check_chain(caller: TheCaller, plane: ThePlane) -> JSONResponse:
    """Whether any entry was changed or left out since it was written."""
    caller.require()
    with plane.store.read() as connection:
        broken = first_broken(connection)
    return JSONResponse({"holds": broken is None, "first_broken": broken})

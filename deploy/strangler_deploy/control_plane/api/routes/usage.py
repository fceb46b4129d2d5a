"""Usage: events in, sums out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from strangler_deploy.control_plane.api.access import TenantId, TheCaller, ThePlane
from strangler_deploy.control_plane.api.forms import DAY, UsageBatch
from strangler_deploy.control_plane.api.trouble import declared
from strangler_deploy.control_plane.api.views import TakenView, UsageView, UseView, shown
from strangler_deploy.control_plane.identity.caller import Role
from strangler_deploy.control_plane.metering.ingest import ingest
from strangler_deploy.control_plane.metering.usage import by_day
from strangler_deploy.control_plane.tenants.requests import tenant_row

router = APIRouter(prefix="/v1", tags=["usage"])


@router.post("/usage", response_model=TakenView, responses=declared(400, 401, 403, 413, 422, 503))
def report_usage(batch: UsageBatch, caller: TheCaller, plane: ThePlane) -> JSONResponse:
    """Count a batch of usage events. Send it again until it is answered: each event counts once."""
    caller.require(Role.METER)
    with plane.store.write() as connection:
        taken = ingest(connection, batch.events)
    body = {"accepted": taken.accepted, "duplicates": taken.duplicates, "conflicts": list(taken.conflicts)}
    return JSONResponse(body)


@router.get("/tenants/{tenant}/usage", response_model=UsageView, responses=declared(401, 403, 404, 422, 503))
def read_usage(
    tenant: TenantId,
    caller: TheCaller,
    plane: ThePlane,
    first: Annotated[str, Query(pattern=DAY, description="The first day (UTC).")] = "2000-01-01",
    last: Annotated[str, Query(pattern=DAY, description="The last day.")] = "2099-12-31",
) -> JSONResponse:
    """What the tenant used, by day, service and metric."""
    caller.require_tenant(tenant)
    with plane.store.read() as connection:
        tenant_row(connection, tenant)
        rows = by_day(connection, tenant, first, last)
    return JSONResponse({"tenant": tenant, "items": [shown(row, UseView) for row in rows]})

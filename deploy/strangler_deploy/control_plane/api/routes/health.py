"""What Kubernetes and Prometheus ask."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import func, select

from strangler_deploy.control_plane.api.access import ThePlane
from strangler_deploy.control_plane.api.trouble import declared
from strangler_deploy.control_plane.api.views import HealthView
from strangler_deploy.control_plane.store.tables import requests, tenants, usage_days

router = APIRouter(tags=["health"])


@router.get("/livez", response_model=HealthView)
def live() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", response_model=HealthView, responses=declared(503))
def ready(plane: ThePlane) -> JSONResponse:
    """The store answers too."""
    with plane.store.read() as connection:
        connection.scalar(select(1))
    return JSONResponse({"status": "ok"})


@router.get("/metrics", response_class=PlainTextResponse, responses=declared(503))
def metrics(plane: ThePlane) -> PlainTextResponse:
    """Tenants by standing, requests by state, and what each tenant uses, for Prometheus."""
    used = usage_days.c
    with plane.store.read() as connection:
        by_standing = connection.execute(select(tenants.c.standing, func.count()).group_by(tenants.c.standing)).all()
        by_state = connection.execute(select(requests.c.state, func.count()).group_by(requests.c.state)).all()
        query = select(used.tenant, used.service, used.metric, func.sum(used.quantity))
        use = connection.execute(query.group_by(used.tenant, used.service, used.metric)).all()
    lines = ["# TYPE strangler_tenants gauge"]
    lines += [f'strangler_tenants{{standing="{standing}"}} {count}' for standing, count in sorted(by_standing)]
    lines += ["# TYPE strangler_requests gauge"]
    lines += [f'strangler_requests{{state="{state}"}} {count}' for state, count in sorted(by_state)]
    lines += ["# TYPE strangler_usage_units_total counter"]
    lines += [
        f'strangler_usage_units_total{{tenant="{tenant}",service="{service}",metric="{metric}"}} {quantity}'
        for tenant, service, metric, quantity in sorted(use)
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

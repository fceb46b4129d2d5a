"""The endpoints that show what happened and why: history, versions, routes, differences, a request explained."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from strangler_facade.admin import views
from strangler_facade.admin.forms import EntryView, ExplainForm, RestoreForm, StatusView
from strangler_facade.admin.guardian import Operator, Viewer, author
from strangler_facade.admin.services import REFUSALS, plane, require_for_rise
from strangler_facade.control.controller import Unknown
from strangler_facade.control.routeset import to_json
from strangler_facade.replays.explain import explain as decide

router = APIRouter(prefix="/v1", responses=REFUSALS)  # type: ignore[arg-type]

Number = Annotated[int, Path(ge=1, lt=2**53)]


@router.get("/history")
async def history(
    request: Request,
    who: Viewer,
    service: str | None = None,
    before: Annotated[int | None, Query(ge=0, lt=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[EntryView]:
    """The audit log, newest first; ``before`` a ``seq`` for the next page."""
    store = plane(request).controller.store
    return [views.entry(line) for line in store.entries(service=service, before=before, limit=limit)]


@router.get("/versions/{number}")
async def version(request: Request, number: Number, who: Viewer) -> dict[str, Any]:
    """One version's rules and positions."""
    found = plane(request).controller.store.version(number)
    if found is None:
        raise Unknown(f"there is no version {number}")
    return {
        "number": found.number,
        "at": found.at,
        "parent": found.parent,
        "digest": found.digest,
        "routes": to_json(found.routes),
    }


@router.post("/restore")
async def restore(request: Request, form: RestoreForm, who: Operator) -> StatusView:
    """Put an old version in force again, as a new one."""
    control = plane(request)
    old = control.controller.store.version(form.version)
    for name, position in old.routes.positions.items() if old else ():
        if name in control.controller.routes.rules:
            require_for_rise(control, who, name, position.weight)
    await control.controller.restore(form.version, author(who, form.reason))
    return views.status(control, who)


@router.get("/routes")
async def routes(request: Request, who: Viewer) -> dict[str, Any]:
    """The table in force, as the workers have it."""
    return plane(request).controller.table()


@router.get("/differences")
async def differences(request: Request, who: Viewer, service: str | None = None) -> dict[str, Any]:
    """What shadowing found, by route and field; values are redacted."""
    found = plane(request).watch.differences
    return {name: route for name, route in found.items() if service in (None, name.rpartition(".")[0])}


@router.post("/explain")
async def explain(request: Request, form: ExplainForm, who: Viewer) -> dict[str, Any]:
    """Where a request would go, and why."""
    control = plane(request)
    table = control.controller.table()
    return asdict(decide(table, form.method, form.path, form.headers, form.client, control.claims_of))

"""Billing: price lists, the monthly run, invoices and their proof and export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection, select

from strangler_deploy.control_plane.api.access import (
    After,
    Answer,
    Key,
    Limit,
    Match,
    Name,
    NoneMatch,
    Number,
    OfTenant,
    TenantId,
    TheCaller,
    ThePlane,
    once,
    page,
    version_in,
    versioned,
)
from strangler_deploy.control_plane.api.forms import PERIOD, Billing
from strangler_deploy.control_plane.api.trouble import declared
from strangler_deploy.control_plane.api.views import (
    BilledView,
    ChargesView,
    InvoiceView,
    LineView,
    Page,
    PriceListView,
    ProofView,
    shown,
)
from strangler_deploy.control_plane.billing.invoices import (
    bill,
    expected,
    invoice_row,
    newest_version,
    prices_of,
    put_prices,
    reproduce,
)
from strangler_deploy.control_plane.billing.prices import PriceList
from strangler_deploy.control_plane.billing.rate import total
from strangler_deploy.control_plane.identity.caller import Caller, Hidden, Role
from strangler_deploy.control_plane.store.tables import invoices
from strangler_deploy.control_plane.tenants.requests import Outdated

router = APIRouter(prefix="/v1", tags=["billing"])
Period = Annotated[str | None, Query(pattern=PERIOD, description="Only of this month.")]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "One row for each line", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@router.put(
    "/price-lists/{name}",
    response_model=PriceListView,
    responses=declared(400, 401, 403, 412, 413, 422, 428, 503),
)
def put_price_list(name: Name, form: PriceList, caller: TheCaller, plane: ThePlane, match: Match = None) -> Response:
    """Make a price list, or (with If-Match) a new version of one. Invoices keep the version they were made with."""
    caller.require()
    with plane.store.write() as connection:
        present = newest_version(connection, name)
        if present is not None and version_in(match) != present:
            raise Outdated(f"price list '{name}' is at version {present} by now", hint="read it again")
        version = put_prices(connection, name, form, plane.now())
    return versioned({"id": name, "version": version, "content": form.model_dump(mode="json")}, version, None)


@router.get(
    "/price-lists/{name}",
    response_model=PriceListView,
    responses={304: {"description": "Not changed"}, **declared(401, 403, 404, 422, 503)},
)
def read_price_list(name: Name, caller: TheCaller, plane: ThePlane, match: NoneMatch = None) -> Response:
    """The newest version of a price list."""
    caller.require()
    with plane.store.read() as connection:
        if newest_version(connection, name) is None:
            raise Hidden(f"there is no price list '{name}'")
        version, prices = prices_of(connection, name)
    return versioned({"id": name, "version": version, "content": prices.model_dump(mode="json")}, version, match)


@router.post(
    "/invoices", status_code=201, response_model=BilledView, responses=declared(400, 401, 403, 409, 413, 422, 503)
)
def write_invoices(form: Billing, caller: TheCaller, plane: ThePlane, key: Key = None) -> JSONResponse:
    """Write the invoices of a month that has ended. Again, it only writes those that are missing."""
    caller.require()

    def act(connection: Connection) -> Answer:
        made, already = bill(connection, form.period, plane.now())
        return Answer(201, {"made": made, "already": already})

    return once(plane, caller, key, {"path": "invoices", "period": form.period}, act).response()


@router.get("/invoices", response_model=Page[InvoiceView], responses=declared(401, 403, 404, 422, 503))
def list_invoices(
    caller: TheCaller,
    plane: ThePlane,
    tenant: OfTenant = None,
    period: Period = None,
    limit: Limit = 50,
    cursor: After = None,
) -> JSONResponse:
    """The invoices, newest first."""
    query = _visible(caller, tenant, period).order_by(invoices.c.id.desc()).limit(limit + 1)
    query = query if cursor is None else query.where(invoices.c.id < cursor)
    with plane.store.read() as connection:
        rows = [shown(row, InvoiceView) for row in connection.execute(query).mappings()]
    return JSONResponse(page(rows, limit))


@router.get("/invoices/export", response_class=Response, responses={**_CSV, **declared(401, 403, 404, 422, 503)})
def export_invoices(caller: TheCaller, plane: ThePlane, tenant: OfTenant = None, period: Period = None) -> Response:
    """Every line of the invoices as CSV, for the books."""
    with plane.store.read() as connection:
        rows = connection.execute(_visible(caller, tenant, period).order_by(invoices.c.id)).mappings().all()
    return Response(_table(rows), media_type="text/csv")


@router.get("/invoices/{number}", response_model=InvoiceView, responses=declared(401, 403, 404, 422, 503))
def read_invoice(number: Number, caller: TheCaller, plane: ThePlane) -> JSONResponse:
    """One invoice."""
    with plane.store.read() as connection:
        return JSONResponse(shown(_own(connection, caller, number), InvoiceView))


@router.get("/invoices/{number}/proof", response_model=ProofView, responses=declared(401, 403, 404, 422, 503))
def prove_invoice(number: Number, caller: TheCaller, plane: ThePlane) -> JSONResponse:
    """Rate the month again from the single events, and compare."""
    with plane.store.read() as connection:
        row = _own(connection, caller, number)
        return JSONResponse({"invoice": number, "reproduces": reproduce(connection, row)})


@router.get("/tenants/{tenant}/charges", response_model=ChargesView, responses=declared(401, 403, 404, 422, 503))
def read_charges(tenant: TenantId, caller: TheCaller, plane: ThePlane, period: Period = None) -> JSONResponse:
    """What the tenant's invoice of a month (default: this one) would say by now. Nothing is written."""
    caller.require_tenant(tenant)
    month = period or plane.now().astimezone(UTC).strftime("%Y-%m")
    with plane.store.read() as connection:
        prices, lines = expected(connection, tenant, month)
    body = {"tenant": tenant, "period": month, "currency": prices.currency, "lines": [line.data() for line in lines]}
    return JSONResponse({**body, "total": format(total(lines), "f")})


def _own(connection: Connection, caller: Caller, number: int) -> Mapping[Any, Any]:
    caller.require(Role.ADMINISTRATOR, Role.MEMBER)
    row = invoice_row(connection, number)
    if caller.tenant not in ("", row["tenant"]):
        raise Hidden(f"there is no invoice {number}")
    return row


def _visible(caller: Caller, tenant: str | None, period: str | None) -> Any:
    caller.require(Role.ADMINISTRATOR, Role.MEMBER)
    if tenant is not None:
        caller.require_tenant(tenant)
    whose = tenant or caller.tenant
    query = select(invoices)
    query = query.where(invoices.c.tenant == whose) if whose else query
    return query.where(invoices.c.period == period) if period else query


def _table(rows: Iterable[Mapping[Any, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["invoice", "tenant", "period", "currency", *(f"line_{name}" for name in LineView.model_fields)])
    for row in rows:
        head = [row["id"], row["tenant"], row["period"], row["currency"]]
        writer.writerows([*head, *(line[name] for name in LineView.model_fields)] for line in row["lines"])
    return stream.getvalue()

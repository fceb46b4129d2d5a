from flask import Blueprint, Response, jsonify, request

from shop import clock, payload
from shop.identity.principal import staff_required
from shop.reporting import export, service
from shop.tenancy import current_tenant, current_tenant_id

bp = Blueprint("reporting", __name__, url_prefix="/api/reporting")


def _answer(name: str, rows: list[dict]):
    """JSON, or CSV for who asks with ?format=csv."""
    if request.args.get("format") != "csv":
        return jsonify({name: rows})
    response = Response(export.to_csv(rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@bp.get("/revenue")
@staff_required
def revenue():
    return _answer("revenue", service.revenue_by_month(current_tenant_id()))


@bp.get("/customers")
@staff_required
def customers():
    limit, _ = payload.query_page(default_limit=20)
    return _answer("customers", service.customers(current_tenant_id(), limit))


@bp.get("/plans")
@staff_required
def plans():
    return _answer("plans", service.plan_sales(current_tenant_id()))


@bp.get("/usage")
@staff_required
def usage():
    start, end = payload.query_period(*clock.month_bounds(clock.today()))
    return _answer("usage", service.usage(current_tenant_id(), start, end))


@bp.get("/receivables")
@staff_required
def receivables():
    return jsonify(service.receivables(current_tenant_id()))


@bp.get("/mrr")
@staff_required
def mrr():
    cents, subscriptions = service.recurring_revenue(current_tenant_id())
    history = [
        {"day": s.day.isoformat(), "cents": s.mrr_cents, "subscriptions": s.subscriptions}
        for s in service.snapshots(current_tenant_id())
    ]
    return jsonify(
        cents=cents,
        currency=current_tenant().currency,
        subscriptions=subscriptions,
        history=history,
    )

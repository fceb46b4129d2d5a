from flask import Blueprint, jsonify, request

from shop import clock, payload
from shop.catalogue import editing, service
from shop.errors import NotFound
from shop.idempotency import idempotent
from shop.identity.principal import staff_required
from shop.tenancy import current_tenant, current_tenant_id

bp = Blueprint("catalogue", __name__, url_prefix="/api/catalogue")


def plan_dict(plan, currency):
    try:
        cents = service.price_in_force(plan, currency, clock.today()).amount_cents
    except NotFound:
        cents = None
    return {
        "code": plan.code,
        "name": plan.name,
        "product": plan.product.sku,
        "interval_months": plan.interval_months,
        "price": None if cents is None else {"cents": cents, "currency": currency},
        "allowances": [
            {
                "meter": a.meter,
                "included": a.included,
                "block_size": a.block_size,
                "block_cents": a.block_cents,
            }
            for a in plan.allowances
        ],
    }


def product_dict(product, currency):
    return {
        "sku": product.sku,
        "name": product.name,
        "description": product.description,
        "plans": [plan_dict(plan, currency) for plan in product.plans if plan.is_public],
    }


def cacheable(response):
    """ETag from the body; 304 when the client has it already."""
    response.add_etag()
    response.cache_control.private = True
    response.cache_control.max_age = 0
    return response.make_conditional(request)


@bp.get("/products")
def products():
    currency = current_tenant().currency
    found = service.products(current_tenant_id())
    return cacheable(jsonify(products=[product_dict(p, currency) for p in found]))


@bp.get("/products/<sku>")
def product(sku):
    found = service.product(current_tenant_id(), sku)
    return cacheable(jsonify(product=product_dict(found, current_tenant().currency)))


@bp.get("/plans")
def plans():
    currency = current_tenant().currency
    found = service.public_plans(current_tenant_id())
    return cacheable(jsonify(plans=[plan_dict(plan, currency) for plan in found]))


@bp.get("/plans/<code>")
def plan(code):
    found = service.plan_by_code(current_tenant_id(), code)
    return cacheable(jsonify(plan=plan_dict(found, current_tenant().currency)))


@bp.post("/products")
@staff_required
@idempotent
def add_product():
    body = payload.read_json()
    added = editing.add_product(
        current_tenant_id(),
        payload.text(body, "sku", max_length=40),
        payload.text(body, "name", max_length=120),
        body.get("description", ""),
    )
    return jsonify(product=product_dict(added, current_tenant().currency)), 201


@bp.post("/plans")
@staff_required
@idempotent
def add_plan():
    body = payload.read_json()
    added = editing.add_plan(
        current_tenant_id(),
        payload.text(body, "product", max_length=40),
        payload.text(body, "code", max_length=40),
        payload.text(body, "name", max_length=120),
        payload.integer(body, "interval_months", default=1, minimum=1, maximum=36),
    )
    return jsonify(plan=plan_dict(added, current_tenant().currency)), 201


@bp.put("/plans/<code>/price")
@staff_required
def set_price(code):
    body = payload.read_json()
    starts = payload.instant(body, "valid_from")
    price = editing.set_price(
        current_tenant_id(),
        code,
        current_tenant().currency,
        payload.integer(body, "cents"),
        starts.date() if starts else clock.today(),
    )
    return jsonify(
        plan=code,
        price={"cents": price.amount_cents, "currency": price.currency},
        valid_from=price.valid_from.isoformat(),
    )


@bp.put("/plans/<code>/allowances/<meter>")
@staff_required
def set_allowance(code, meter):
    body = payload.read_json()
    editing.set_allowance(
        current_tenant_id(),
        code,
        meter,
        payload.integer(body, "included"),
        payload.integer(body, "block_size", default=1000, minimum=1),
        payload.integer(body, "block_cents", default=0),
    )
    changed = service.plan_by_code(current_tenant_id(), code)
    return jsonify(plan=plan_dict(changed, current_tenant().currency))


@bp.delete("/products/<sku>")
@staff_required
def retire_product(sku):
    editing.retire_product(current_tenant_id(), sku)
    return "", 204

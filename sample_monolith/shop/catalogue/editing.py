"""Changing the catalogue: the staff's side."""

from datetime import date

from shop import clock
from shop.catalogue.models import Allowance, Plan, Price, Product
from shop.catalogue.service import plan_by_code, product
from shop.db import session, transaction
from shop.errors import Conflict, NotFound, ValidationFailed
from shop.metering import meters


def add_product(tenant_id: int, sku: str, name: str, description: str = "") -> Product:
    with transaction():
        if _exists(product, tenant_id, sku):
            raise Conflict(f"There is already a product {sku!r}.")
        added = Product(
            tenant_id=tenant_id,
            sku=sku,
            name=name,
            description=description,
            is_active=True,
            updated_at=clock.now(),
        )
        session.add(added)
        session.flush()
    return added


def add_plan(tenant_id, sku, code, name, interval_months=1, hard_limits=False, position=0):
    with transaction():
        if _exists(plan_by_code, tenant_id, code):
            raise Conflict(f"There is already a plan {code!r}.")
        of = product(tenant_id, sku)
        plan = Plan(
            tenant_id=tenant_id,
            product=of,
            code=code,
            name=name,
            interval_months=interval_months,
            hard_limits=hard_limits,
            is_public=True,
            position=position,
        )
        of.updated_at = clock.now()
        session.add(plan)
        session.flush()
    return plan


def set_price(tenant_id, code, currency, amount_cents: int, valid_from: date) -> Price:
    """A new price from a day on. A price that is already in force cannot be rewritten."""
    with transaction():
        plan = plan_by_code(tenant_id, code)
        same_day = [p for p in plan.prices if p.currency == currency and p.valid_from == valid_from]
        if same_day and valid_from <= clock.today():
            raise Conflict("That price is in force already; set one from a later day.")
        if same_day:
            price = same_day[0]
            price.amount_cents = amount_cents
        else:
            price = Price(
                tenant_id=tenant_id,
                plan=plan,
                currency=currency,
                amount_cents=amount_cents,
                valid_from=valid_from,
            )
            session.add(price)
        plan.product.updated_at = clock.now()
        session.flush()
    return price


def set_allowance(tenant_id, code, meter, included, block_size=1000, block_cents=0):
    if meter not in meters.METERS:
        raise ValidationFailed(f"There is no meter {meter!r}.", field="meter")
    with transaction():
        plan = plan_by_code(tenant_id, code)
        allowance = next((a for a in plan.allowances if a.meter == meter), None)
        if allowance is None:
            allowance = Allowance(tenant_id=tenant_id, plan=plan, meter=meter)
            session.add(allowance)
        allowance.included = included
        allowance.block_size = block_size
        allowance.block_cents = block_cents
        session.flush()
    return allowance


def retire_product(tenant_id: int, sku: str) -> None:
    """No longer sold. Running subscriptions go on."""
    with transaction():
        retired = product(tenant_id, sku)
        retired.is_active = False
        retired.updated_at = clock.now()


def _exists(find, tenant_id, code) -> bool:
    try:
        find(tenant_id, code)
    except NotFound:
        return False
    return True

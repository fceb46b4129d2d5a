"""Reading the catalogue. What other domains get back are plain values."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from shop.catalogue.models import Plan, Price, Product
from shop.db import session
from shop.errors import NotFound
from shop.money import Money


@dataclass(frozen=True)
class Quote:
    """One plan's price on one day."""

    plan_id: int
    plan_code: str
    description: str
    interval_months: int
    unit_price: Money


@dataclass(frozen=True)
class UsageTerms:
    meter: str
    included: int
    block_size: int
    block_cents: int
    hard: bool


def products(tenant_id: int) -> list[Product]:
    return list(
        session.scalars(
            select(Product)
            .where(Product.tenant_id == tenant_id, Product.is_active)
            .options(
                selectinload(Product.plans).options(
                    selectinload(Plan.prices), selectinload(Plan.allowances)
                )
            )
            .order_by(Product.id)
        )
    )


def product(tenant_id: int, sku: str) -> Product:
    found = session.scalar(
        select(Product).where(Product.tenant_id == tenant_id, Product.sku == sku, Product.is_active)
    )
    if found is None:
        raise NotFound(f"There is no product {sku!r}.")
    return found


def public_plans(tenant_id: int) -> list[Plan]:
    return list(
        session.scalars(
            select(Plan)
            .join(Plan.product)
            .where(Plan.tenant_id == tenant_id, Plan.is_public, Product.is_active)
            .options(
                joinedload(Plan.product),
                selectinload(Plan.prices),
                selectinload(Plan.allowances),
            )
            .order_by(Plan.position, Plan.id)
        )
    )


def plan_by_code(tenant_id: int, code: str) -> Plan:
    found = session.scalar(select(Plan).where(Plan.tenant_id == tenant_id, Plan.code == code))
    if found is None:
        raise NotFound(f"There is no plan {code!r}.")
    return found


def plan_by_id(tenant_id: int, plan_id: int) -> Plan:
    found = session.get(Plan, plan_id)
    if found is None or found.tenant_id != tenant_id:
        raise NotFound("There is no such plan.")
    return found


def price_in_force(plan: Plan, currency: str, on: date) -> Price:
    """The newest price that has begun by `on`."""
    begun = [p for p in plan.prices if p.currency == currency and p.valid_from <= on]
    if not begun:
        raise NotFound(f"Plan {plan.code!r} has no price in {currency} on {on}.")
    return max(begun, key=lambda price: price.valid_from)


def quote(tenant_id: int, plan_code: str, currency: str, on: date) -> Quote:
    plan = plan_by_code(tenant_id, plan_code)
    price = price_in_force(plan, currency, on)
    return Quote(
        plan_id=plan.id,
        plan_code=plan.code,
        description=f"{plan.product.name}, {plan.name}",
        interval_months=plan.interval_months,
        unit_price=Money(price.amount_cents, currency),
    )


def usage_terms(tenant_id: int, plan_id: int) -> list[UsageTerms]:
    plan = plan_by_id(tenant_id, plan_id)
    return [
        UsageTerms(a.meter, a.included, a.block_size, a.block_cents, plan.hard_limits)
        for a in plan.allowances
    ]

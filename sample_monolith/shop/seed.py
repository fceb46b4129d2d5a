"""Demonstration data: three tenants, always the same, planted once."""

import random
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from shop import clock
from shop.catalogue import editing
from shop.db import session, transaction
from shop.identity import passwords
from shop.identity.models import Account, User
from shop.metering import rollups
from shop.metering import service as metering
from shop.orders import service as orders
from shop.payments import service as payments
from shop.tenancy import Tenant, tenant_scope

PASSWORD = "correct-horse"
SEED = 20240601


@dataclass(frozen=True)
class TenantPlan:
    slug: str
    name: str
    tagline: str
    currency: str
    country: str
    scale: int  # percent of the list prices
    domain: str


TENANTS = (
    TenantPlan("fjord", "Fjord Analytics", "Numbers you can see through.", "EUR", "DE", 100,
               "fjord.example"),
    TenantPlan("maple", "Maple Desk", "Support desks for small teams.", "USD", "US", 110,
               "maple.example"),
    TenantPlan("thistle", "Thistle Docs", "Paperwork, done by Friday.", "GBP", "GB", 90,
               "thistle.example"),
)  # fmt: skip

PRODUCTS = (
    ("desk", "Desk", "The shared inbox and everything around it."),
    ("insight", "Insight", "Dashboards over what your team does."),
)

# product, code, name, months, hard limits, cents, allowances (meter, included, block, cents)
PLANS = (
    ("desk", "desk-free", "Free", 1, True, 0, (("api_calls", 500, 100, 0),)),
    ("desk", "desk-team", "Team", 1, False, 1900,
     (("api_calls", 20_000, 1000, 40), ("messages", 5_000, 500, 25))),
    ("desk", "desk-business", "Business", 1, False, 4900,
     (("api_calls", 100_000, 1000, 30), ("messages", 30_000, 500, 20))),
    ("desk", "desk-business-year", "Business, by the year", 12, False, 49_000,
     (("api_calls", 100_000, 1000, 30), ("messages", 30_000, 500, 20))),
    ("insight", "insight-basic", "Basic", 1, False, 900, (("documents", 1_000, 100, 50),)),
    ("insight", "insight-pro", "Pro", 1, False, 2900,
     (("documents", 10_000, 100, 30), ("storage_mb", 50_000, 1000, 15))),
)  # fmt: skip

COMPANIES = (
    ("Adler & Sons", "DE", None), ("Brightwater", "FR", "FR40303265045"),
    ("Cobalt Works", "US", None), ("Dunmore", "GB", None), ("Elm Street Studio", "NL", None),
    ("Farrow", "DE", "DE136695976"),
)  # fmt: skip

FIRST_NAMES = ("Ada", "Bruno", "Clara", "Dimitri", "Edda", "Farid", "Greta", "Hugo")
BASKETS = (
    (("desk-team", 3),),
    (("desk-team", 1), ("insight-basic", 2)),
    (("desk-business", 5), ("insight-pro", 2)),
    (("desk-business-year", 2),),
)


def plant():
    """Plant what is missing; yields a line per tenant."""
    for index, plan in enumerate(TENANTS):
        if session.scalar(select(Tenant.id).where(Tenant.slug == plan.slug)):
            yield f"{plan.slug}: there already"
            continue
        rng = random.Random(SEED + index)
        with transaction():
            tenant = Tenant(
                slug=plan.slug,
                name=plan.name,
                tagline=plan.tagline,
                currency=plan.currency,
                country=plan.country,
                created_at=clock.now(),
            )
            session.add(tenant)
            session.flush()
            with tenant_scope(tenant.id):
                _plant_catalogue(tenant, plan)
                users = _plant_customers(tenant, plan)
                _plant_orders(users, rng)
                events = _plant_usage(tenant, users, rng)
        while rollups.roll_up():
            pass
        yield f"{plan.slug}: {len(users)} accounts, {events} usage events"


def _plant_catalogue(tenant, plan):
    for sku, name, description in PRODUCTS:
        editing.add_product(tenant.id, sku, name, description)
    since = clock.today() - timedelta(days=365)
    for position, (sku, code, name, months, hard, cents, allowances) in enumerate(PLANS):
        editing.add_plan(tenant.id, sku, code, name, months, hard, position)
        editing.set_price(tenant.id, code, tenant.currency, cents * plan.scale // 100, since)
        for meter, included, block, block_cents in allowances:
            editing.set_allowance(tenant.id, code, meter, included, block, block_cents)


def _plant_customers(tenant, plan):
    """A staff account, and customers with one owner and one member each."""
    owners = []
    password_hash = passwords.hash_password(PASSWORD)
    names = iter(FIRST_NAMES * 2)

    def add(account, email, role):
        user = User(
            tenant_id=tenant.id,
            account=account,
            email=email,
            name=next(names),
            role=role,
            password_hash=password_hash,
            is_active=True,
            created_at=clock.now(),
        )
        session.add(user)
        return user

    def account_for(name, country, vat_id, email):
        account = Account(
            tenant_id=tenant.id,
            name=name,
            billing_email=email,
            country=country,
            vat_id=vat_id,
            credit_cents=0,
            created_at=clock.now(),
        )
        session.add(account)
        return account

    staff_email = f"staff@{plan.domain}"
    add(account_for(plan.name, plan.country, None, staff_email), staff_email, "staff")
    for number, (name, country, vat_id) in enumerate(COMPANIES, start=1):
        email = f"owner{number}@{plan.domain}"
        account = account_for(name, country, vat_id, email)
        owners.append(add(account, email, "owner"))
        add(account, f"member{number}@{plan.domain}", "member")
    session.flush()
    return owners


def _plant_orders(owners, rng):
    for number, owner in enumerate(owners):
        payments.add_method(owner.account_id, rng.choice(("tok_visa", "tok_mastercard")))
        basket = BASKETS[number % len(BASKETS)]
        if number == len(owners) - 1:
            orders.place_order(owner, basket)  # this one still has to be paid
        else:
            orders.place_and_pay(owner, basket)


def _plant_usage(tenant, owners, rng) -> int:
    """Four weeks of usage, in one batch per account."""
    planted = 0
    for owner in owners:
        events = [
            {
                "meter": meter,
                "quantity": rng.randint(1, most),
                "occurred_at": clock.days_ago(days),
                "event_id": f"seed-{owner.account_id}-{days}-{meter}",
            }
            for days in range(28, 0, -1)
            for meter, most in (("api_calls", 900), ("documents", 60), ("messages", 150))
        ]
        planted += metering.record_batch(tenant.id, owner.account_id, events).accepted
    return planted

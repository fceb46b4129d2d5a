from decimal import Decimal
from unittest.mock import patch

import pytest
from conftest import delete_all_rows
from sqlalchemy import func, select

from shop import seed
from shop.billing.models import Invoice
from shop.db import Base, session
from shop.metering.models import UsageEvent, UsageRollup
from shop.orders.models import Order
from shop.tenancy import Tenant

pytestmark = pytest.mark.usefixtures("emptied", "noon")


def counts():
    return {
        name: session.scalar(select(func.count()).select_from(table))
        for name, table in Base.metadata.tables.items()
    }


def sums():
    """The figures that would tell two plantings apart."""
    return [
        session.scalar(select(func.sum(column)))
        for column in (Invoice.total_cents, Invoice.paid_cents, UsageEvent.quantity)
    ]


def test_planting_twice_changes_nothing_and_the_data_are_right():
    assert len(list(seed.plant())) == 3
    before = counts()
    assert all(line.endswith("there already") for line in seed.plant())
    assert counts() == before
    assert before["tenants"] == 3 and before["users"] == 3 * 13

    for invoice in session.scalars(select(Invoice)):
        assert sum(line.amount_cents for line in invoice.lines) == invoice.subtotal_cents
        rate = Decimal(invoice.tax_basis_points) / 10_000
        assert invoice.tax == invoice.subtotal.at_rate(rate)
        assert invoice.due.cents == (invoice.total_cents if invoice.status == "open" else 0)
    assert {order.status for order in session.scalars(select(Order))} == {"fulfilled", "invoiced"}
    events = session.scalar(select(func.sum(UsageEvent.quantity)))
    assert events == session.scalar(select(func.sum(UsageRollup.quantity)))
    assert session.scalars(select(Tenant.slug)).all() == ["fjord", "maple", "thistle"]


def test_planting_gives_the_same_everywhere():
    with patch("shop.seed.TENANTS", seed.TENANTS[:1]):
        list(seed.plant())
        first = sums()
        delete_all_rows()
        list(seed.plant())
    assert sums() == first

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import select, update

from strangler_deploy.control_plane.billing.invoices import NoPrices, bill, expected, invoice_row, put_prices, reproduce
from strangler_deploy.control_plane.billing.prices import PriceList, Rate, Step
from strangler_deploy.control_plane.billing.rate import rate, total
from strangler_deploy.control_plane.metering.ingest import ingest
from strangler_deploy.control_plane.store.store import Store
from strangler_deploy.control_plane.store.tables import invoices, tenants
from strangler_deploy.control_plane.tenants.requests import Conflict, ask, committed, onboard, tenant_row
from strangler_deploy.control_plane.tenants.stages import Kind

from .conftest import PRICES, Clock
from .test_metering import Use

NOVEMBER, DECEMBER = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)
PRICE = st.decimals(0, 10**6, places=9)


@st.composite
def _rates(draw: st.DrawFn) -> Rate:
    bounds = sorted(draw(st.sets(st.integers(11, 10**9), max_size=5)))
    steps = [Step(price=draw(PRICE), up_to=bound) for bound in bounds]
    return Rate(metric="requests", included=draw(st.integers(0, 10)), steps=(*steps, Step(price=draw(PRICE))))


def _exactly(rate: Rate, quantity: int) -> Fraction:
    """What a quantity costs, by another way: the price of every unit, one step against the next."""
    bounds = [rate.included, *(step.up_to or 10**30 for step in rate.steps)]
    spans = [max(0, min(high, quantity) - low) for low, high in pairwise(bounds)]
    return sum((span * Fraction(step.price) for span, step in zip(spans, rate.steps, strict=True)), Fraction(0))


@settings(deadline=None)
@given(_rates(), st.integers(0, 10**15), st.integers(0, 4))
def test_an_amount_is_the_exact_price_rounded_once_half_up(rating: Rate, quantity: int, decimals: int) -> None:
    prices = PriceList(currency="EUR", decimals=decimals, rates=(rating,))
    line = rate(prices, {("billing", "requests"): quantity}, "2026-10")[1]
    exact = _exactly(rating, quantity) * 10**decimals
    assert Fraction(line.amount) * 10**decimals == (2 * exact + 1) // 2
    assert -int(line.amount.as_tuple().exponent) == decimals


@settings(deadline=None)
@given(_rates(), st.integers(0, 10**12), st.integers(0, 10**12))
def test_more_use_never_costs_less(rating: Rate, one: int, more: int) -> None:
    prices = PriceList(currency="EUR", rates=(rating,))
    costs = [total(rate(prices, {("a", "requests"): quantity}, "2026-10")) for quantity in (one, one + more)]
    assert costs[0] <= costs[1]


@settings(deadline=None)
@given(_rates(), st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**9), min_size=1))
def test_the_services_of_one_rate_are_priced_together_and_the_total_is_the_sum_of_the_lines(
    rating: Rate, used: dict[str, int]
) -> None:
    prices = PriceList(currency="EUR", monthly=Decimal("9.99"), rates=(rating,))
    lines = rate(prices, {(service, "requests"): quantity for service, quantity in used.items()}, "2026-10")
    together = rate(prices, {("any", "requests"): sum(used.values())}, "2026-10")
    assert [line.amount for line in lines] == [line.amount for line in together]
    assert Fraction(total(lines)) == sum(Fraction(line.amount) for line in lines)


def test_a_service_of_its_own_rate_is_priced_by_it_and_use_without_rate_is_shown_for_free() -> None:
    rates = [
        {"metric": "requests", "steps": [{"price": "1"}]},
        {"metric": "requests", "service": "orders", "steps": [{"price": "2"}]},
    ]
    prices = PriceList.model_validate({"currency": "EUR", "rates": rates})
    used = {("billing", "requests"): 1, ("orders", "requests"): 10, ("billing", "bytes"): 7}
    lines = rate(prices, used, "2026-10")
    assert [(line.text, line.quantity, line.amount) for line in lines] == [
        ("monthly fee", 1, Decimal("0.00")),
        ("requests", 1, Decimal("1.00")),
        ("bytes of billing, free", 7, Decimal("0.00")),
        ("requests of orders", 10, Decimal("20.00")),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "eur"},
        {"monthly": "-1"},
        {"monthly": "NaN"},
        {"monthly": "0.0000000001"},
        {"rates": [{"metric": "m", "steps": []}]},
        {"rates": [{"metric": "m", "steps": [{"price": "1", "up_to": 5}]}]},
        {"rates": [{"metric": "m", "steps": [{"price": "1"}, {"price": "2"}]}]},
        {"rates": [{"metric": "m", "included": 9, "steps": [{"price": "1", "up_to": 5}, {"price": "2"}]}]},
        {"rates": [{"metric": "m", "steps": [{"price": "1"}]}] * 2},
    ],
)
def test_a_price_list_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PriceList.model_validate({"currency": "EUR", **wrong})


def _store(database: str, *names: str) -> Store:
    store, clock = Store(database), Clock(datetime(2026, 9, 1, tzinfo=UTC))
    with store.write() as connection:
        put_prices(connection, "standard", PriceList.model_validate(PRICES), clock())
        for name in names:
            number = onboard(connection, {"id": name}, "standard", "alice", clock())
            committed(connection, number, "c0ffee", "", {"id": name}, clock())
    return store


def test_billing_again_bills_nothing_twice_and_every_invoice_reproduces(database: str) -> None:
    store = _store(database, "acme", "globex")
    with store.write() as connection:
        ingest(connection, [Use(str(number), quantity=7) for number in range(30)])
    with store.write() as connection:
        assert bill(connection, "2026-10", NOVEMBER) == ([1, 2], 0)
    with store.write() as connection:
        assert bill(connection, "2026-10", NOVEMBER) == ([], 2)
        rows = [invoice_row(connection, number) for number in (1, 2)]
        assert all(reproduce(connection, row) for row in rows)
    # 210 requests: 10 included, 90 at 0.01, 110 at 0.003
    assert [row["total"] for row in rows] == ["101.23", "100.00"]
    store.close()


def test_events_that_come_late_are_on_the_next_invoice_at_their_months_prices(database: str) -> None:
    store = _store(database, "acme")
    with store.write() as connection:
        ingest(connection, [Use("1", quantity=60)])
        bill(connection, "2026-10", NOVEMBER)
        put_prices(connection, "standard", PriceList(currency="EUR"), NOVEMBER)
        ingest(connection, [Use("2", quantity=50), Use("3", at=NOVEMBER)])
    with store.write() as connection:
        bill(connection, "2026-11", DECEMBER)
        row = invoice_row(connection, 2)
        late = [(line["text"], line["quantity"], line["amount"]) for line in row["lines"] if "late" in line["text"]]
        # 110 requests in all: 90 at 0.01 and 10 at 0.003 is 0.93, of which 0.50 was billed
        assert late == [("requests, late for 2026-10", 50, "0.43")]
        assert row["total"] == "0.43"
        assert reproduce(connection, row)
    with store.write() as connection:
        bill(connection, "2026-12", datetime(2027, 1, 1, tzinfo=UTC))
        assert invoice_row(connection, 3)["total"] == "0.00", "a correction is made once"
    store.close()


def test_an_invoice_that_was_tampered_with_does_not_reproduce(database: str) -> None:
    store = _store(database, "acme")
    with store.write() as connection:
        ingest(connection, [Use("1", quantity=60)])
        bill(connection, "2026-10", NOVEMBER)
        connection.execute(update(invoices).values(total="1.00"))
        assert not reproduce(connection, invoice_row(connection, 1))
    store.close()


def test_a_month_that_has_not_ended_is_not_billed_and_neither_are_those_who_never_were_there(database: str) -> None:
    store = _store(database, "acme")
    with store.write() as connection:
        with pytest.raises(Conflict, match="not ended"):
            bill(connection, "2026-11", NOVEMBER)
        onboard(connection, {"id": "pending"}, "standard", "alice", datetime(2026, 9, 1, tzinfo=UTC))
        assert bill(connection, "2026-08", NOVEMBER) == ([], 0)
        bill(connection, "2026-12", datetime(2027, 1, 1, tzinfo=UTC))
        assert list(connection.scalars(select(invoices.c.tenant))) == ["acme"]
    store.close()


def test_who_has_left_pays_no_fee_any_more_but_what_came_late(database: str) -> None:
    store = _store(database, "acme")
    with store.write() as connection:
        left = datetime(2026, 11, 20, tzinfo=UTC)
        version = tenant_row(connection, "acme")["version"]
        request = ask(connection, "acme", Kind.OFFBOARD, {}, version, "alice", left)
        committed(connection, request, "c0ffee", "", {}, left)
        ingest(connection, [Use("1", quantity=60, at=NOVEMBER)])
    with store.write() as connection:
        (november,), _ = bill(connection, "2026-11", datetime(2026, 12, 1, tzinfo=UTC))
        assert bill(connection, "2026-12", datetime(2027, 1, 1, tzinfo=UTC)) == ([], 0)
        ingest(connection, [Use("2", quantity=5, at=NOVEMBER)])
        (january,), _ = bill(connection, "2027-01", datetime(2027, 2, 1, tzinfo=UTC))
        assert invoice_row(connection, november)["total"] == "100.50"
        late = invoice_row(connection, january)
        assert [(line["period"], line["amount"]) for line in late["lines"]] == [("2026-11", "0.05")]
        assert reproduce(connection, late)
        assert reproduce(connection, invoice_row(connection, november))
    store.close()


def test_what_a_month_will_cost_is_what_its_invoice_says(database: str) -> None:
    store = _store(database, "acme")
    with store.write() as connection:
        ingest(connection, [Use("1", quantity=60, at=NOVEMBER)])
        prices, lines = expected(connection, "acme", "2026-11")
        assert connection.execute(select(invoices)).first() is None
        (number,), _ = bill(connection, "2026-11", datetime(2026, 12, 1, tzinfo=UTC))
        row = invoice_row(connection, number)
    assert (prices.currency, [line.data() for line in lines]) == (row["currency"], row["lines"])
    store.close()


def test_a_tenant_without_a_price_list_stops_the_run_as_a_whole(database: str) -> None:
    store = _store(database, "acme", "globex")
    with store.write() as connection:
        connection.execute(update(tenants).where(tenants.c.id == "globex").values(price_list="none"))
    with pytest.raises(NoPrices), store.write() as connection:
        bill(connection, "2026-10", NOVEMBER)
    with store.read() as connection:
        assert list(connection.scalars(select(invoices.c.id))) == []
    store.close()

from datetime import date, timedelta

import pytest

from shop import clock
from shop.catalogue import editing, service
from shop.errors import Conflict, NotFound, ValidationFailed
from shop.money import Money


def test_quote(shop_window):
    quote = service.quote(shop_window, "team", "EUR", date(2025, 2, 1))
    assert quote.unit_price == Money(1000, "EUR")
    assert quote.description == "Desk, Team"


def test_newest_begun_price_is_in_force(shop_window):
    editing.set_price(shop_window, "team", "EUR", 1200, date(2025, 6, 1))
    assert service.quote(shop_window, "team", "EUR", date(2025, 5, 31)).unit_price.cents == 1000
    assert service.quote(shop_window, "team", "EUR", date(2025, 6, 1)).unit_price.cents == 1200


def test_no_price_before_the_first(shop_window):
    with pytest.raises(NotFound):
        service.quote(shop_window, "team", "EUR", date(2024, 1, 1))


def test_past_prices_cannot_be_rewritten(shop_window):
    with pytest.raises(Conflict):
        editing.set_price(shop_window, "team", "EUR", 1, date(2025, 1, 1))


def test_future_prices_can(shop_window):
    day = clock.today() + timedelta(days=10)
    editing.set_price(shop_window, "team", "EUR", 1500, day)
    editing.set_price(shop_window, "team", "EUR", 1600, day)
    assert service.quote(shop_window, "team", "EUR", day).unit_price.cents == 1600


def test_other_tenants_do_not_see_it(shop_window):
    with pytest.raises(NotFound):
        service.plan_by_code(shop_window + 1, "team")


def test_each_tenant_lists_its_own_products(shop_window):
    assert [product.sku for product in service.products(shop_window)] == ["desk", "lamp"]
    assert service.products(shop_window + 1) == []


def test_codes_are_unique(shop_window):
    with pytest.raises(Conflict):
        editing.add_plan(shop_window, "desk", "team", "Again")
    with pytest.raises(Conflict):
        editing.add_product(shop_window, "desk", "Again")


def test_allowance_needs_a_known_meter(shop_window):
    with pytest.raises(ValidationFailed):
        editing.set_allowance(shop_window, "team", "heartbeats", 1)


def test_retired_products_are_not_offered(shop_window):
    editing.retire_product(shop_window, "lamp")
    assert "light" not in {plan.code for plan in service.public_plans(shop_window)}


def test_whoever_edits_a_product_dates_it(shop_window, noon):
    added = editing.add_product(shop_window, "chair", "Chair")
    assert added.updated_at == clock.now()
    for later, edit in enumerate(
        (
            lambda: editing.add_plan(shop_window, "chair", "sit", "Sit"),
            lambda: editing.set_price(shop_window, "sit", "EUR", 500, date(2025, 3, 1)),
            lambda: editing.retire_product(shop_window, "chair"),
        ),
        start=1,
    ):
        noon.return_value += timedelta(minutes=later)
        edit()
        assert added.updated_at == clock.now()
    assert added.is_active is False


def test_an_allowance_has_blocks_and_their_price(shop_window):
    allowance = editing.set_allowance(shop_window, "team", "documents", 5, 10, 250)
    assert (allowance.included, allowance.block_size, allowance.block_cents) == (5, 10, 250)
    plan = service.plan_by_code(shop_window, "team")
    terms = {t.meter: t for t in service.usage_terms(shop_window, plan.id)}
    assert terms["documents"].block_cents == 250

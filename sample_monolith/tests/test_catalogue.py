from datetime import date, timedelta

import pytest

from shop import clock
from shop.catalogue import editing, service
from shop.errors import Conflict, NotFound, ValidationFailed
from shop.money import Money


def test_quote(world):
    quote = service.quote(world.tenant_id, "team", "EUR", date(2025, 2, 1))
    assert quote.unit_price == Money(1000, "EUR")
    assert quote.description == "Desk, Team"


def test_newest_begun_price_is_in_force(world):
    editing.set_price(world.tenant_id, "team", "EUR", 1200, date(2025, 6, 1))
    assert service.quote(world.tenant_id, "team", "EUR", date(2025, 5, 31)).unit_price.cents == 1000
    assert service.quote(world.tenant_id, "team", "EUR", date(2025, 6, 1)).unit_price.cents == 1200


def test_no_price_before_the_first(world):
    with pytest.raises(NotFound):
        service.quote(world.tenant_id, "team", "EUR", date(2024, 1, 1))


def test_past_prices_cannot_be_rewritten(world):
    with pytest.raises(Conflict):
        editing.set_price(world.tenant_id, "team", "EUR", 1, date(2025, 1, 1))


def test_future_prices_can(world):
    day = clock.today() + timedelta(days=10)
    editing.set_price(world.tenant_id, "team", "EUR", 1500, day)
    editing.set_price(world.tenant_id, "team", "EUR", 1600, day)
    assert service.quote(world.tenant_id, "team", "EUR", day).unit_price.cents == 1600


def test_other_tenants_do_not_see_it(world):
    with pytest.raises(NotFound):
        service.plan_by_code(world.tenant_id + 1, "team")


def test_codes_are_unique(world):
    with pytest.raises(Conflict):
        editing.add_plan(world.tenant_id, "desk", "team", "Again")
    with pytest.raises(Conflict):
        editing.add_product(world.tenant_id, "desk", "Again")


def test_allowance_needs_a_known_meter(world):
    with pytest.raises(ValidationFailed):
        editing.set_allowance(world.tenant_id, "team", "heartbeats", 1)


def test_retired_products_are_not_offered(world):
    editing.retire_product(world.tenant_id, "lamp")
    assert "light" not in {plan.code for plan in service.public_plans(world.tenant_id)}


def test_plans_api(anyone):
    plans = {p["code"]: p for p in anyone.get("/api/catalogue/plans").json["plans"]}
    assert plans["team"]["price"] == {"cents": 1000, "currency": "EUR"}
    assert plans["team"]["allowances"][0]["included"] == 1000


@pytest.mark.parametrize(
    "path", ["/api/catalogue/products", "/api/catalogue/products/desk", "/api/catalogue/plans/team"]
)
def test_etag(anyone, path):
    first = anyone.get(path)
    tag = first.headers["ETag"]
    second = anyone.get(path, **{"If-None-Match": tag})
    assert second.status_code == 304 and second.data == b""
    assert anyone.get(path, **{"If-None-Match": '"other"'}).status_code == 200


def test_etag_follows_the_price(anyone, staff):
    before = anyone.get("/api/catalogue/plans").headers["ETag"]
    assert staff.put("/api/catalogue/plans/team/price", {"cents": 1100}).status_code == 200
    assert anyone.get("/api/catalogue/plans").headers["ETag"] != before


def test_only_staff_edit(owner, staff):
    body = {"sku": "chair", "name": "Chair"}
    assert owner.post("/api/catalogue/products", body).status_code == 403
    assert staff.post("/api/catalogue/products", body).status_code == 201
    plan = {"product": "chair", "code": "sit", "name": "Sit"}
    assert staff.post("/api/catalogue/plans", plan).json["plan"]["price"] is None
    allowance = staff.put("/api/catalogue/plans/sit/allowances/documents", {"included": 5})
    assert allowance.json["plan"]["allowances"][0]["meter"] == "documents"
    assert staff.call("DELETE", "/api/catalogue/products/chair").status_code == 204
    assert staff.get("/api/catalogue/products/chair").status_code == 404


def test_answers_are_for_one_customer_and_asked_again(anyone):
    cached = anyone.get("/api/catalogue/plans").headers["Cache-Control"]
    assert {part.strip() for part in cached.split(",")} == {"private", "max-age=0"}


def test_a_new_price_says_from_when_it_is_in_force(staff):
    body = {"cents": 1100, "valid_from": "2031-05-01T00:00:00+00:00"}
    answer = staff.put("/api/catalogue/plans/team/price", body)
    assert answer.json["price"] == {"cents": 1100, "currency": "EUR"}
    assert answer.json["valid_from"] == "2031-05-01"


def test_whoever_edits_a_product_dates_it(world, noon):
    added = editing.add_product(world.tenant_id, "chair", "Chair")
    assert added.updated_at == clock.now()
    for later, edit in enumerate(
        (
            lambda: editing.add_plan(world.tenant_id, "chair", "sit", "Sit"),
            lambda: editing.set_price(world.tenant_id, "sit", "EUR", 500, date(2025, 3, 1)),
            lambda: editing.retire_product(world.tenant_id, "chair"),
        ),
        start=1,
    ):
        noon.return_value += timedelta(minutes=later)
        edit()
        assert added.updated_at == clock.now()
    assert added.is_active is False


def test_an_allowance_has_blocks_and_their_price(world):
    allowance = editing.set_allowance(world.tenant_id, "team", "documents", 5, 10, 250)
    assert (allowance.included, allowance.block_size, allowance.block_cents) == (5, 10, 250)
    plan = service.plan_by_code(world.tenant_id, "team")
    terms = {t.meter: t for t in service.usage_terms(world.tenant_id, plan.id)}
    assert terms["documents"].block_cents == 250

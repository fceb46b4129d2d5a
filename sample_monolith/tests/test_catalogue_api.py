import pytest


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


def test_anybody_sees_what_is_sold(anyone):
    found = anyone.get("/api/catalogue/products").json["products"]
    assert [product["sku"] for product in found] == ["desk", "lamp"]


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

from conftest import Api, make_tenant, make_world


def test_no_tenant(anyone):
    answer = anyone.http.get("/api/catalogue/plans")
    assert answer.status_code == 400 and answer.json["code"] == "tenant_required"


def test_unknown_tenant(api_world, app):
    assert Api(app, tenant="nobody").get("/api/catalogue/plans").status_code == 404


def test_the_session_names_the_tenant(owner):
    assert owner.http.get("/api/catalogue/plans").status_code == 200


def test_a_session_is_good_for_one_tenant(owner):
    make_tenant("rival")
    owner.tenant = "rival"
    assert owner.get("/api/catalogue/plans").status_code == 403


def test_the_same_address_in_two_tenants_is_two_users(api_world, app):
    make_world("rival")
    here = Api(app, "owner@buyer.example")
    there = Api(app, "owner@buyer.example", tenant="rival")
    here.post("/api/orders", {"lines": [{"plan": "team"}]})
    assert len(here.get("/api/orders").json["orders"]) == 1
    assert there.get("/api/orders").json["orders"] == []


def test_numbers_are_counted_per_tenant(api_world, app):
    make_world("rival")
    body = {"lines": [{"plan": "team"}]}
    numbers = [
        Api(app, "owner@buyer.example", tenant=t).post("/api/orders", body).json["order"]["number"]
        for t in ("acme", "rival")
    ]
    assert numbers == ["ORD-000001", "ORD-000001"]

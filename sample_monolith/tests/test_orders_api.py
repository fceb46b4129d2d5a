import pytest


@pytest.fixture
def paying(owner):
    owner.post("/api/payments/methods", {"token": "tok_visa"})
    return owner


def buy(client, plan="team", quantity=1, **more):
    lines = [{"plan": plan, "quantity": quantity}]
    return client.post("/api/orders", {"lines": lines, "pay": True}, **more)


def test_quote(owner):
    answer = owner.post("/api/orders/quotes", {"lines": [{"plan": "team", "quantity": 2}]})
    assert answer.json["total_cents"] == 2380


def test_order_and_pay(paying):
    answer = buy(paying)
    assert answer.status_code == 201
    assert answer.json["order"]["status"] == "fulfilled"
    assert answer.json["payment_problem"] is None


def test_members_do_not_order(member):
    assert buy(member).status_code == 403


@pytest.mark.parametrize(
    "lines", [None, "team", [1], [{"plan": 3}], [{"plan": "team", "quantity": 1.5}]]
)
def test_wrong_bodies(owner, lines):
    assert owner.post("/api/orders", {"lines": lines}).status_code == 422


def test_list_and_read(paying):
    number = buy(paying).json["order"]["number"]
    buy(paying, "light")
    listed = paying.get("/api/orders?limit=1").json["orders"]
    assert len(listed) == 1 and listed[0]["number"] != number
    assert paying.get(f"/api/orders/{number}").json["order"]["lines"][0]["plan"] == "team"


def test_others_get_404(paying, other_owner):
    number = buy(paying).json["order"]["number"]
    assert other_owner.get(f"/api/orders/{number}").status_code == 404


def test_cancel(owner):
    number = owner.post("/api/orders", {"lines": [{"plan": "team"}]}).json["order"]["number"]
    assert owner.post(f"/api/orders/{number}/cancel").json["order"]["status"] == "cancelled"
    assert owner.post(f"/api/orders/{number}/cancel").status_code == 409


def test_subscription_life(paying):
    buy(paying)
    subscription = paying.get("/api/orders/subscriptions").json["subscriptions"][0]
    path = f"/api/orders/subscriptions/{subscription['id']}"
    changed = paying.post(f"{path}/change-plan", {"plan": "business"}).json
    assert changed["subscription"]["plan"] == "business" and changed["invoice"]
    assert paying.post(f"{path}/cancel").json["subscription"]["cancel_at_period_end"]
    assert not paying.post(f"{path}/resume").json["subscription"]["cancel_at_period_end"]


def test_invoices_over_http(paying):
    invoice = buy(paying).json["order"]["invoice"]
    shown = paying.get(f"/api/billing/invoices/{invoice}").json["invoice"]
    assert shown["subtotal_cents"] + shown["tax_cents"] == shown["total_cents"]
    assert shown["lines"][0]["amount_cents"] == 1000
    assert len(paying.get("/api/billing/invoices?status=paid").json["invoices"]) == 1
    assert paying.get("/api/billing/invoices?status=lost").status_code == 422
    assert paying.get("/api/billing/balance").json["owed"]["cents"] == 0


def test_staff_void_and_renew(owner, staff):
    order = owner.post("/api/orders", {"lines": [{"plan": "team"}]}).json["order"]
    path = f"/api/billing/invoices/{order['invoice']}/void"
    assert owner.post(path).status_code == 403
    assert staff.post(path).json["invoice"]["status"] == "void"
    assert staff.post("/api/billing/renewals/run").json == {"renewed": 0}

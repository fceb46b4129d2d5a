"""What customers do in one sitting. Each step checks that the answer is right."""

import re
from datetime import datetime, timedelta, timezone

from traffic.customers import PASSWORD, Customer

METERS = ("api_calls", "documents", "storage_mb", "messages")
PLANS = ("desk-team", "desk-business", "insight-basic", "insight-pro")
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


def log_in(c: Customer) -> None:
    """Some use the page, some an API client."""
    if c.logged_in:
        return
    if c.rng.random() < 0.5:
        page = c.browser.page("/login", "Password", c.store.name)
        form = {"csrf": CSRF.search(page)[1], "email": c.email, "password": PASSWORD}
        answer = c.browser.send("POST", "/login", form=form, status=302)
        c.browser.require(
            answer.headers["Location"].endswith("/dashboard"), "POST", "/login", "led elsewhere"
        )
    else:
        c.browser.ask(
            "POST",
            "/api/identity/login",
            lambda body: body["user"]["email"] == c.email and body["user"]["role"] == "owner",
            data={"email": c.email, "password": PASSWORD},
        )
    c.logged_in = True


def log_out(c: Customer) -> None:
    c.browser.send("POST", "/api/identity/logout", status=204)
    c.browser.forget()
    c.logged_in = False


# -- the storefront


def look_around(c: Customer) -> None:
    c.browser.page("/", c.store.name, "See plans and prices")
    css = c.browser.send("GET", "/static/shop.css")
    c.browser.require(b"prefers-color-scheme" in css.body, "GET", "/static/shop.css", "cut short")
    c.browser.page("/plans", "Business", "Choose Team")
    read_catalogue(c)


def read_catalogue(c: Customer) -> None:
    path = "/api/catalogue/plans"
    known = c.browser.etags.get(path)
    answer = c.browser.send(
        "GET", path, status=(200, 304), headers={"If-None-Match": known} if known else None
    )
    if answer.status == 304:
        c.browser.require(
            answer.headers["ETag"] == known and not answer.body, "GET", path, "304 for another tag"
        )
    else:
        plans = {plan["code"]: plan for plan in answer.json()["plans"]}
        right = all(code in plans for code in PLANS) and all(
            plan["price"]["currency"] == c.store.currency for plan in plans.values()
        )
        c.browser.require(right, "GET", path, "plans missing or in another currency")
        c.browser.etags[path] = answer.headers["ETag"]
    code = c.rng.choice(PLANS)
    head = c.browser.send("HEAD", f"/api/catalogue/plans/{code}")
    c.browser.ask(
        "GET",
        f"/api/catalogue/plans/{code}",
        lambda body: body["plan"]["code"] == code and body["plan"]["price"]["cents"] > 0,
    )
    c.browser.require(
        not head.body and int(head.headers["Content-Length"]) > 0,
        "HEAD", f"/api/catalogue/plans/{code}", "HEAD with a body or no length",
    )  # fmt: skip


# -- ordering and paying


def _adds_up(order) -> bool:
    lines = sum(line["amount_cents"] for line in order["lines"])
    return (
        lines == order["subtotal_cents"]
        and order["subtotal_cents"] + order["tax_cents"] == order["total_cents"]
    )


def _basket(c: Customer) -> list[dict]:
    codes = c.rng.sample(PLANS, c.rng.randint(1, 3))
    return [{"plan": code, "quantity": c.rng.randint(1, 4)} for code in codes]


def order_and_pay(c: Customer) -> None:
    log_in(c)
    read_catalogue(c)
    lines = _basket(c)
    quoted = c.browser.ask(
        "POST",
        "/api/orders/quotes",
        lambda body: len(body["lines"]) == len(lines) and _adds_up(body),
        data={"lines": lines},
    )
    placed = c.browser.ask(
        "POST",
        "/api/orders",
        lambda body: (
            body["order"]["status"] == "fulfilled"
            and body["order"]["total_cents"] == quoted["total_cents"]
            and _adds_up(body["order"])
        ),
        data={"lines": lines, "pay": True},
        key=c.new_key("order"),
        status=201,
    )["order"]
    invoice = placed["invoice"]
    c.browser.ask(
        "GET",
        f"/api/billing/invoices/{invoice}",
        lambda body: (
            body["invoice"]["status"] == "paid"
            and body["invoice"]["total_cents"] == placed["total_cents"]
        ),
    )
    c.browser.page(f"/invoices/{invoice}", invoice, "To be paid")


def order_then_pay(c: Customer) -> None:
    """Order on account and pay the invoice afterwards, pressing the button twice at times."""
    log_in(c)
    order = c.browser.ask(
        "POST",
        "/api/orders",
        lambda body: body["order"]["status"] == "invoiced" and _adds_up(body["order"]),
        data={"lines": _basket(c)},
        key=c.new_key("order"),
        status=201,
    )["order"]
    c.browser.ask(
        "GET",
        f"/api/orders/{order['number']}",
        lambda body: body["order"]["total_cents"] == order["total_cents"],
    )
    key = c.new_key("pay")

    def pay():
        return c.browser.ask(
            "POST",
            "/api/payments/charges",
            lambda body: (
                body["payment"]["status"] == "succeeded"
                and body["payment"]["amount_cents"] == order["total_cents"]
            ),
            data={"invoice": order["invoice"]},
            key=key,
            status=201,
        )["payment"]["id"]

    paid = pay()
    if c.rng.random() < 0.4:
        c.browser.require(
            pay() == paid, "POST", "/api/payments/charges", "a repeated key paid twice"
        )
    c.browser.ask(
        "GET",
        f"/api/orders/{order['number']}",
        lambda body: body["order"]["status"] == "fulfilled",
    )


# -- usage


def _period() -> str:
    """Yesterday to the day after tomorrow, so that midnight takes nothing away."""
    today = datetime.now(timezone.utc).date()
    return f"from={today - timedelta(days=1)}&to={today + timedelta(days=2)}"


def _record(c: Customer, keyed: bool) -> None:
    meter, quantity = c.rng.choice(METERS), c.rng.randint(1, 20)
    key = c.new_key("usage") if keyed else None

    def send():
        return c.browser.ask(
            "POST",
            "/api/metering/events",
            lambda body: body["event"]["meter"] == meter and body["event"]["quantity"] == quantity,
            data={"meter": meter, "quantity": quantity},
            key=key,
            status=201,
        )["event"]["id"]

    recorded = send()
    c.ledger.confirm(c.email, meter, quantity)
    if keyed and c.rng.random() < 0.1:
        c.browser.require(
            send() == recorded, "POST", "/api/metering/events", "a repeated key counted twice"
        )


def _record_batch(c: Customer) -> None:
    events = [
        {"meter": c.rng.choice(METERS), "quantity": c.rng.randint(1, 9), "event_id": c.new_key("e")}
        for _ in range(c.rng.randint(2, 6))
    ]
    c.browser.ask(
        "POST",
        "/api/metering/events/batch",
        lambda body: body == {"accepted": len(events), "duplicates": 0},
        data={"events": events},
        key=c.new_key("batch"),
        status=201,
    )
    for event in events:
        c.ledger.confirm(c.email, event["meter"], event["quantity"])


def _read_summary(c: Customer) -> None:
    at_least = {meter: c.ledger.at_least(c.email, meter) for meter in METERS}

    def facts(body):
        shown = {m["meter"]: m["quantity"] for m in body["meters"]}
        return all(shown[meter] >= quantity for meter, quantity in at_least.items())

    c.browser.ask("GET", f"/api/metering/summary?{_period()}", facts)


def _read_meter(c: Customer) -> None:
    meter = c.rng.choice(METERS)
    at_least = c.ledger.at_least(c.email, meter)
    c.browser.ask(
        "GET",
        f"/api/metering/usage?meter={meter}&{_period()}",
        lambda body: body["meter"] == meter and body["quantity"] >= at_least,
    )
    c.browser.ask(
        "GET",
        f"/api/metering/rollups?meter={meter}&{_period()}",
        lambda body: (
            body["total"] == sum(day["quantity"] for day in body["days"])
            and body["total"] >= at_least
        ),
    )


def use_the_product(c: Customer) -> None:
    """The customer's own software reporting what it used."""
    log_in(c)
    for _ in range(c.rng.randint(2, 5)):
        _record(c, keyed=c.rng.random() < 0.6)
    if c.rng.random() < 0.5:
        _record_batch(c)
    _read_summary(c)


def check_usage(c: Customer) -> None:
    log_in(c)
    _read_summary(c)
    _read_meter(c)
    c.browser.ask(
        "GET",
        "/api/metering/quotas",
        lambda body: {q["meter"] for q in body["quotas"]} == set(METERS),
    )
    c.browser.page("/dashboard", "Usage this month", "Subscriptions")


# -- the account


def keep_the_books(c: Customer) -> None:
    log_in(c)
    invoices = c.browser.ask(
        "GET",
        "/api/billing/invoices?limit=10",
        lambda body: (
            len(body["invoices"]) <= 10
            and all(
                i["subtotal_cents"] + i["tax_cents"] == i["total_cents"] for i in body["invoices"]
            )
        ),
    )["invoices"]
    c.browser.page("/invoices", "Invoices", *[i["number"] for i in invoices[:1]])
    c.browser.ask("GET", "/api/billing/balance", lambda body: body["owed"]["cents"] >= 0)
    c.browser.ask("GET", "/api/payments", lambda body: isinstance(body["payments"], list))


def tidy_up(c: Customer) -> None:
    """Read messages, say which mail is wanted, perhaps log out."""
    log_in(c)
    inbox = c.browser.ask(
        "GET", "/api/notifications/inbox?limit=5", lambda body: len(body["messages"]) <= 5
    )
    if inbox["messages"]:
        newest = inbox["messages"][0]["id"]
        c.browser.ask(
            "POST",
            f"/api/notifications/inbox/{newest}/read",
            lambda body: body["message"]["id"] == newest and body["message"]["read"],
            key=c.new_key("read"),
        )
    wants = c.rng.random() < 0.7
    c.browser.ask(
        "PUT",
        "/api/notifications/preferences",
        lambda body: body["preferences"]["usage"] is wants,
        data={"usage": wants},
    )
    if c.rng.random() < 0.15:
        log_out(c)


JOURNEYS = (
    (look_around, 3),
    (order_and_pay, 2),
    (order_then_pay, 2),
    (use_the_product, 6),
    (check_usage, 3),
    (keep_the_books, 2),
    (tidy_up, 2),
)


def next_journey(c: Customer):
    journeys, weights = zip(*JOURNEYS, strict=True)
    return c.rng.choices(journeys, weights)[0]

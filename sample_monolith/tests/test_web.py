import re

import pytest


class Visitor:
    def __init__(self, app):
        self.http = app.test_client()

    def page(self, path, status=200):
        answer = self.http.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def submit(self, page, action, status=302, **fields):
        token = re.search(r'name="csrf" value="(\w+)"', self.page(page))[1]
        answer = self.http.post(action, data={"csrf": token, **fields})
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
def visitor(api_world, app):
    visitor = Visitor(app)
    visitor.page("/stores/acme", status=302)
    return visitor


@pytest.fixture
def customer(visitor):
    visitor.submit("/login", "/login", email="owner@buyer.example", password="correct-horse")
    return visitor


def test_stores_are_listed_without_a_tenant(api_world, app):
    assert 'href="/stores/acme"' in Visitor(app).page("/")


def test_home_and_plans(visitor):
    assert "Acme" in visitor.page("/")
    plans = visitor.page("/plans")
    assert "€31.00" in plans and "1,000 API calls a month, then €0.50 per 100" in plans


def test_pages_ask_for_a_login_and_come_back(visitor):
    answer = visitor.http.get("/invoices")
    assert answer.headers["Location"] == "/login?next=/invoices"
    answer = visitor.submit(
        "/login", "/login", email="owner@buyer.example", password="correct-horse", next="/invoices"
    )
    assert answer.headers["Location"] == "/invoices"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_login_only_leads_to_own_pages(visitor, target):
    answer = visitor.submit(
        "/login", "/login", email="owner@buyer.example", password="correct-horse", next=target
    )
    assert answer.headers["Location"] == "/dashboard"


def test_wrong_password(visitor):
    answer = visitor.submit("/login", "/login", 401, email="owner@buyer.example", password="no")
    assert "is wrong" in answer.text


def test_forms_need_their_token(customer):
    answer = customer.http.post("/logout", data={"csrf": "guess"})
    assert answer.status_code == 403
    customer.page("/dashboard")


def test_register(visitor):
    fields = {"company": "N", "name": "Nia", "email": "n@n.example", "password": "long-enough"}
    visitor.submit("/register", "/register", **fields)
    assert "Hello, Nia" in visitor.page("/dashboard")


def test_register_shows_what_is_wrong(visitor):
    fields = {"company": "N", "name": "Nia", "email": "n@n.example", "password": "short"}
    answer = visitor.submit("/register", "/register", 422, **fields)
    assert "8 characters" in answer.text and 'value="n@n.example"' in answer.text


def test_buy_and_see_it(customer):
    assert "€23.80" in customer.page("/checkout/team?quantity=2")
    answer = customer.submit("/checkout/team", "/checkout/team", quantity="2", token="tok_visa")
    invoice = customer.page(answer.headers["Location"])
    assert "Thank you" in invoice and "€23.80" in invoice and "paid" in invoice
    dashboard = customer.page("/dashboard")
    assert "Team" in dashboard and "nothing to be paid" in dashboard
    assert "INV-000001" in customer.page("/invoices")


def test_declined_then_paid_from_the_invoice_page(customer, owner):
    answer = customer.submit("/checkout/team", "/checkout/team", token="tok_declined")
    where = answer.headers["Location"]
    assert "declined" in customer.page(where)
    owner.post("/api/payments/methods", {"token": "tok_mastercard"})
    customer.submit(where, f"{where}/pay")
    assert "are paid" in customer.page(where)
    customer.http.post(f"{where}/pay")  # the form is gone; a late click changes nothing


def test_settings(customer):
    customer.submit("/settings", "/settings/notifications", orders="on", usage="on")
    page = customer.page("/settings")
    assert 'name="orders" checked' in page and 'name="invoices" checked' not in page


def test_change_password(customer):
    customer.submit("/settings", "/settings/password", old="wrong", new="another-one")
    assert "old password is wrong" in customer.page("/settings")
    customer.submit("/settings", "/settings/password", old="correct-horse", new="another-one")
    assert "in force" in customer.page("/settings")


def test_names_are_escaped(visitor):
    fields = {
        "company": "<b>N",
        "name": "<script>",
        "email": "n@n.example",
        "password": "long-enough",
    }
    visitor.submit("/register", "/register", **fields)
    assert "&lt;script&gt;" in visitor.page("/dashboard")


def test_logout(customer):
    customer.submit("/dashboard", "/logout")
    customer.page("/dashboard", status=302)
    assert "Acme" in customer.page("/")


def test_error_pages_are_pages(customer):
    assert "<h1>No such thing</h1>" in customer.page("/invoices/INV-999999", status=404)
    assert "<h1>Not Found</h1>" in customer.page("/nowhere", status=404)

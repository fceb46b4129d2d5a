from datetime import datetime, timezone

import pytest

from shop.metering import service as metering
from shop.orders import service as orders
from shop.payments import service as payments
from shop.reporting import export, service, tasks

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def sold(world, card):
    orders.place_and_pay(world.owner, [("team", 2), ("yearly", 1)])
    orders.place_order(world.owner, [("light", 1)])
    return world


def test_revenue_by_month(sold, noon):
    noon.return_value = datetime(2025, 4, 2, tzinfo=timezone.utc)
    orders.place_order(sold.owner, [("team", 1)])
    march, april = service.revenue_by_month(sold.tenant_id)
    assert (march["month"], march["invoices"], march["net_cents"]) == ("2025-03", 2, 14_450)
    assert march["received_cents"] == 16_660
    assert (april["month"], april["received_cents"]) == ("2025-04", 0)


def test_refunds_are_taken_off(sold):
    payments.refund(payments.payments_of(sold.account_id)[0].id, 660, "sorry")
    assert service.revenue_by_month(sold.tenant_id)[0]["received_cents"] == 16_000


def test_recurring_revenue_counts_years_by_the_twelfth(sold):
    assert service.recurring_revenue(sold.tenant_id) == (2000 + 1000, 2)


def test_receivables_by_age(sold, noon):
    assert service.receivables(sold.tenant_id)["buckets"]["not_due"] == 536
    noon.return_value = datetime(2025, 6, 30, tzinfo=timezone.utc)
    report = service.receivables(sold.tenant_id)
    assert report["buckets"]["older"] == report["total_cents"] == 536
    assert report["invoices"][0]["due_on"] == "2025-03-24"


def test_customers(sold):
    first = service.customers(sold.tenant_id)[0]
    assert (first["name"], first["users"], first["received_cents"]) == ("Buyer", 2, 16_660)


def test_plan_sales_count_fulfilled_orders(sold):
    sales = {row["plan"]: row["net_cents"] for row in service.plan_sales(sold.tenant_id)}
    assert sales == {"yearly": 12_000, "team": 2_000}


def test_usage(sold):
    metering.record_usage(sold.tenant_id, sold.account_id, "documents", 4)
    rows = service.usage(sold.tenant_id, datetime(2025, 3, 1).date(), datetime(2025, 4, 1).date())
    assert rows == [{"meter": "documents", "quantity": 4, "events": 1}]


def test_other_tenants_are_not_in_it(sold):
    assert service.revenue_by_month(sold.tenant_id + 1) == []


def test_snapshots_are_one_a_day(sold):
    tasks.snapshot_revenue()
    orders.place_and_pay(sold.owner, [("team", 1)])
    tasks.snapshot_revenue()
    assert [s.mrr_cents for s in service.snapshots(sold.tenant_id)] == [4000]


def test_csv_defuses_formulas():
    assert export.to_csv([{"name": "=1+1", "n": -2}]) == "name,n\n'=1+1,-2\n"
    assert export.to_csv([]) == ""


@pytest.mark.parametrize("name", ["revenue", "customers", "plans", "usage", "receivables", "mrr"])
def test_reports_are_for_staff(owner, staff, name):
    assert owner.get(f"/api/reporting/{name}").status_code == 403
    assert staff.get(f"/api/reporting/{name}").status_code == 200


def test_csv_over_http(staff):
    answer = staff.get("/api/reporting/customers?format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.text.splitlines()[0] == "id,name,country,users,subscriptions,received_cents"

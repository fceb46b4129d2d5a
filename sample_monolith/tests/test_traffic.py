import threading
from unittest.mock import patch

import pytest
from conftest import delete_all_rows
from waitress.server import create_server

import traffic
from shop import db, seed, tenancy
from traffic.client import Budget, OutOfBudget
from traffic.tally import Tally, family_of


@pytest.fixture(scope="module")
def served(app):
    tenancy.forget_tenants()
    list(seed.plant())
    db.session.remove()
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(server.close)  # closed in its own thread
    thread.join(5)
    delete_all_rows()


def test_customers_find_nothing_wrong(served):
    report = traffic.run(served, customers=6, requests=160, seconds=60, connections=3)
    assert report.failures == ()
    assert (report.requests, report.failed, report.indeterminate) == (160, 0, 0)
    assert report.writes >= 160 * 0.25
    assert report.by_family["metering"] >= 160 * 0.25
    assert report.by_served_by == {"-": 160}
    assert sum(report.by_method.values()) == sum(report.by_status.values()) == 160


def test_wrong_answers_are_noticed(served):
    with patch("shop.metering.service.usage_summary", return_value=[]):
        report = traffic.run(served, customers=3, requests=60, seconds=60, connections=2)
    assert report.failed > 0
    assert set(report.failed_by_family) <= {"metering", "web"}


def test_nobody_there_is_a_failure():
    report = traffic.run("http://127.0.0.1:9", customers=1, requests=2, seconds=5, connections=1)
    assert (report.requests, report.failed) == (2, 2)
    assert report.by_status == {"none": 2}


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "http://shop.example/", "ftp://127.0.0.1/"])
def test_only_this_machine(url):
    with pytest.raises(ValueError):
        traffic.run(url, requests=1)


def test_budget_is_kept_to():
    budget = Budget(requests=2, seconds=60, rate=None)
    budget.take()
    budget.take()
    with pytest.raises(OutOfBudget):
        budget.take()


@pytest.mark.parametrize(
    "path, family",
    [("/api/metering/usage?meter=x", "metering"), ("/static/shop.css", "static"), ("/", "web")],
)
def test_families(path, family):
    assert family_of(path) == family


def test_percentiles_are_nearest_rank():
    tally = Tally()
    for milliseconds in range(1, 101):
        tally.answered("GET", "/", 200, "monolith", milliseconds / 1000, False)
    report = tally.report(1.0, done=True)
    assert (report.latency_ms.p50, report.latency_ms.p95, report.latency_ms.p99) == (50, 95, 99)
    assert report.by_served_by == {"monolith": 100}

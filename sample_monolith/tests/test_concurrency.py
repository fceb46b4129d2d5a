"""Many at once: threads of one process, and several processes on one store."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from conftest import Api

from shop import clock, db
from shop.metering import rollups, service

WRITERS = 16

RECORD = """
import sys
from datetime import date
from shop import db
from shop.metering import service
db.init_engine(sys.argv[1])
for n in range(10):
    service.record_usage(1, 1, "api_calls", 1)
    service.usage_summary(1, 1, *map(date.fromisoformat, sys.argv[2:4]))
"""


def _used(tenant_id, account_id):
    start, end = _period()
    return service.usage_between(tenant_id, account_id, "api_calls", start, end)


def _period():
    return clock.today() - timedelta(days=1), clock.today() + timedelta(days=2)


def _in_parallel(call, count=WRITERS):
    together = threading.Barrier(count)

    def one(number):
        together.wait()
        try:
            return call(number)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_sixteen_clients_write_and_read(api_world, app):
    def use(_number):
        client = Api(app, "owner@buyer.example")
        return [
            client.post("/api/metering/events", {"meter": "api_calls", "quantity": 2}).status_code
            for _ in range(5)
        ]

    assert {code for codes in _in_parallel(use) for code in codes} == {201}
    assert _used(api_world.tenant_id, api_world.account_id) == WRITERS * 5 * 2


def test_one_key_from_sixteen_clients_is_done_once(api_world, app):
    clients = [Api(app, "owner@buyer.example") for _ in range(WRITERS)]
    body = {"lines": [{"plan": "team"}]}

    def order(number):
        answer = clients[number].post("/api/orders", body, key="the-same")
        return answer.status_code, answer.json["order"]["number"]

    assert set(_in_parallel(order)) == {(201, "ORD-000001")}
    assert len(clients[0].get("/api/orders").json["orders"]) == 1


def test_an_invoice_is_paid_once(api_world, app):
    clients = [Api(app, "owner@buyer.example") for _ in range(WRITERS)]
    clients[0].post("/api/payments/methods", {"token": "tok_visa"})
    order = clients[0].post("/api/orders", {"lines": [{"plan": "team"}]}).json["order"]

    def pay(number):
        return (
            clients[number].post("/api/payments/charges", {"invoice": order["invoice"]}).status_code
        )

    assert sorted(_in_parallel(pay)) == [201] + [409] * (WRITERS - 1)
    assert len(clients[0].get("/api/payments").json["payments"]) == 1


def test_rolling_up_while_others_record(api_world):
    def work(number):
        for _ in range(10):
            if number % 4 == 0:
                rollups.roll_up(limit=7)
            else:
                service.record_usage(api_world.tenant_id, api_world.account_id, "api_calls", 1)

    _in_parallel(work)
    expected = WRITERS * 3 // 4 * 10
    assert _used(api_world.tenant_id, api_world.account_id) == expected
    while rollups.roll_up():
        pass
    assert _used(api_world.tenant_id, api_world.account_id) == expected


def test_three_processes_share_the_store(api_world, app):
    url = app.extensions["shop_engine"].url.render_as_string(hide_password=False)
    days = [day.isoformat() for day in _period()]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RECORD, url, *days],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for _ in range(3)
    ]
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert errors == ["", "", ""]
    assert _used(1, 1) == 30

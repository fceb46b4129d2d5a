"""One request explained, a log replayed; by tables as the control plane compiles them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from strangler.errors import StranglerError
from strangler.model import Stage
from strangler.plan import loads
from strangler_facade import planned_table, simulate
from strangler_facade.control.compile import compile_table
from strangler_facade.control.routeset import from_plan
from strangler_facade.control.stages import Position
from strangler_facade.replays.explain import explain, request_of
from strangler_facade.serialize import to_json

PLAN = loads("""
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}
services:
  billing: {modules: [shop.billing], routes: ["/api/**"], upstream: "http://127.0.0.1:8101"}
facade: {sticky: {cookie: sid}}
""")
COMBINED = '203.0.113.9 - ada [23/Nov/2026:10:00:00 +0000] "GET {} HTTP/1.1" 200 512 "-" "curl/8"'


def table(percent: float) -> dict[str, Any]:
    position = Position(Stage.CANARY, percent) if percent else Position()
    return to_json(compile_table(from_plan(PLAN, "http://127.0.0.1:8000", {"billing": position}), 7))


def test_a_request_is_explained_down_to_its_bucket() -> None:
    found = explain(table(50), "GET", "/api/7?x=1", {"Cookie": "sid=ada"}, "127.0.0.1")
    assert (found.version, found.route, found.reason) == (7, "billing.0", "bucket")
    assert found.bucket is not None
    assert found.target == ("billing" if found.bucket < 32768 else "monolith")
    assert found.key_kind == "cookie"
    assert explain(table(50), "GET", "/api/7", {}, "127.0.0.1").reason == "no sticky key"


@pytest.mark.parametrize("request_line", [("GET", "no-slash"), ("GET", "/a b"), ("GE\nT", "/")])
def test_what_is_no_request_line_is_refused(request_line: tuple[str, str]) -> None:
    with pytest.raises(StranglerError, match="is no request line"):
        request_of(*request_line, {}, "127.0.0.1")


def test_a_log_without_users_is_dealt_out_by_percentage() -> None:
    lines = [COMBINED.format("/api/7")] * 8 + [COMBINED.format("/else")] * 2 + ["nonsense", ""]
    found = simulate(lines, table(0), table(25))
    assert (found.requests, found.unreadable, found.unknown_users) == (10, 1, 8)
    assert found.now == {"monolith": 10.0}
    assert found.then == {"billing": 2.0, "monolith": 8.0}


def test_a_log_with_users_says_who_goes_where() -> None:
    lines = [
        json.dumps({"method": "GET", "target": "/api/7", "headers": {"cookie": f"sid=user {user}"}})
        for user in range(400)
    ]
    found = simulate(lines, table(0), table(25))
    assert found.unknown_users == 0
    assert 70 <= found.then["billing"] <= 130
    again = simulate(lines, table(25), table(25))
    assert again.now == again.then == found.then


def test_requests_that_change_their_route_are_counted() -> None:
    found = simulate([COMBINED.format("/api/7")] * 3, {**table(0), "routes": []}, table(0))
    assert found.moved == {("default", "billing.0"): 3}


def test_our_own_access_log_is_read() -> None:
    entry = {"client": "203.0.113.9", "method": "GET", "target": "/api/7", "host": "shop", "status": 200}
    assert simulate([json.dumps(entry)], table(0), table(100 - 1e-9)).requests == 1


def test_our_own_log_says_exactly_who_would_go_although_it_has_no_cookies() -> None:
    line = {"client": "203.0.113.9", "method": "GET", "target": "/api/7", "host": "shop", "route": "billing.0"}
    lines = [json.dumps({**line, "bucket": place}) for place in (0, 16383, 16384, 65535, None)]
    found = simulate(lines, table(0), table(25))
    assert (found.then, found.unknown_users) == ({"billing": 2.0, "monolith": 3.0}, 0)
    salted = table(25)
    salted["routes"][0]["split"]["salt"] = "another"
    assert simulate(lines, table(0), salted).unknown_users == 4


def test_an_address_is_not_the_user_where_a_cookie_would_say_more() -> None:
    by_address = table(25)
    by_address["routes"][0]["split"]["sticky"].append({"kind": "address"})
    found = simulate([COMBINED.format("/api/7")] * 8, by_address, by_address)
    assert (found.then, found.unknown_users) == ({"billing": 2.0, "monolith": 6.0}, 8)


def test_the_next_table_is_the_plans_with_services_where_they_stand_or_are_imagined() -> None:
    status = {
        "version": 7,
        "monolith": "http://127.0.0.1:8000",
        "services": [{"name": "billing", "stage": "canary", "weight": 10.0, "mirrored": False}],
    }
    made = planned_table(PLAN, status, {})
    assert made["version"] == 8
    assert made["routes"][0]["split"]["shares"] == [{"target": "billing", "percent": 10.0}]
    assert planned_table(PLAN, status, {"billing": 40.0})["routes"][0]["split"]["shares"][0]["percent"] == 40.0
    with pytest.raises(StranglerError, match="no service 'biling'"):
        planned_table(PLAN, status, {"biling": 40.0})

from __future__ import annotations

import pytest

from strangler.errors import StranglerError
from strangler.model import Stage
from strangler.plan import Plan, loads
from strangler_facade.control.compile import MONOLITH, NOISE_PERCENT, compile_table, sticky_keys
from strangler_facade.control.routeset import from_json, from_plan, to_json
from strangler_facade.control.stages import Position
from strangler_facade.decide import Router
from strangler_facade.match import Request
from strangler_facade.serialize import checked
from strangler_facade.table import RouteTable, StickyKey, TenantSource


def plan(sticky: str = "{cookie: sid}") -> Plan:
    return loads(f"""
version: 1
monolith: {{name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}}
services:
  billing:
    modules: [shop.billing]
    routes: ["/api/**", {{path: "/api/special/**", methods: [GET]}}]
    upstream: "http://127.0.0.1:8101"
  later: {{modules: [shop.later], routes: ["/later/**"]}}
facade: {{sticky: {sticky}}}
""")


def table(position: Position, sticky: str = "{cookie: sid}") -> RouteTable:
    routes = from_plan(plan(sticky), "http://127.0.0.1:8000", {"billing": position})
    return checked(compile_table(from_json(to_json(routes)), 3))


def target(made: RouteTable, path: bytes, method: bytes = b"GET", cookie: bytes = b"") -> str:
    return Router(made).decide(Request(method, path, cookie=cookie)).target.name


@pytest.mark.parametrize(
    ("position", "mirrored", "fallback", "answers"),
    [
        (Position(), False, None, {MONOLITH}),
        (Position(Stage.SHADOW, 0, True), True, None, {MONOLITH}),
        (Position(Stage.CANARY, 50, True), True, MONOLITH, {MONOLITH, "billing"}),
        (Position(Stage.LIVE, 100), False, MONOLITH, {"billing"}),
        (Position(Stage.SPLIT, 100), False, None, {"billing"}),
    ],
)
def test_each_stage_routes_mirrors_and_falls_back_as_its_table_says(
    position: Position, mirrored: bool, fallback: str | None, answers: set[str]
) -> None:
    made = table(position)
    for route in made.routes:
        assert (route.mirror is not None, route.fallback) == (mirrored, fallback)
        if route.mirror:
            assert (route.mirror.target, route.mirror.noise) == ("billing", NOISE_PERCENT)
    users = (f"sid=user {number}".encode() for number in range(100))
    assert {target(made, b"/api/7", cookie=user) for user in users} == answers


def test_a_live_service_gets_those_too_who_carry_no_key() -> None:
    assert target(table(Position(Stage.LIVE, 100)), b"/api/7") == "billing"
    assert target(table(Position(Stage.CANARY, 99)), b"/api/7") == MONOLITH


def test_the_narrower_route_is_tried_first_and_other_paths_are_the_monoliths() -> None:
    made = table(Position(Stage.LIVE, 100))
    assert [route.match.paths for route in made.routes] == [("/api/special/**",), ("/api/**",)]
    assert target(made, b"/else") == MONOLITH


def test_a_service_without_upstream_is_not_routed() -> None:
    made = table(Position())
    assert [item.name for item in made.targets] == [MONOLITH, "billing"]
    assert target(made, b"/later/1") == MONOLITH


def test_users_are_known_by_the_plans_keys_in_order() -> None:
    keys = {"cookie": "sid", "header": "X-User", "claim": "sub", "tenant": "host:example.org", "client_address": True}
    assert sticky_keys(keys) == (
        StickyKey("cookie", "sid"),
        StickyKey("header", "X-User"),
        StickyKey("claim", "sub"),
        StickyKey("tenant"),
        StickyKey("address"),
    )


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("X-Tenant", TenantSource("header", "X-Tenant")),
        ("host:example.org", TenantSource("host", "example.org")),
        ("claim:org", TenantSource("claim", "org")),
    ],
)
def test_a_tenant_is_found_where_the_plan_says(text: str, source: TenantSource) -> None:
    assert table(Position(), f'{{tenant: "{text}"}}').tenant == source


def test_a_service_cannot_take_the_monoliths_name() -> None:
    made = loads("""
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}
services: {monolith: {modules: [shop.m], routes: ["/m/**"], upstream: "http://127.0.0.1:1"}}
""")
    with pytest.raises(StranglerError, match="cannot be named 'monolith'"):
        compile_table(from_plan(made, "http://127.0.0.1:8000", {}), 1)

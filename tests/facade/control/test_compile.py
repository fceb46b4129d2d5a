from __future__ import annotations

from dataclasses import replace

import pytest

from strangler.errors import StranglerError
from strangler.model import Stage
from strangler.plan import Plan, loads
from strangler_facade.control.compile import MONOLITH, compile_table, sticky_keys
from strangler_facade.control.routeset import from_json, from_plan, to_json
from strangler_facade.control.stages import Position
from strangler_facade.decide import Router
from strangler_facade.match import Request
from strangler_facade.serialize import checked
from strangler_facade.table import (
    Condition,
    Forwarding,
    Health,
    Match,
    Mirror,
    RateLimit,
    Rewrite,
    RouteTable,
    StickyKey,
    TenantSource,
)


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
            assert (route.mirror.target, route.mirror.noise) == ("billing", 10)
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


def test_users_are_known_by_their_tenant_then_by_what_is_verified_then_by_what_they_say() -> None:
    keys = {"cookie": "sid", "header": "X-User", "claim": "sub", "tenant": "host:example.org", "client_address": True}
    assert sticky_keys(keys) == (
        StickyKey("tenant"),
        StickyKey("claim", "sub"),
        StickyKey("header", "X-User"),
        StickyKey("cookie", "sid"),
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
    made = from_plan(plan(), "http://127.0.0.1:8000", {})
    assert compile_table(replace(made, tenant=text), 1).tenant == source


@pytest.mark.parametrize(
    ("session", "sticky", "keys"),
    [
        ("kind: flask, claims: {tenant: org, sub: user_id}", "cookie: session", ["claim sub"]),
        ("kind: django, claims: {user: uid}", "cookie: sessionid, client_address: true", ["claim user", "address"]),
        ("kind: flask, claims: {sub: user_id}", "claim: sub, cookie: session", ["claim sub"]),
        ("kind: flask, claims: {sub: user_id}", "cookie: sid", ["cookie sid"]),
        ("kind: django-db, claims: {sub: uid}, database_env: DB", "cookie: sessionid", ["cookie sessionid"]),
    ],
)
def test_a_cookie_whose_value_changes_with_the_session_gives_way_to_a_verified_claim(
    session: str, sticky: str, keys: list[str]
) -> None:
    facade = f"facade: {{sticky: {{{sticky}}}, session: {{{session}, secret_env: S}}}}"
    made = loads(f"{{version: 1, monolith: {{name: s, packages: [s]}}, {facade}}}")
    found = sticky_keys(from_plan(made, "http://127.0.0.1:1", {}).sticky)
    assert [f"{key.kind} {key.name}".strip() for key in found] == keys


def test_a_service_cannot_take_the_monoliths_name() -> None:
    made = loads("""
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}
services: {monolith: {modules: [shop.m], routes: ["/m/**"], upstream: "http://127.0.0.1:1"}}
""")
    with pytest.raises(StranglerError, match="cannot be named 'monolith'"):
        compile_table(from_plan(made, "http://127.0.0.1:8000", {}), 1)


WHOLE = """
version: 1
monolith:
  {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000", serving: {health: /alive, answer_timeout: 90s}}
services:
  billing:
    modules: [shop.billing]
    upstream: "https://127.0.0.1:8101"
    serving: {preserve_host: false, ca_file: ca.pem, breaker: {consecutive: 2}}
    shadow: {percent: 50, noise: 5, strip: [Authorization], cap: 1MiB}
    pinned: [acme]
    routes:
      - path: /billing/**
        methods: [GET]
        hosts: ["*.shop.example"]
        headers: {X-Beta: "yes", X-App: {prefix: ios-}}
        cookies: {plan: {regex: "pro|team"}}
        query: {debug: {present: false}}
        claims: {role: admin}
        tenants: [acme]
        clients: [10.0.0.0/8]
        rewrite: {prefix: /billing, to: /}
        safety: unsafe
        limit: {rate: 5, burst: 7, by: user}
        largest_body: 10MiB
facade:
  sticky: {cookie: sid}
  tenant: "host:shop.example"
  forwarding: {trusted: [10.1.0.0/16], forwarded: true, served_by: ""}
  budget: {percent: 5}
  session: {kind: flask, secret_env: KEY, claims: {role: role}}
"""


def whole() -> RouteTable:
    routes = from_plan(loads(WHOLE), "http://127.0.0.1:8000", {"billing": Position(Stage.CANARY, 10, True)})
    return checked(compile_table(from_json(to_json(routes)), 1))


def test_everything_the_plan_says_of_a_route_is_in_the_table() -> None:
    (route,) = whole().routes
    assert route.match == Match(
        paths=("/billing/**",),
        hosts=("*.shop.example",),
        methods=("GET",),
        headers=(Condition("X-App", "prefix", "ios-"), Condition("X-Beta", "equals", "yes")),
        cookies=(Condition("plan", "regex", "pro|team"),),
        query=(Condition("debug", "absent"),),
        tenants=("acme",),
        claims=(Condition("role", "equals", "admin"),),
        clients=("10.0.0.0/8",),
    )
    assert (route.safety, route.largest_body, route.split.pinned) == ("unsafe", 10 * 1024**2, ("acme",))
    assert (route.rewrite, route.rate_limit) == (Rewrite("/billing"), RateLimit(5, 7, (StickyKey("cookie", "sid"),)))
    assert route.mirror == Mirror("billing", 50, 5, ("GET", "HEAD", "OPTIONS"), cap=1024**2, strip=("Authorization",))


def test_everything_the_plan_says_of_targets_and_forwarding_is_in_the_table() -> None:
    made = whole()
    monolith, billing = made.targets
    assert (monolith.health, monolith.answer_timeout) == (Health("/alive"), 90)
    assert (billing.preserve_host, billing.ca_file, billing.breaker.consecutive) == (False, "ca.pem", 2)
    assert made.forwarding == Forwarding(("10.1.0.0/16",), True, served_by="")
    assert (made.tenant, made.budget.percent) == (TenantSource("host", "shop.example"), 5)


def test_pinned_tenants_go_first_but_never_before_the_service_has_users() -> None:
    plan = loads(WHOLE)
    for position, expected in ((Position(Stage.SHADOW, 0, True), ()), (Position(Stage.CANARY, 1), ("acme",))):
        routes = from_plan(plan, "http://127.0.0.1:8000", {"billing": position})
        assert compile_table(routes, 1).routes[0].split.pinned == expected


def test_what_an_older_release_wrote_is_read() -> None:
    fields = {
        "monolith": "http://127.0.0.1:8000",
        "sticky": {"cookie": "sid"},
        "salt": "strangler",
        "rules": {
            "billing": {
                "upstream": "http://127.0.0.1:8101",
                "routes": [{"path": "/api/**", "methods": []}],
                "store": "shared",
                "commands": False,
            }
        },
        "positions": {"billing": {"stage": "live", "weight": 100.0, "mirrored": False}},
    }
    assert target(compile_table(from_json(fields), 1), b"/api/7") == "billing"

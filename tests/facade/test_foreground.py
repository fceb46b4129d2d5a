"""`strangler facade run` from start to end."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import sqlite3
import subprocess
import sys
import threading
from typing import Any, ClassVar

import httpx
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from .conftest import PATIENCE, Facade


def test_sessions_that_cannot_be_looked_up_are_warned_of(facade: Facade) -> None:
    names = "secret_env: SHOP_SECRET, database_env: SHOP_DB"
    session = f"{{kind: django-db, claims: {{sub: _auth_user_id}}, {names}}}"
    facade.write_plan(session=session)
    path = facade.folder / "sessions.sqlite3"
    facade.start("--watch", environment={"SHOP_SECRET": "the monolith's secret", "SHOP_DB": f"sqlite:///{path}"})
    (warning,) = facade.client.status()["warnings"]
    assert warning.startswith("sessions cannot be looked up: unable to open database file; every user is anonymous")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE django_session (session_key, session_data, expire_date)")
    facade.write_plan('"/v2/**"', session=session)
    facade.until(lambda: not facade.client.status()["warnings"], "another look")


def test_a_changed_plan_is_taken_while_it_runs_and_a_broken_one_is_not(facade: Facade) -> None:
    facade.start("--watch")
    version = facade.client.status()["version"]
    facade.plan.write_text("version: 1\n  nonsense")
    facade.write_plan('"/v2/**"')
    facade.until(lambda: facade.client.status()["version"] > version, "the new rules")
    assert facade.client.explain("GET", "/v2/who", {}, "127.0.0.1")["route"] == "billing.0"
    assert facade.client.explain("GET", "/api/who", {}, "127.0.0.1")["route"] == "default"


@pytest.mark.parametrize("which", ["listen", "admin"])
def test_a_taken_port_is_said_at_once_and_nothing_is_left_running(facade: Facade, which: str) -> None:
    address = getattr(facade, which)
    with socket.socket() as taken:
        host, port = address.split(":")
        taken.bind((host, int(port)))
        taken.listen()
        command = [sys.executable, "-m", "strangler", "facade", "run", "--plan", str(facade.plan)]
        command += ["--state", str(facade.state)]
        found = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert found.returncode == 2
    assert f"error: cannot listen on {address}" in found.stderr
    assert f"--{which} HOST:PORT" in found.stderr
    assert "worker" not in found.stderr


ROUTES = """
    {path: /methods/who, methods: [GET]}, {path: /hosts/who, hosts: ["*.shop.example", shop.test]},
    {path: /headers/who, headers: {X-Beta: "yes"}}, {path: /prefix/who, headers: {X-App: {prefix: ios-}}},
    {path: /cookies/who, cookies: {plan: {regex: "pro|team"}}}, {path: /query/who, query: {v: "2"}},
    {path: /absent/who, query: {debug: {present: false}}}, {path: /tenants/who, tenants: [acme]},
    {path: /claims/who, claims: {role: admin}}, {path: /clients/who, clients: [192.0.2.0/24]},
    {path: "/orders/{id}/who"}, {path: "/files/*.who"}, {path: "/tree/**"},
    {path: "/old/**", rewrite: {prefix: /old, to: /new}}, {path: /limited/who, limit: {rate: 1, burst: 2}}
"""


def flask_session(**values: object) -> str:
    """A session cookie as a Flask application sets it."""
    application = Flask("shop")
    application.secret_key = "the monolith's secret"
    signer = SecureCookieSessionInterface().get_signing_serializer(application)
    assert signer is not None
    return f"session={signer.dumps(values)}"


ADMIN, USER = flask_session(role="admin"), flask_session(role="user")
AT_THE_SERVICE: list[tuple[str, dict[str, str]]] = [
    ("/methods/who", {}),
    ("/hosts/who", {"host": "eu.shop.example:8080"}),
    ("/hosts/who", {"host": "SHOP.test"}),
    ("/headers/who", {"x-beta": "yes"}),
    ("/prefix/who", {"X-App": "ios-17"}),
    ("/cookies/who", {"cookie": "a=b; plan=team"}),
    ("/query/who?a=1&v=2", {}),
    ("/absent/who", {}),
    ("/tenants/who", {"x-tenant": "acme"}),
    ("/claims/who", {"cookie": ADMIN}),
    ("/clients/who", {"x-forwarded-for": "203.0.113.9, 192.0.2.7"}),
    ("/orders/7/who", {}),
    ("/files/a.who", {}),
    ("/tree/a/b/who", {}),
]
AT_THE_MONOLITH: list[tuple[str, dict[str, str]]] = [
    ("/hosts/who", {"host": "shop.example"}),
    ("/headers/who", {"x-beta": "no"}),
    ("/prefix/who", {"x-app": "android-17"}),
    ("/cookies/who", {"cookie": "plan=free"}),
    ("/query/who?v=3", {}),
    ("/absent/who?debug=", {}),
    ("/tenants/who", {"x-tenant": "other"}),
    ("/claims/who", {"cookie": USER}),
    ("/claims/who", {"cookie": f"{ADMIN.rpartition('.')[0]}.{'A' * 27}"}),
    ("/clients/who", {"x-forwarded-for": "192.0.2.7, 203.0.113.9"}),
    ("/orders/7/8/who", {}),
    ("/files/a/b.who", {}),
    ("/trees/who", {}),
]


def test_requests_are_routed_by_everything_the_plan_can_name(facade: Facade) -> None:
    facade.write_plan(
        ROUTES,
        session="{kind: flask, secret_env: SHOP_SECRET, claims: {role: role}}",
        more=', tenant: "header:X-Tenant", forwarding: {trusted: [127.0.0.0/8]}',
    )
    facade.start(environment={"SHOP_SECRET": "the monolith's secret"})
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 100, "a test")
    with httpx.Client(base_url=f"http://{facade.listen}") as client:
        for expected, requests in (("service", AT_THE_SERVICE), ("monolith", AT_THE_MONOLITH)):
            for path, headers in requests:
                assert client.get(path, headers=headers).json()["who"] == expected, (path, headers)
                target = facade.client.explain("GET", path, headers, "127.0.0.1")["target"]
                assert target == {"service": "billing"}.get(expected, expected), (path, headers)
        client.get("/old/7/who?a=%2F")
        assert facade.service.path == "/new/7/who?a=%2F"
        assert [client.get("/limited/who").status_code for _ in range(3)] == [200, 200, 429]
        assert client.request("HEAD", "/methods/who").headers["x-served-by"] == "monolith"


def test_a_flask_user_stays_where_they_are_whatever_their_session_holds(facade: Facade) -> None:
    facade.write_plan(session="{kind: flask, cookie: sid, secret_env: SHOP_SECRET, claims: {sub: user_id}}")
    facade.start(environment={"SHOP_SECRET": "the monolith's secret"})
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")

    def sides(**more: Any) -> list[str]:
        sessions = (flask_session(user_id=user, **more).replace("session=", "sid=", 1) for user in range(20))
        address = f"http://{facade.listen}/api/who"
        return [httpx.get(address, headers={"cookie": cookie}, timeout=PATIENCE).json()["who"] for cookie in sessions]

    before = sides()
    assert set(before) == {"monolith", "service"}
    assert sides(cart=[1, 2], seen="today") == before


def test_a_header_names_no_tenant_and_no_address_unless_its_sender_is_trusted(facade: Facade) -> None:
    facade.write_plan(
        "{path: /tenants/who, tenants: [acme]}, {path: /clients/who, clients: [192.0.2.0/24]}",
        more=', tenant: "header:X-Tenant", forwarding: {trusted: [192.0.2.0/24]}',
    )
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 100, "a test")
    for path, headers in (("/tenants/who", {"x-tenant": "acme"}), ("/clients/who", {"x-forwarded-for": "192.0.2.7"})):
        assert httpx.get(f"http://{facade.listen}{path}", headers=headers).json()["who"] == "monolith"
        assert facade.client.explain("GET", path, headers, "127.0.0.1")["target"] == "monolith"
    assert facade.client.explain("GET", "/tenants/who", {"x-tenant": "acme"}, "192.0.2.1")["target"] == "billing"


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes spans, as an OpenTelemetry collector does."""

    taken: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        for resource in body.get("resourceSpans", ()):
            self.taken += resource["scopeSpans"][0]["spans"]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def test_a_collector_gets_the_span_that_the_service_has_as_its_parent(facade: Facade) -> None:
    Collector.taken.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        facade.start(environment={"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{server.server_port}/v1"})
        facade.client.shadow("billing", True, "a test")
        facade.client.shift("billing", 100, "a test")
        facade.get(user=1)
        _, trace, span, _ = facade.service.headers["traceparent"].split("-")
        facade.until(lambda: bool(Collector.taken), "the span")
        server.shutdown()
    assert [(item["traceId"], item["spanId"], item["name"]) for item in Collector.taken] == [
        (trace, span, "GET /api/**")
    ]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--tls-cert", "strangler.yaml"), "cannot use the certificate"),
        (("--access-log", "none/access.log"), "cannot write the access log none/access.log"),
    ],
)
def test_what_no_worker_can_use_ends_the_start(facade: Facade, options: tuple[str, ...], reason: str) -> None:
    command = [sys.executable, "-m", "strangler", "facade", "run", "--plan", str(facade.plan), *options]
    run = subprocess.run(
        [*command, "--state", str(facade.state)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=facade.folder,
        check=False,
    )
    assert run.returncode == 2
    assert reason in run.stderr
    assert "cannot start" in run.stderr

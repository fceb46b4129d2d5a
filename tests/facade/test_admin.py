"""The admin interface over its own application: roles, ETags, refusals, what it shows. Workers are a double."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from strangler.plan import loads
from strangler_facade.admin.app import create_app
from strangler_facade.admin.metrics import lines
from strangler_facade.admin.serve import AdminServer
from strangler_facade.admin.tokens import Role, Tokens, local_token
from strangler_facade.admin.views import percentile
from strangler_facade.channel import BOUNDS
from strangler_facade.control.plane import ControlPlane, Settings

WHY = {"reason": "a test"}
PLAN = """
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}
services:
  billing: {modules: [shop.billing], routes: ["/api/invoices/**"], upstream: "http://127.0.0.1:8101"}
  payments: {modules: [shop.pay], routes: ["/pay/**"], upstream: "http://127.0.0.1:8102", rollout: {approval: true}}
  orders: {modules: [shop.orders], routes: ["/orders/**"], store: own}
"""


class FakePlane:
    async def apply(self, version: int, table: Mapping[str, Any]) -> None:
        """Take it."""


class Desk:
    """The application, served on a port of its own, with a client for each role."""

    def __init__(self, state: Path) -> None:
        settings = Settings(loads(PLAN), state, "127.0.0.1:0")
        self.control = ControlPlane(settings, on_note=lambda note: None, plane=FakePlane())
        self.tokens = Tokens(state)
        self.tokens.prepare()
        self._server = AdminServer(create_app(self.control, self.tokens), "127.0.0.1:0")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._clients: list[httpx.Client] = []

    def __enter__(self) -> Desk:
        self._thread.start()
        self._loop.call_soon_threadsafe(self._server.start)
        self.client = self._client({})
        return self

    def __exit__(self, *error: object) -> None:
        for client in self._clients:
            client.close()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        await self._server.stop()
        await self.control.webhooks.close()
        self.control.controller.store.close()

    def _client(self, headers: dict[str, str]) -> httpx.Client:
        self._clients.append(httpx.Client(base_url=f"http://{self._server.address}", headers=headers, timeout=30))
        return self._clients[-1]

    def as_(self, role: Role) -> httpx.Client:
        token = self.tokens.grant(role.name.lower(), role)
        return self._client({"authorization": f"Bearer {token}"})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        yield made


def _error(answer: Any) -> dict[str, str]:
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "hint"}
    error: dict[str, str] = body["error"]
    return error


def _paths(desk: Desk) -> list[tuple[str, str]]:
    document = desk.client.get("/openapi.json").json()
    return [(method, path) for path, methods in document["paths"].items() for method in methods]


def test_nothing_but_page_health_and_schema_answers_without_a_token(desk: Desk) -> None:
    asked = _paths(desk)
    assert len(asked) > 12
    for method, path in asked:
        if path == "/healthz":
            continue
        answer = desk.client.request(method, path.replace("{name}", "billing").replace("{number}", "1"))
        assert answer.status_code == 401, path
        assert _error(answer)["code"] == "unauthenticated"
        assert answer.headers["www-authenticate"] == "Bearer"
    assert desk.client.get("/healthz").text == "ok\n"


def test_a_wrong_token_is_no_token(desk: Desk) -> None:
    answer = desk.client.get("/v1/status", headers={"authorization": "Bearer guessed"})
    assert answer.status_code == 401


def test_a_viewer_looks_and_changes_nothing(desk: Desk) -> None:
    viewer = desk.as_(Role.VIEWER)
    assert viewer.get("/v1/status").status_code == 200
    for action in ("shift", "shadow", "stage", "rollback", "rollout", "evidence"):
        answer = viewer.post(f"/v1/services/billing/{action}", json=WHY)
        assert answer.status_code == 403, action
        assert _error(answer)["code"] == "forbidden"
    assert viewer.post("/v1/restore", json={**WHY, "version": 1}).status_code == 403


def test_an_operator_shifts_and_the_answer_shows_where_the_service_stands(desk: Desk) -> None:
    operator = desk.as_(Role.OPERATOR)
    shown = operator.post("/v1/services/billing/shadow", json={**WHY, "on": True}).json()
    assert (shown["stage"], shown["mirrored"], shown["calls"]) == ("shadow", True, "shadow")
    shown = operator.post("/v1/services/billing/shift", json={**WHY, "percent": 12.5}).json()
    assert (shown["stage"], shown["weight"], shown["calls"]) == ("canary", 12.5, "canary")
    history = operator.get("/v1/history", params={"service": "billing"}).json()
    assert [(line["actor"], line["action"], line["reason"]) for line in history] == [
        ("operator", "shift", "a test"),
        ("operator", "shadow", "a test"),
    ]
    assert operator.post("/v1/services/billing/evidence", json=WHY).status_code == 403


def test_where_the_plan_asks_for_approval_only_an_approver_raises_a_weight(desk: Desk) -> None:
    operator, approver = desk.as_(Role.OPERATOR), desk.as_(Role.APPROVER)
    operator.post("/v1/services/payments/shadow", json={**WHY, "on": True})
    assert operator.post("/v1/services/payments/shift", json={**WHY, "percent": 5}).status_code == 403
    assert approver.post("/v1/services/payments/shift", json={**WHY, "percent": 5}).status_code == 200
    assert operator.post("/v1/services/payments/shift", json={**WHY, "percent": 1}).status_code == 200
    raised = approver.get("/v1/status").json()["version"] - 1
    assert operator.post("/v1/services/payments/rollback", json=WHY).json()["weight"] == 0
    assert operator.post("/v1/services/payments/stage", json={**WHY, "stage": "live"}).status_code == 403
    assert operator.post("/v1/restore", json={**WHY, "version": raised}).status_code == 403
    assert approver.post("/v1/restore", json={**WHY, "version": raised}).status_code == 200


def test_an_edit_of_an_older_state_is_refused_by_etag(desk: Desk) -> None:
    operator = desk.as_(Role.OPERATOR)
    seen = operator.get("/v1/services/billing").headers["etag"]
    guarded = {"if-match": seen}
    first = operator.post("/v1/services/billing/shadow", json={**WHY, "on": True}, headers=guarded)
    assert first.status_code == 200
    assert first.headers["etag"] != seen
    second = operator.post("/v1/services/billing/shift", json={**WHY, "percent": 5}, headers=guarded)
    assert (second.status_code, _error(second)["code"]) == (412, "outdated")
    answer = operator.post("/v1/services/billing/shift", json={**WHY, "percent": 5}, headers={"if-match": "nonsense"})
    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/services/none/shift", {**WHY, "percent": 1}, 404, "unknown"),
        ("/v1/services/billing/shift", {**WHY, "percent": 5}, 409, "illegal-move"),
        ("/v1/services/billing/shift", {"percent": 5}, 422, "invalid"),
        ("/v1/services/billing/shift", {"percent": 5, "reason": "   "}, 422, "invalid"),
        ("/v1/services/billing/shift", {**WHY, "percent": 101}, 422, "invalid"),
        ("/v1/services/billing/shift", {**WHY, "percent": 5, "force": True}, 422, "invalid"),
        ("/v1/services/orders/shadow", {**WHY, "on": True}, 409, "illegal-move"),
        ("/v1/services/billing/rollout", {**WHY, "action": "pause"}, 409, "illegal-move"),
        ("/v1/restore", {**WHY, "version": 77}, 404, "unknown"),
        ("/v1/nothing", {}, 404, "unknown"),
        ("/v1/explain", {"path": "no/slash"}, 400, "refused"),
        ("/v1/explain", {"headers": {"a": "b\r\nc: d"}}, 400, "refused"),
    ],
)
def test_every_refusal_has_one_shape(desk: Desk, path: str, body: dict[str, Any], status: int, code: str) -> None:
    answer = desk.as_(Role.APPROVER).post(path, json=body)
    assert (answer.status_code, _error(answer)["code"]) == (status, code)


def test_a_wrong_method_is_refused_in_the_same_shape(desk: Desk) -> None:
    answer = desk.as_(Role.VIEWER).delete("/v1/status")
    assert (answer.status_code, _error(answer)["code"]) == (405, "method")


def test_versions_are_shown_and_restored(desk: Desk) -> None:
    operator = desk.as_(Role.OPERATOR)
    operator.post("/v1/services/billing/shadow", json={**WHY, "on": True})
    assert operator.get("/v1/versions/1").json()["routes"]["positions"]["billing"]["stage"] == "extracted"
    assert operator.post("/v1/restore", json={**WHY, "version": 1}).json()["version"] == 3
    assert operator.get("/v1/services/billing").json()["stage"] == "extracted"
    assert operator.get("/v1/versions/99").status_code == 404


def test_a_client_that_waits_learns_of_a_change_when_it_happens(desk: Desk) -> None:
    viewer, operator = desk.as_(Role.VIEWER), desk.as_(Role.OPERATOR)
    now = viewer.get("/v1/services/billing/state").json()
    assert (now["stage"], now["calls"], now["salt"]) == ("extracted", "local", "strangler")
    found: list[dict[str, Any]] = []
    asked = threading.Thread(
        target=lambda: found.append(
            desk.client.get(
                "/v1/services/billing/state",
                params={"after": now["version"], "wait": 30},
                headers=dict(viewer.headers),
            ).json()
        )
    )
    asked.start()
    operator.post("/v1/services/billing/shadow", json={**WHY, "on": True})
    asked.join(20)
    assert (found[0]["stage"], found[0]["version"]) == ("shadow", now["version"] + 1)


def test_all_services_are_told_in_the_form_their_clients_read(desk: Desk) -> None:
    desk.as_(Role.OPERATOR).post("/v1/services/billing/shadow", json={**WHY, "on": True})
    told = desk.as_(Role.VIEWER).get("/v1/state").json()
    assert told["services"]["billing"] == {"stage": "shadow", "percent": 0.0, "url": "http://127.0.0.1:8101"}
    assert told["services"]["orders"] == {"stage": "planned", "percent": 0.0, "url": ""}


def test_a_request_is_explained(desk: Desk) -> None:
    operator = desk.as_(Role.OPERATOR)
    operator.post("/v1/services/billing/shadow", json={**WHY, "on": True})
    operator.post("/v1/services/billing/shift", json={**WHY, "percent": 50})
    body = {"path": "/api/invoices/7", "headers": {"Cookie": "session=ada"}}
    answer = operator.post("/v1/explain", json=body).json()
    assert answer["route"] == "billing.0"
    assert answer["key_kind"] == "cookie"
    assert answer["target"] == ("billing" if answer["bucket"] < 32768 else "monolith")
    assert operator.post("/v1/explain", json={"path": "/else"}).json()["route"] == "default"


def _record(target: str, requests: int, failures: int) -> dict[str, Any]:
    buckets = [0] * (len(BOUNDS) + 1)
    buckets[10], buckets[-1] = requests - 1, 1
    counters = {"requests": requests, "failures": failures, "skipped": 1, "fallbacks": 2, "indeterminate": 0}
    return {
        "route": "billing.0",
        "target": target,
        **counters,
        "statuses": [0] * 6,
        "buckets": buckets,
        "latency_sum": 1.5,
    }


def test_prometheus_gets_every_figure_in_its_format(desk: Desk) -> None:
    worker = {"pid": 5, "worker": 0, "version": 1, "healthy": {}, "breakers": {}, "gauges": {"active": 3}}
    desk.control.tallies.take({**worker, "tallies": [_record("billing", 40, 4)]})
    text = desk.as_(Role.VIEWER).get("/metrics").text
    labels = '{service="billing",target="billing"}'
    assert f"strangler_requests_total{labels} 40" in text
    assert f"strangler_failures_total{labels} 4" in text
    assert f"strangler_answer_seconds_count{labels} 40" in text
    assert 'strangler_stage{service="billing",stage="extracted"} 1' in text
    assert 'strangler_worker_active{worker="0"} 3' in text
    sample = re.compile(r"[a-z_]+(\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*\})? [0-9.e+-]+\Z")
    for line in lines(desk.control):
        assert line.startswith("# ") or sample.match(line), line
    buckets = [int(line.rpartition(" ")[2]) for line in lines(desk.control) if "seconds_bucket" in line]
    assert buckets == sorted(buckets)


def test_a_history_that_somebody_changed_is_warned_of(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.as_(Role.OPERATOR).post("/v1/services/billing/shadow", json={"on": True, **WHY})
        sound = desk.as_(Role.VIEWER).get("/v1/status").json()["warnings"]
    with contextlib.closing(sqlite3.connect(tmp_path / "facade.sqlite3")) as database:
        database.execute("DROP TRIGGER audit_stands")
        database.execute("UPDATE audit SET reason = 'another' WHERE seq = 1")
        database.commit()
    with Desk(tmp_path) as desk:
        warned = desk.as_(Role.VIEWER).get("/v1/status").json()["warnings"]
        (said,) = set(warned) - set(sound)
        assert said.startswith("entry 1 of the history is not as it was written")


def test_a_percentile_is_the_bound_that_so_many_stay_below() -> None:
    buckets = [0] * (len(BOUNDS) + 1)
    assert percentile(buckets, 0.99) is None
    buckets[4], buckets[8] = 98, 2
    assert percentile(buckets, 0.5) == round(BOUNDS[4] * 1000, 3)
    assert percentile(buckets, 0.99) == round(BOUNDS[8] * 1000, 3)


def test_the_page_takes_nothing_from_elsewhere(desk: Desk) -> None:
    page = desk.client.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for name in ("/", "/page.css", "/page.js"):
        text = desk.client.get(name).text
        assert not re.search(r"(src|href|url\(|import|fetch\()\s*=?\s*[\"'(]?https?://", text)


def test_tokens_are_kept_as_hashes_and_can_be_taken_back(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    tokens.prepare()
    first = local_token(tmp_path)
    tokens.prepare()
    assert local_token(tmp_path) == first
    token = tokens.grant("ada", Role.OPERATOR)
    assert token not in (tmp_path / "tokens.json").read_text()
    assert (tmp_path / "tokens.json").stat().st_mode & 0o777 == 0o600
    holder = tokens.holder(token)
    assert holder is not None
    assert (holder.name, holder.role) == ("ada", Role.OPERATOR)
    tokens.revoke("ada")
    assert tokens.holder(token) is None

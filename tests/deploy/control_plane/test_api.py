from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from strangler_deploy.control_plane.api.app import create_app
from strangler_deploy.control_plane.api.bell import Bell
from strangler_deploy.control_plane.api.witness import LARGEST_BODY
from strangler_deploy.control_plane.identity.tokens import Claims, Verifier
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.store.store import Store, StoreError

from .conftest import PRICES, World

TENANTS = ("acme-4711", "globex-0815", "initech-2342")

# What is sent to each endpoint that takes a body; a new one has to be given its own here.
BODIES: Mapping[str, Any] = {
    "Onboarding": {"tenant": {"id": "newcomer"}},
    "Change": {"patch": {"name": "Mine now"}},
    "Subscription": {"price_list": "standard"},
    "Invitation": {"email": "eve@example.com"},
    "Acceptance": {"secret": "guessed"},
    "UsageBatch": {"events": []},
    "Billing": {"period": "2026-10"},
    "PriceList": PRICES,
}


def _operations() -> Iterator[tuple[str, str]]:
    plane = Plane(None, Verifier([], Claims()), lambda: datetime.now(UTC))  # type: ignore[arg-type]
    for path, item in create_app(plane).openapi()["paths"].items():
        for method in item:
            if path.startswith("/v1/"):
                yield method.upper(), path


OPERATIONS = sorted(_operations())


def _event(tenant: str) -> dict[str, Any]:
    at = "2026-10-03T00:00:00Z"
    return {"source": "t", "id": tenant, "tenant": tenant, "service": "billing", "quantity": 50, "at": at}


@pytest.fixture
def full(world: World) -> World:
    """Three tenants with everything that a tenant can have."""
    world.clock.moment = datetime(2026, 10, 2, tzinfo=UTC)
    world.onboard(*TENANTS)
    operator = world.client()
    assert operator.post("/v1/usage", json={"events": [_event(tenant) for tenant in TENANTS]}).status_code == 200
    world.clock.moment = datetime(2026, 11, 2, tzinfo=UTC)
    assert len(operator.post("/v1/invoices", json={"period": "2026-10"}).json()["made"]) == 3
    for tenant in TENANTS:
        form = {"email": f"boss@{tenant}.example.com"}
        assert (
            world.client("administrator", tenant).post(f"/v1/tenants/{tenant}/invitations", json=form).status_code
            == 201
        )
    return world


def _ask(world: World, method: str, path: str, owner: str, caller: str, number: int) -> Any:
    operation = world.app.openapi()["paths"][path][method.lower()]
    headers = {"if-match": '"2"'}
    # The tenants were onboarded, invoiced and given a user in the same order: each has the same number of them all.
    filled = path.replace("{tenant}", owner)
    for name in ("{request_id}", "{number}", "{user}"):
        filled = filled.replace(name, str(number))
    filled = filled.replace("{name}", "standard")
    assert "{" not in filled, f"a parameter that this test does not know: {path}"
    given: dict[str, Any] = {"headers": headers}
    if any(
        parameter["name"] == "tenant" and parameter["in"] == "query" for parameter in operation.get("parameters", ())
    ):
        given["params"] = {"tenant": owner}
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        given["json"] = BODIES[schema.removesuffix("-Input")]
    return world.client("administrator", caller).request(method, filled, **given)


def _state_of(world: World, tenant: str) -> str:
    operator = world.client()
    paths = (f"/v1/tenants/{tenant}", f"/v1/tenants/{tenant}/users", f"/v1/tenants/{tenant}/usage")
    lists = (f"/v1/requests?tenant={tenant}", f"/v1/invoices?tenant={tenant}", f"/v1/events?tenant={tenant}")
    return "".join(operator.get(path).text for path in (*paths, *lists))


def test_no_tenants_token_sees_or_changes_anothers_through_any_endpoint(full: World) -> None:
    before = {tenant: _state_of(full, tenant) for tenant in TENANTS}
    seen = [
        f"{method} {path}: {caller} at {owner}: {leak}"
        for method, path in OPERATIONS
        for caller, owner in itertools.permutations(TENANTS, 2)
        if (leak := _leak(full, method, path, owner, caller))
    ]
    assert seen == []
    assert {tenant: _state_of(full, tenant) for tenant in TENANTS} == before
    assert len(OPERATIONS) >= 25, "the OpenAPI document has every endpoint"


def _leak(world: World, method: str, path: str, owner: str, caller: str) -> str:
    """What the caller learns of the owner; what is another's has to look as if it did not exist."""
    number, nobody = TENANTS.index(owner) + 1, "nobody-0000"
    answer = _ask(world, method, path, owner, caller, number)
    if answer.is_success:
        return answer.text if owner in answer.text else ""
    none = _ask(world, method, path, nobody, caller, 999)
    same = none.text.replace(nobody, owner).replace("999", str(number))
    is_hidden = answer.status_code == none.status_code in (403, 404) and answer.text == same
    return "" if is_hidden else f"{answer.status_code} {answer.text}"


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda value: str(value))
def test_without_a_token_nothing_is_told(world: World, method: str, path: str) -> None:
    filled = path.replace("{tenant}", "acme").replace("{name}", "standard")
    for name in ("{request_id}", "{number}", "{user}"):
        filled = filled.replace(name, "1")
    body = BODIES["Billing"] if method in ("POST", "PUT", "PATCH") else None
    operation = world.app.openapi()["paths"][path][method.lower()]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        body = BODIES[schema.removesuffix("-Input")]
    client = world.client()
    answer = client.request(method, filled, headers={"authorization": "Bearer nonsense"}, json=body)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_meter_may_report_usage_and_nothing_else(full: World) -> None:
    meter = full.client("meter")
    assert meter.post("/v1/usage", json={"events": [_event("acme-4711")]}).json()["duplicates"] == 1
    for path in ("/v1/tenants", "/v1/requests", "/v1/events", "/v1/invoices", "/v1/audit", "/v1/price-lists/standard"):
        assert meter.get(path).status_code == 403
    assert full.client("administrator", "acme-4711").post("/v1/usage", json={"events": []}).status_code == 403


def test_every_refusal_is_a_problem_with_its_title_and_detail(world: World) -> None:
    operator = world.client()
    asked = [
        operator.get("/v1/tenants/acme"),
        operator.get("/v1/nothing"),
        operator.get("/v1/tenants?limit=0"),
        operator.request("POST", "/v1/tenants", content=b"{"),
        operator.post("/v1/tenants", json={"tenant": {"id": "acme"}}),
        operator.request("DELETE", "/v1/me"),
    ]
    assert [answer.status_code for answer in asked] == [404, 404, 422, 422, 409, 405]
    for answer in asked:
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["status"] == answer.status_code
        assert body["title"]
        assert body["detail"]


def test_all_mistakes_of_a_request_are_told_with_their_places(world: World) -> None:
    world.onboard("acme")
    answer = world.client().post("/v1/tenants", json={"tenant": {"id": "Not A Label", "colour": "red"}})
    assert {mistake["location"] for mistake in answer.json()["errors"]} == {"body.tenant.id", "body.tenant.colour"}
    patch = {"patch": {"quota": {"cpu": "many"}}}
    answer = world.client().patch("/v1/tenants/acme", json=patch, headers={"if-match": '"2"'})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == "body.quota.cpu"


def test_the_same_key_is_answered_again_and_done_once(world: World) -> None:
    world.onboard()
    operator, key = world.client(), {"idempotency-key": "k-1"}
    first = operator.post("/v1/tenants", json={"tenant": {"id": "acme"}}, headers=key)
    again = operator.post("/v1/tenants", json={"tenant": {"id": "acme"}}, headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"] == "/v1/requests/1"
    assert again.headers["idempotent-replayed"] == "true"
    other = operator.post("/v1/tenants", json={"tenant": {"id": "globex"}}, headers=key)
    assert other.status_code == 422
    somebody = world.client(subject="somebody")
    assert somebody.post("/v1/tenants", json={"tenant": {"id": "globex"}}, headers=key).status_code == 202


def test_the_same_key_at_the_same_time_is_done_once(world: World) -> None:
    world.onboard()
    operator, answers = world.client(), []

    def ask() -> None:
        form = {"tenant": {"id": "acme"}}
        answers.append(operator.post("/v1/tenants", json=form, headers={"idempotency-key": "k"}))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(202, 1)}


def test_a_change_names_the_version_it_is_based_on(world: World) -> None:
    world.onboard("acme")
    operator, change = world.client(), {"patch": {"name": "A"}}
    tag = operator.get("/v1/tenants/acme").headers["etag"]
    assert operator.get("/v1/tenants/acme", headers={"if-none-match": tag}).status_code == 304
    assert operator.patch("/v1/tenants/acme", json=change).status_code == 428
    assert operator.patch("/v1/tenants/acme", json=change, headers={"if-match": '"99"'}).status_code == 412
    assert operator.patch("/v1/tenants/acme", json=change, headers={"if-match": "nonsense"}).status_code == 412
    answer = operator.patch("/v1/tenants/acme", json=change, headers={"if-match": tag})
    assert answer.status_code == 202
    assert answer.headers["etag"] != tag
    assert operator.get("/v1/tenants/acme").headers["etag"] == answer.headers["etag"]


def test_pages_hold_everything_once(world: World) -> None:
    names = [f"tenant-{number}" for number in range(7)]
    world.onboard(*names)
    operator = world.client()
    for path, key in (("/v1/tenants", "id"), ("/v1/requests", "id"), ("/v1/events", "id"), ("/v1/audit", "id")):
        whole = [item[key] for item in operator.get(f"{path}?limit=200").json()["items"]]
        found, cursor = [], ""
        while cursor is not None and len(found) <= len(whole):
            page = operator.get(f"{path}?limit=3{cursor and f'&cursor={cursor}'}").json()
            found += [item[key] for item in page["items"]]
            cursor = page["next"]
        assert [item for item in found if item in whole] == whole, path


def test_suspending_and_resuming_says_so_in_the_tenants_file(world: World) -> None:
    world.onboard("acme")
    operator = world.client()
    for action, standing, says in (("suspend", "suspended", True), ("resume", "active", None)):
        tag = operator.get("/v1/tenants/acme").headers["etag"]
        assert operator.post(f"/v1/tenants/acme/{action}", headers={"if-match": tag}).status_code == 202
        world.outbox.empty()
        row = operator.get("/v1/tenants/acme").json()
        assert (row["standing"], row["document"].get("suspended")) == (standing, says)


def test_a_body_that_is_too_large_is_refused_and_on_record(world: World) -> None:
    operator = world.client()
    body = json.dumps({"events": []}).encode() + b" " * LARGEST_BODY
    assert operator.request("POST", "/v1/usage", content=body).status_code == 413
    assert operator.get("/v1/audit").json()["items"][0]["status"] == 413


def test_without_a_record_there_is_no_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*parts: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("strangler_deploy.control_plane.audit.record", full)
    answer = world.client().get("/v1/me")
    assert answer.status_code == 503
    assert "disk is full" in answer.json()["detail"]


def test_health_and_metrics_need_no_token(full: World) -> None:
    operator = full.client()
    nobody = {"authorization": ""}
    assert operator.get("/livez", headers=nobody).json() == operator.get("/readyz", headers=nobody).json()
    text = operator.get("/metrics", headers=nobody).text
    assert 'strangler_tenants{standing="active"} 3' in text
    assert 'strangler_usage_units_total{tenant="acme-4711",service="billing",metric="requests"} 50' in text


def test_a_request_is_streamed_until_it_is_final(world: World) -> None:
    world.onboard()
    operator = world.client()
    operator.post("/v1/tenants", json={"tenant": {"id": "evil", "tier": "gold"}})
    world.outbox.on_change = world.app.state.bell.ring
    worker = threading.Thread(target=world.outbox.empty)
    worker.start()
    stream = operator.get("/v1/requests/1/stream")
    worker.join()
    assert stream.headers["content-type"].startswith("text/event-stream")
    names = [line.removeprefix("event: ") for line in stream.text.splitlines() if line.startswith("event: ")]
    assert names[-1] == "failed"
    assert names == sorted(set(names), key=["pending", "failed"].index)


def test_a_bell_that_rings_between_looking_and_waiting_is_heard() -> None:
    async def story() -> tuple[bool, bool]:
        bell = Bell()
        heard = bell.next()
        await asyncio.to_thread(bell.ring)
        return await bell.wait(heard, 5), await bell.wait(bell.next(), 0.01)

    assert asyncio.run(story()) == (True, False)


def test_invoices_can_be_read_proved_and_exported(full: World) -> None:
    admin = full.client("administrator", "acme-4711")
    (invoice,) = admin.get("/v1/invoices?period=2026-10").json()["items"]
    assert invoice["total"] == "100.40"
    assert admin.get(f"/v1/invoices/{invoice['id']}").json() == invoice
    assert admin.get(f"/v1/invoices/{invoice['id']}/proof").json()["reproduces"] is True
    rows = admin.get("/v1/invoices/export").text.splitlines()
    assert rows[0].startswith("invoice,tenant,period,currency,line_text")
    assert len(rows) == 3


def test_a_subscription_changes_the_price_list_from_now_on(world: World) -> None:
    world.onboard("acme")
    operator = world.client()
    assert operator.put("/v1/price-lists/premium", json=PRICES).json()["version"] == 1
    assert operator.put("/v1/price-lists/premium", json=PRICES).status_code == 428
    assert operator.put("/v1/price-lists/premium", json=PRICES, headers={"if-match": '"1"'}).json()["version"] == 2
    assert operator.get("/v1/price-lists/premium").json()["content"]["currency"] == "EUR"
    match = {"if-match": operator.get("/v1/tenants/acme").headers["etag"]}
    changed = operator.put("/v1/tenants/acme/subscription", json={"price_list": "premium"}, headers=match)
    assert changed.json()["price_list"] == "premium"
    match = {"if-match": changed.headers["etag"]}
    none = operator.put("/v1/tenants/acme/subscription", json={"price_list": "none"}, headers=match)
    assert none.status_code == 409


def test_a_store_that_is_gone_is_503_and_not_a_bug(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client()

    def gone(self: Store) -> Any:
        raise StoreError("the database fails")

    monkeypatch.setattr(Store, "read", gone)
    assert client.get("/readyz").status_code == 503
    assert client.get("/v1/tenants").status_code == 503

"""The control plane with real processes: workers that split, die and are taken over, over loopback."""

from __future__ import annotations

import os
import signal
import time

import httpx

from strangler.errors import StranglerError
from strangler_facade import identity_key
from strangler_facade.sessions.jwt import Keys, sign, verify

from .conftest import Facade


def test_a_shift_holds_in_every_worker_when_it_returns_and_users_stay_where_they_are(facade: Facade) -> None:
    facade.workers = 2
    facade.start()
    assert facade.split() == 0
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 40, "a test")
    split = facade.split()
    assert 12 <= split <= 36
    assert facade.split() == split
    facade.client.shift("billing", 100, "a test")
    assert facade.split() == 60
    assert facade.client.rollback("billing", "a test")["stage"] == "shadow"
    assert facade.split() == 0
    assert facade.stop() == 0


def test_a_dead_service_sends_everybody_back_by_itself_and_no_customer_notices(facade: Facade) -> None:
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    with facade.load() as statuses:
        facade.until(lambda: len(statuses) > 100, "traffic")
        facade.service.stop()
        facade.until(lambda: facade.client.service("billing")["weight"] == 0, "the way back")
        seen = len(statuses)
        facade.until(lambda: len(statuses) > seen + 30, "traffic afterwards")
    assert set(statuses) == {200}
    (line, *_) = facade.client.history(service="billing")
    assert (line["actor"], line["action"]) == ("gate:error_excess", "retreat")
    facade.restart_service()
    facade.client.shift("billing", 50, "it is well again")
    # A worker's breaker closes with its next probe, some moments after the service is back.
    facade.until(lambda: facade.split() > 10, "users at the service again")


def test_a_killed_control_plane_fails_no_request_and_its_workers_are_taken_over(facade: Facade) -> None:
    facade.workers = 2
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    split = facade.split()
    facade.until(lambda: len(facade.pids()) == 2, "both workers to report")
    pids = facade.pids()
    with facade.load() as statuses:
        facade.until(lambda: len(statuses) > 30, "traffic")
        facade.kill()
        assert facade.split() == split
        facade.start()
        facade.until(lambda: facade.pids() == pids, "the same workers to report")
        facade.client.shift("billing", 100, "the new one steers them")
        facade.until(lambda: len(statuses) > 100, "traffic afterwards")
    assert set(statuses) == {200}
    assert facade.split() == 60


def test_a_killed_worker_is_replaced_and_what_it_counted_is_kept(facade: Facade) -> None:
    facade.workers = 2
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")

    def counted() -> int:
        service = facade.client.service("billing")
        total: int = service["service"]["requests"] + service["monolith"]["requests"]
        return total

    facade.split()
    facade.until(lambda: counted() >= 60, "the counters")
    before = facade.pids()
    os.kill(before[0], signal.SIGKILL)
    facade.until(lambda: before[0] not in facade.pids(), "the worker to be missed")
    facade.split()
    facade.until(lambda: counted() >= 120, "the counters of both")
    facade.until(lambda: len(facade.pids()) == 2, "another worker")


def test_a_killed_shadow_process_fails_no_request_and_another_goes_on_comparing(facade: Facade) -> None:
    facade.start()
    facade.client.shadow("billing", True, "a test")

    def compared() -> int:
        routes = facade.client.differences().values()
        return sum(route["pairs"] for route in routes)

    with facade.load() as statuses:
        facade.until(lambda: compared() > 10, "pairs")
        (before,) = facade.shadow_pids()
        os.kill(before, signal.SIGKILL)
        facade.until(lambda: facade.shadow_pids() not in ([], [before]), "another shadow process")
        facade.until(lambda: 0 < compared() < 10_000, "pairs of the new one")
    assert set(statuses) == {200}


def test_a_full_disk_refuses_shifts_and_still_lets_everybody_go_back(facade: Facade) -> None:
    facade.start(limit=640 * 1024)
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    refusal: StranglerError | None = None
    for step in range(2000):
        try:
            facade.client.shift("billing", 30 + step % 20, "x" * 400)
        except StranglerError as error:
            refusal = error
            break
    assert refusal is not None
    assert "cannot write" in refusal.message
    with facade.load() as statuses:
        facade.service.broken = True
        facade.until(lambda: facade.client.service("billing")["weight"] == 0, "the way back")
        seen = len(statuses)
        facade.until(lambda: len(statuses) > seen + 30, "traffic afterwards")
    assert facade.split() == 0


def test_mirrored_answers_are_compared_in_a_process_of_their_own(facade: Facade) -> None:
    facade.start()
    facade.client.shadow("billing", True, "a test")
    with httpx.Client(base_url=f"http://{facade.listen}") as customer:
        for _ in range(60):
            customer.get("/api/who")
            customer.get("/api/same")
    facade.until(lambda: facade.client.service("billing")["compared"] > 20, "compared answers")
    facade.until(lambda: facade.client.service("billing")["shadowed"] == 120, "the very first ones too")
    (findings,) = facade.client.differences(service="billing").values()
    assert [field["field"] for field in findings["fields"]] == ["json:$.who"]
    assert findings["fields"][0]["differed"] < findings["pairs"]


def test_the_service_is_told_who_asks_and_never_what_a_customer_claims(facade: Facade) -> None:
    facade.write_plan(session="{kind: jwt, claims: {sub: user}, cookie: sid, secret_env: SHOP_SECRET}")
    facade.start(environment={"SHOP_SECRET": "the monolith's secret"})
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 100, "a test")
    token = sign({"user": "ada", "exp": time.time() + 600}, "the monolith's secret")
    forged = {"X-Strangler-Identity": "made up"}
    httpx.get(f"http://{facade.listen}/api/who", headers={"cookie": f"sid={token}", **forged})
    identity = facade.service.headers["x-strangler-identity"]
    claims = verify(identity, Keys([identity_key(facade.state, "billing")], {}), time.time(), "strangler", "billing")
    assert claims is not None
    assert claims["sub"] == "ada"
    httpx.get(f"http://{facade.listen}/api/who", headers=forged)
    assert "x-strangler-identity" not in facade.service.headers

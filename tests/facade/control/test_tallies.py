from __future__ import annotations

from typing import Any

from strangler_facade.channel import BOUNDS
from strangler_facade.control.tallies import Tallies, service_of


def message(pid: int, *records: tuple[str, str, int]) -> dict[str, Any]:
    """What a worker says: (route, target, requests) each, a tenth of them failed."""
    tallies = []
    for route, target, requests in records:
        buckets = [0] * (len(BOUNDS) + 1)
        buckets[5] = requests
        counters = {"requests": requests, "failures": requests // 10, "latency_sum": requests * 0.01}
        tallies.append({"route": route, "target": target, **counters, "statuses": [0] * 6, "buckets": buckets})
    return {"pid": pid, "worker": pid, "tallies": tallies}


def requests(tallies: Tallies) -> dict[tuple[str, str], int]:
    return {key: tally.requests for key, tally in tallies.total().items()}


def test_workers_are_added_up_by_service_and_target() -> None:
    tallies = Tallies()
    tallies.take(message(1, ("billing.0", "billing", 10), ("billing.1", "billing", 5), ("default", "monolith", 7)))
    tallies.take(message(2, ("billing.0", "billing", 30)))
    assert requests(tallies) == {("billing", "billing"): 45, ("", "monolith"): 7}
    assert tallies.total()["billing", "billing"].buckets[5] == 45
    assert [worker["pid"] for worker in tallies.workers()] == [1, 2]


def test_a_worker_that_is_gone_keeps_its_last_figures() -> None:
    tallies = Tallies()
    tallies.take(message(1, ("billing.0", "billing", 10)))
    tallies.lost(1)
    tallies.take(message(2, ("billing.0", "billing", 3)))
    assert requests(tallies) == {("billing", "billing"): 13}
    tallies.lost(99)
    assert len(tallies.workers()) == 1


def test_a_worker_that_was_taken_over_counts_from_where_it_stood() -> None:
    tallies = Tallies()
    tallies.adopted(1)
    tallies.take(message(1, ("billing.0", "billing", 1000)))
    assert requests(tallies) == {("billing", "billing"): 0}
    tallies.take(message(1, ("billing.0", "billing", 1010), ("billing.1", "billing", 2)))
    assert requests(tallies) == {("billing", "billing"): 12}
    tallies.lost(1)
    assert requests(tallies) == {("billing", "billing"): 12}
    assert tallies.total()["billing", "billing"].failures == 1


def test_a_routes_service_is_in_its_name() -> None:
    assert (service_of("billing.0"), service_of("default")) == ("billing", "")

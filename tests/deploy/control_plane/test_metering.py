from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from strangler_deploy.control_plane.metering.ingest import Taken, ingest
from strangler_deploy.control_plane.metering.usage import by_day, in_month, in_month_by_events
from strangler_deploy.control_plane.store.store import Store


@dataclass(frozen=True)
class Use:
    id: str
    tenant: str = "acme"
    service: str = "billing"
    metric: str = "requests"
    quantity: int = 1
    at: datetime = datetime(2026, 10, 5, tzinfo=UTC)
    source: str = "facade"


def _drawn(count: int) -> list[Use]:
    draw = random.Random(3)
    return [
        Use(
            f"e{number}",
            draw.choice(["acme", "globex", "initech"]),
            draw.choice(["billing", "orders"]),
            draw.choice(["requests", "bytes"]),
            draw.randrange(10**9),
            datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=draw.randrange(44_640)),
        )
        for number in range(count)
    ]


def test_totals_are_exact_whatever_comes_twice_or_late(database: str) -> None:
    store, draw, events = Store(database), random.Random(5), _drawn(6000)
    sent = [*events, *draw.sample(events, 600)]
    draw.shuffle(sent)
    taken = Taken(0, 0, ())
    for start in range(0, len(sent), 500):
        with store.write() as connection:
            batch = ingest(connection, sent[start : start + 500])
        taken = Taken(taken.accepted + batch.accepted, taken.duplicates + batch.duplicates, batch.conflicts)
    assert taken == Taken(6000, 600, ())
    expected: Counter[tuple[str, str, str]] = Counter()
    for event in events:
        expected[event.tenant, event.service, event.metric] += event.quantity
    with store.read() as connection:
        for tenant in ("acme", "globex", "initech"):
            month = in_month(connection, tenant, "2026-10")
            assert month == {key[1:]: value for key, value in expected.items() if key[0] == tenant}
            assert month == in_month_by_events(connection, tenant, "2026-10", 10**9)
            assert sum(row["quantity"] for row in by_day(connection, tenant, "2026-10-01", "2026-10-31")) == sum(
                month.values()
            )
    store.close()


def test_batches_that_come_at_the_same_time_count_once(database: str) -> None:
    store, events = Store(database), _drawn(1000)

    def send(seed: int) -> None:
        mine = random.Random(seed).sample(events, len(events))
        for start in range(0, len(mine), 250):
            with store.write() as connection:
                ingest(connection, mine[start : start + 250])

    threads = [threading.Thread(target=send, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        total = sum(sum(in_month(connection, tenant, "2026-10").values()) for tenant in ("acme", "globex", "initech"))
    assert total == sum(event.quantity for event in events)
    store.close()


@pytest.mark.parametrize(
    "change",
    [{"tenant": "b"}, {"service": "b"}, {"metric": "b"}, {"quantity": 2}, {"at": datetime(2026, 10, 6, tzinfo=UTC)}],
)
def test_an_id_that_comes_back_for_something_else_does_not_count_and_is_told(
    database: str, change: dict[str, object]
) -> None:
    store, first = Store(database), Use("1")
    with store.write() as connection:
        assert ingest(connection, [first]) == Taken(1, 0, ())
        assert ingest(connection, [first, replace(first, **change)]) == Taken(0, 1, ("1",))  # type: ignore[arg-type]
        assert in_month(connection, "acme", "2026-10") == {("billing", "requests"): 1}
    store.close()


def test_the_same_id_of_another_source_is_another_event(database: str) -> None:
    store = Store(database)
    with store.write() as connection:
        assert ingest(connection, [Use("1"), Use("1", source="other"), Use("1")]) == Taken(2, 1, ())
        assert ingest(connection, []) == Taken(0, 0, ())
    store.close()


def test_a_day_is_a_day_in_utc(database: str) -> None:
    store = Store(database)
    late = datetime(2026, 11, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    with store.write() as connection:
        ingest(connection, [Use("1", at=late)])
        assert [row["day"] for row in by_day(connection, "acme", "2026-10-01", "2026-11-30")] == ["2026-10-31"]
    store.close()


def test_sums_far_beyond_32_bits_and_the_exact_range_of_floats_stay_exact(database: str) -> None:
    store = Store(database)
    with store.write() as connection:
        ingest(connection, [Use(str(number), quantity=10**12) for number in range(9500)] + [Use("one")])
        assert in_month(connection, "acme", "2026-10") == {("billing", "requests"): 9500 * 10**12 + 1}
    store.close()

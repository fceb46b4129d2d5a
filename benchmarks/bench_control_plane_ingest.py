"""Usage events taken in: 1,000,000 with 10 % sent twice and all out of order, against what the database alone can do.

The limit in the same run is the plain insert of the same rows, without telling twice from once and without sums.
Measured are events per second of CPU (SQLite works in our process; on PostgreSQL of the clock), and whether every total
is exact. PostgreSQL takes part where an empty database of it is given.

Usage: [POSTGRESQL=postgresql://…] python benchmarks/bench_control_plane_ingest.py [EVENTS]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from figures import Figure, report, status
from sources import POSTGRESQL, missing
from sqlalchemy import insert

from strangler_deploy.control_plane.metering.ingest import ingest
from strangler_deploy.control_plane.metering.usage import in_month
from strangler_deploy.control_plane.store.store import Store
from strangler_deploy.control_plane.store.tables import usage_events

BATCH = 5000
TARGET = 5000
START = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Use:
    """One event."""

    source: str
    id: str
    tenant: str
    service: str
    metric: str
    quantity: int
    at: datetime


def drawn(count: int) -> list[Use]:
    """Events of 100 tenants and 5 services over one month."""
    draw = random.Random(1)
    return [
        Use(
            f"facade-{draw.randrange(4)}",
            f"e{number}",
            f"tenant-{draw.randrange(100)}",
            f"service-{draw.randrange(5)}",
            "requests",
            draw.randrange(1, 10_000),
            START + timedelta(minutes=draw.randrange(44_640)),
        )
        for number in range(count)
    ]


def measured(store: Store, sent: list[Use]) -> tuple[float, float, int]:
    """Seconds of the clock and of our CPU, and how many counted."""
    wall, cpu, accepted = time.perf_counter(), time.process_time(), 0
    for start in range(0, len(sent), BATCH):
        with store.write() as connection:
            accepted += ingest(connection, sent[start : start + BATCH]).accepted
    return time.perf_counter() - wall, time.process_time() - cpu, accepted


def plain(url: str, sent: list[Use]) -> float:
    """Seconds for the bare insert of rows that are all new."""
    store, began = Store(url), time.perf_counter()
    for start in range(0, len(sent), BATCH):
        rows = [
            {
                "source": "plain",
                "id": f"{start}-{number}",
                "tenant": use.tenant,
                "service": use.service,
                "metric": use.metric,
                "day": use.at.strftime("%Y-%m-%d"),
                "quantity": use.quantity,
            }
            for number, use in enumerate(sent[start : start + BATCH])
        ]
        with store.write() as connection:
            connection.execute(insert(usage_events), rows)
    store.close()
    return time.perf_counter() - began


def compared(kind: str, url: str, bare_url: str, count: int) -> None:
    """Measure one kind of store, and the bare insert of a tenth into ``bare_url``."""
    events, draw = drawn(count), random.Random(2)
    sent = [*events, *draw.sample(events, count // 10)]
    draw.shuffle(sent)
    store = Store(url)
    wall, cpu, accepted = measured(store, sent)
    wrong = float(not exact(store, events)) + abs(accepted - count)
    store.close()
    small = sent[: count // 10]
    bare = plain(bare_url, small) / len(small)
    # SQLite works in our process; of PostgreSQL's work only the clock knows, and of everything else's on the machine.
    rate = len(sent) / (cpu if kind == "SQLite" else wall)
    print(f"{len(sent):,} events sent, {accepted:,} counted; {len(sent) / wall:,.0f} a second by the clock")
    report(
        Figure("control plane", f"usage events on {kind}", rate, "/s of a core", target=TARGET, higher=True),
        Figure("control plane", f"totals and counts that are wrong on {kind}", wrong, target=0),
        Figure("control plane", f"an event taken in by {kind}", wall / len(sent) / bare, "x", "its plain insert"),
    )


def exact(store: Store, events: list[Use]) -> bool:
    """Whether the sum of each tenant is what was sent once."""
    expected: Counter[str] = Counter()
    for use in events:
        expected[use.tenant] += use.quantity
    with store.read() as connection:
        return all(sum(in_month(connection, name, "2026-10").values()) == n for name, n in expected.items())


def main() -> None:
    """Measure both stores, or the one that is there."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = (f"sqlite:///{Path(folder) / name}.db" for name in ("usage", "plain"))
        compared("SQLite", ours, bare, count)
    if not missing("control plane", "usage events on PostgreSQL", POSTGRESQL):
        compared("PostgreSQL", POSTGRESQL.given, POSTGRESQL.given, count)


if __name__ == "__main__":
    main()
    sys.exit(status())

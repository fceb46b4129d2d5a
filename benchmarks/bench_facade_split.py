"""How exactly a split meets its percentage among 100,000 users, and whether a rising weight moves anybody back.

The error is mostly chance: at 50 % of 100,000 users one standard deviation of it is 0.16 points, whatever the hash.
So the figure held against the target is the median over weights and populations; the worst is held against the floor.

    python benchmarks/bench_facade_split.py
"""

from __future__ import annotations

import statistics
import sys

from figures import Figure, report, status

from strangler_facade.decide import Router
from strangler_facade.match import Request
from strangler_facade.table import Match, Route, RouteTable, Share, Split, StickyKey, Target

USERS = 100_000
PERCENTAGES = (1, 5, 10, 25, 50, 75, 90, 99)
FLOOR, TARGET = 0.5, 0.2


def router(percent: float, salt: str) -> Router:
    targets = (Target("monolith", "http://127.0.0.1:1"), Target("billing", "http://127.0.0.1:2"))
    split = Split("monolith", (Share("billing", percent),), (StickyKey("cookie", "sid"),), salt)
    return Router(RouteTable(1, targets, "monolith", (Route("all", Match(("/**",)), split),)))


def main() -> None:
    requests = [Request(b"GET", b"/x", cookie=b"sid=user-%d" % number) for number in range(USERS)]
    errors, back = [], 0
    for salt in ("strangler", "billing", "orders"):
        before = [False] * USERS
        for percent in PERCENTAGES:
            decide = router(percent, salt).decide
            moved = [decide(request).target.name == "billing" for request in requests]
            errors.append(abs(100 * sum(moved) / USERS - percent))
            back += sum(was and not now for was, now in zip(before, moved, strict=True))
            before = moved
    median, worst = statistics.median(errors), max(errors)
    report(
        Figure("facade", f"split error at {USERS:,} users, median", median, "points", floor=FLOOR, target=TARGET),
        Figure("facade", f"split error at {USERS:,} users, worst of {len(errors)}", worst, "points", floor=FLOOR),
        Figure("facade", "users moved back by a rising weight", back, target=0),
    )


if __name__ == "__main__":
    main()
    sys.exit(status())

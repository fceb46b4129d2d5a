"""How exactly a split meets its percentage among 100,000 users, and whether a rising weight moves anybody back.

The error is mostly chance: at 50 % of 100,000 users one standard deviation of it is 0.16 points, whatever the hash.
So the figure held against the target (0.2 points) is the median over weights and populations; the worst is held
against 0.5.

    python benchmarks/bench_facade_split.py
"""

from __future__ import annotations

import statistics
import sys

from strangler_facade.decide import Router
from strangler_facade.match import Request
from strangler_facade.table import Match, Route, RouteTable, Share, Split, StickyKey, Target

USERS = 100_000
PERCENTAGES = (1, 5, 10, 25, 50, 75, 90, 99)
LIMIT, WORST = 0.2, 0.5


def router(percent: float, salt: str) -> Router:
    targets = (Target("monolith", "http://127.0.0.1:1"), Target("billing", "http://127.0.0.1:2"))
    split = Split("monolith", (Share("billing", percent),), (StickyKey("cookie", "sid"),), salt)
    return Router(RouteTable(1, targets, "monolith", (Route("all", Match(("/**",)), split),)))


def main() -> int:
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
    print(f"split error at {USERS} users: median {median:.3f} points = {median / LIMIT:.2f} of the target")
    print(f"split error at {USERS} users: worst of {len(errors)} {worst:.3f} points = {worst / WORST:.2f} of the floor")
    print(f"users moved back by a rising weight: {back} (limit 0)")
    return 0 if median <= LIMIT and worst <= WORST and not back else 1


if __name__ == "__main__":
    sys.exit(main())

"""The rollouts' page, with tables that the gates themselves fill in."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan import AbortIf
from strangler_facade.rollouts.counts import Counts, Reading
from strangler_facade.rollouts.gates import ALPHA, judge


def rollouts_reference() -> str:
    """The page, as Markdown."""
    days = 1 / ALPHA / 4 / 86400
    certainty = f"""
Here `α` is {ALPHA:g}: a service that sits exactly at its limit all the time is sent back wrongly at most once in {days:.0f} days on average.

## How many requests it takes

The service's requests until it is sent back, the monolith having nine times as many and failing never, `error_excess: 0.01`:

| share that fails | requests to the service |
|---|---|
"""
    return _INTRO + certainty + "".join(_rows()) + _OUTRO


def _rows() -> Iterator[str]:
    for percent in (100, 50, 20, 10, 5, 2):
        yield f"| {percent} % | {requests_needed(percent / 100)} |\n"


def requests_needed(share: float, ratio: int = 9) -> int:
    """Requests to the service until the error gate is breached, failures coming as evenly as they can."""
    requests = 0
    while True:
        requests += 1
        window = Reading(1.0, Counts(requests, int(requests * share)), Counts(requests * ratio))
        if judge([window], AbortIf()) is not None:
            return requests

"""The rollouts' page, with tables that the gates themselves fill in."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan import AbortIf
from strangler_facade.references.fill import filled
from strangler_facade.rollouts.counts import STARTS_PER_SECOND, Counts, Reading
from strangler_facade.rollouts.gates import ALPHA, judge


def rollouts_reference() -> str:
    """The page, as Markdown."""
    days = 1 / ALPHA / STARTS_PER_SECOND / 86400
    return filled("rollouts", alpha=f"{ALPHA:g}", days=f"{days:.0f}", requests="".join(_rows()))


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

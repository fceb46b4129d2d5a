"""When a service goes back by itself: it is worse than the monolith, in the same window, beyond doubt.

A new test begins with each window start and each is wrong with probability at most ``ALPHA``; so, with four starts a
second, a service that sits exactly at its limit is sent back wrongly at most once in 29 days on average (Shekhar &
Ramdas, "Reducing sequential change detection to sequential estimation", 2023, theorem 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import log

from strangler.plan import AbortIf
from strangler_facade.channel import BOUNDS
from strangler_facade.rollouts.bounds import excess, lower, surely_above, surely_below
from strangler_facade.rollouts.counts import Counts, Reading

ALPHA = 1e-7
_SLOW_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Breach:
    """Which gate was breached, and the figures that prove it."""

    gate: str
    text: str
    requests: int
    seconds: float


def judge(windows: Iterable[Reading], limits: AbortIf, baseline: Counts = Counts()) -> Breach | None:  # noqa: B008
    """The first gate that some window breaches, or None.

    Args:
        windows: all that end now.
        limits: what the plan allows.
        baseline: the monolith's last counts, used where it has no request in a window (at 100 %).
    """
    for window in windows:
        if not window.monolith.requests:
            window = replace(window, monolith=baseline)
        for gate in _GATES:
            breach = gate(window, limits)
            if breach is not None:
                return breach
    return None


def _errors(window: Reading, limits: AbortIf) -> Breach | None:
    service, monolith = window.service, window.monolith
    counts = (service.requests, service.failures), (monolith.requests, monolith.failures)
    if not service.failures or excess(*counts, limits.error_excess) < -log(ALPHA):
        return None
    text = (
        f"{service.failures} of {service.requests} requests to the service failed, {monolith.failures} of"
        f" {monolith.requests} to the monolith: surely more than {limits.error_excess:.1%} above it"
    )
    return Breach("error_excess", text, service.requests, window.at)


def _latency(window: Reading, limits: AbortIf) -> Breach | None:
    """More than 1 % of the service's answers took longer than the limit times the monolith's 99th percentile.

    The monolith's percentile is the smallest bound that surely less than 1 % of its answers exceed; that any of the
    bounds may be it is paid for by dividing alpha.
    """
    at_most = _surely_p99(window.monolith)
    if at_most is None:
        return None
    limit = at_most * limits.p99_ratio
    first = next((index for index, bound in enumerate(BOUNDS) if bound >= limit), len(BOUNDS))
    answers, slow = sum(window.service.buckets), sum(window.service.buckets[first + 1 :])
    if not surely_above(answers, slow, _SLOW_SHARE, ALPHA / 2):
        return None
    text = (
        f"{slow} of {answers} answers of the service took longer than {BOUNDS[first] * 1000:.1f} ms,"
        f" {limits.p99_ratio:g} times what 99 % of the monolith's stay below ({at_most * 1000:.1f} ms)"
    )
    return Breach("p99_ratio", text, answers, window.at)


def _surely_p99(counts: Counts) -> float | None:
    answers = sum(counts.buckets)
    above = answers
    for bound, here in zip(BOUNDS, counts.buckets, strict=False):
        above -= here
        if surely_below(answers, above, _SLOW_SHARE, ALPHA / 2 / len(BOUNDS)):
            return bound
    return None


def _differences(window: Reading, limits: AbortIf) -> Breach | None:
    limit, compared = limits.shadow_difference, window.compared
    if limit is None or not surely_above(compared, window.differing, limit, ALPHA):
        return None
    least = lower(compared, window.differing, ALPHA)
    text = (
        f"{window.differing} of {compared} shadowed requests were answered differently:"
        f" at least {least:.1%}, {limit:.1%} are allowed"
    )
    return Breach("shadow_difference", text, compared, window.at)


_GATES: Sequence[Callable[[Reading, AbortIf], Breach | None]] = (_errors, _latency, _differences)

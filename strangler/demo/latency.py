"""What the facade adds to one answer: the same request, turn by turn, straight and through it."""

from __future__ import annotations

import time

import httpx

from strangler.demo.facts import AddedLatency

_ROUNDS = 300


def added_latency(straight: str, through: str, path: str) -> AddedLatency:
    """Ask both base URLs for ``path`` in turn over one kept connection each; the difference of their percentiles."""
    with httpx.Client(base_url=straight) as direct, httpx.Client(base_url=through) as proxied:
        pairs = [(_seconds(direct, path), _seconds(proxied, path)) for _ in range(_ROUNDS)]
    before, after = (sorted(times) for times in zip(*pairs, strict=True))
    return AddedLatency(_difference(before, after, 0.50), _difference(before, after, 0.99))


def _seconds(client: httpx.Client, path: str) -> float:
    start = time.perf_counter()
    client.get(path).raise_for_status()
    return time.perf_counter() - start


def _difference(before: list[float], after: list[float], share: float) -> float:
    at = int(share * (len(before) - 1))
    return round((after[at] - before[at]) * 1000, 3)

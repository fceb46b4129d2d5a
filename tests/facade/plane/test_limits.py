from __future__ import annotations

from strangler_facade.match import Request
from strangler_facade.plane.limits import Limiter
from strangler_facade.table import RateLimit, StickyKey


def asked(limiter, now, **values):
    return limiter.allows(Request(b"GET", b"/", **values), now)


def test_a_burst_passes_and_then_the_rate():
    limiter = Limiter(RateLimit(rate=2, burst=3), lambda request: "")
    assert [asked(limiter, 0.0, address="a") for _ in range(4)] == [True, True, True, False]
    assert asked(limiter, 0.5, address="a") and not asked(limiter, 0.5, address="a")
    assert asked(limiter, 0.5, address="b")


def test_it_counts_by_the_first_key_there_is():
    limiter = Limiter(
        RateLimit(rate=1, burst=1, by=(StickyKey("cookie", "sid"), StickyKey("tenant"))), lambda request: "t"
    )
    assert asked(limiter, 0.0, cookie=b"sid=1") and asked(limiter, 0.0, cookie=b"sid=2")
    assert asked(limiter, 0.0) and not asked(limiter, 0.0, address="elsewhere")


def test_it_forgets_keys_that_are_full_again(monkeypatch):
    monkeypatch.setattr("strangler_facade.plane.limits._MOST_KEYS", 10)
    limiter = Limiter(RateLimit(rate=1, burst=1), lambda request: "")
    for number in range(100):
        asked(limiter, float(number), address=str(number))
    assert len(limiter._levels) <= 11

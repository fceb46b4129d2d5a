from __future__ import annotations

import pytest

from strangler_scaffolds.runtime.errors import ServiceUnavailable
from strangler_scaffolds.runtime.guards import Breaker, Bulkhead


def test_a_breaker_opens_after_failures_and_tries_again_later() -> None:
    now = [0.0]
    breaker = Breaker(failures=2, pause=5, clock=lambda: now[0])
    breaker.failed()
    breaker.enter()
    breaker.failed()
    assert breaker.is_open
    with pytest.raises(ServiceUnavailable):
        breaker.enter()
    now[0] = 5.1
    breaker.enter()
    with pytest.raises(ServiceUnavailable):
        breaker.enter()
    breaker.succeeded()
    breaker.enter()


def test_a_full_bulkhead_refuses_when_the_time_is_up() -> None:
    bulkhead = Bulkhead(1)
    with pytest.raises(ServiceUnavailable, match="too many"):
        bulkhead.run(lambda: bulkhead.run(lambda: None, 0.01), 0.01)
    assert bulkhead.run(lambda: 1, 0.01) == 1

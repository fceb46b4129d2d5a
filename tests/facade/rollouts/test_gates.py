from __future__ import annotations

from strangler.plan import AbortIf
from strangler_facade.channel import BOUNDS
from strangler_facade.rollouts.counts import Counts, Reading
from strangler_facade.rollouts.gates import judge

LIMITS = AbortIf(error_excess=0.01, p99_ratio=1.5, shadow_difference=0.02)
SIZE = len(BOUNDS) + 1


def _answers(*pairs: tuple[float, int]) -> tuple[int, ...]:
    """A histogram with so many answers after so many seconds."""
    buckets = [0] * SIZE
    for seconds, number in pairs:
        buckets[next((i for i, bound in enumerate(BOUNDS) if bound >= seconds), SIZE - 1)] += number
    return tuple(buckets)


def test_a_service_that_fails_more_than_the_monolith_is_sent_back() -> None:
    breach = judge([Reading(1.0, Counts(40, 20), Counts(360, 1))], LIMITS)
    assert breach is not None
    assert breach.gate == "error_excess"
    assert "20 of 40 requests to the service failed, 1 of 360 to the monolith" in breach.text


def test_a_service_that_fails_as_the_monolith_does_stays() -> None:
    assert judge([Reading(1.0, Counts(400, 200), Counts(400, 210))], LIMITS) is None


def test_a_few_failures_are_no_proof() -> None:
    assert judge([Reading(1.0, Counts(3, 3), Counts(27, 0))], LIMITS) is None


def test_a_long_good_past_does_not_hide_a_bad_present() -> None:
    past_and_present = Reading(600.0, Counts(100_030, 20), Counts(900_000, 0))
    present = Reading(0.5, Counts(30, 20), Counts(270, 0))
    assert judge([past_and_present], LIMITS) is None
    breach = judge([past_and_present, present], LIMITS)
    assert breach is not None
    assert breach.seconds == 0.5


def test_where_the_monolith_has_no_requests_its_last_counts_stand_in() -> None:
    window = Reading(1.0, Counts(100, 60), Counts())
    assert judge([window], LIMITS) is None
    assert judge([window], LIMITS, Counts(1000, 1)) is not None
    assert judge([window], LIMITS, Counts(1000, 700)) is None


def test_a_service_that_is_slower_than_allowed_is_sent_back() -> None:
    fast = _answers((0.01, 4990), (0.02, 10))
    breach = judge([Reading(5.0, Counts(900, 0, _answers((0.01, 800), (0.2, 100))), Counts(5000, 0, fast))], LIMITS)
    assert breach is not None
    assert breach.gate == "p99_ratio"


def test_a_service_as_fast_as_the_monolith_stays() -> None:
    same = _answers((0.01, 4900), (0.02, 100))
    assert judge([Reading(5.0, Counts(5000, 0, same), Counts(5000, 0, same))], LIMITS) is None


def test_too_few_answers_of_the_monolith_say_nothing_about_its_percentile() -> None:
    few, slow = _answers((0.01, 50)), _answers((1.0, 500))
    assert judge([Reading(5.0, Counts(500, 0, slow), Counts(50, 0, few))], LIMITS) is None


def test_answers_that_differ_too_often_breach_the_shadow_gate_where_there_is_one() -> None:
    window = Reading(5.0, compared=400, differing=60)
    breach = judge([window], LIMITS)
    assert breach is not None
    assert breach.gate == "shadow_difference"
    assert judge([window], AbortIf()) is None
    assert judge([Reading(5.0, compared=400, differing=9)], LIMITS) is None

from __future__ import annotations

import random
from math import comb, log, nextafter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from strangler_facade.rollouts.bounds import evidence, excess, lower, surely_above, surely_below, upper

COUNTS = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(st.integers(1, 40), st.floats(0.01, 0.99))
def test_the_evidence_has_mean_one_when_the_share_is_true(trials: int, share: float) -> None:
    from math import exp

    mean = sum(
        comb(trials, hits) * share**hits * (1 - share) ** (trials - hits) * exp(evidence(trials, hits, share))
        for hits in range(trials + 1)
    )
    assert mean == pytest.approx(1.0, rel=1e-6)


@given(COUNTS.filter(lambda pair: pair[0] > 0), st.floats(1e-9, 0.2))
@example((33, 1), 1e-9)
@example((5000, 4999), 1e-9)
def test_the_bounds_enclose_what_was_seen_and_reach_the_limit_at_the_last_bit(
    pair: tuple[int, int], alpha: float
) -> None:
    (trials, hits), limit = pair, -log(alpha)
    low, high = lower(trials, hits, alpha), upper(trials, hits, alpha)
    assert 0 <= low <= hits / trials <= high <= 1
    for bound in (low, high):
        inwards = nextafter(bound, hits / trials)
        assert evidence(trials, hits, bound) >= limit or bound in (0, 1)
        assert evidence(trials, hits, inwards) < limit + 1e-6


def test_looking_after_every_trial_is_wrong_no_more_often_than_promised() -> None:
    draw, share, alpha, runs = random.Random(7), 0.02, 0.1, 400
    wrong = 0
    for _ in range(runs):
        hits = 0
        for trials in range(1, 401):
            hits += draw.random() < share
            if surely_above(trials, hits, share, alpha) or surely_below(trials, hits, share, alpha):
                wrong += 1
                break
    assert wrong / runs <= alpha


def test_an_excess_at_its_limit_is_called_one_no_more_often_than_promised() -> None:
    draw, alpha, runs = random.Random(11), 0.1, 200
    wrong = 0
    for _ in range(runs):
        service = monolith = 0
        for trials in range(1, 301):
            service += draw.random() < 0.06
            monolith += draw.random() < 0.05
            if trials % 5 == 0 and excess((trials, service), (trials, monolith), 0.01) >= -log(alpha):
                wrong += 1
                break
    assert wrong / runs <= alpha


def test_half_of_the_answers_failing_is_certain_within_two_dozen_requests() -> None:
    assert excess((24, 12), (216, 0), 0.01) > -log(1e-7)


def test_where_the_monolith_fails_as_much_there_is_no_excess() -> None:
    assert excess((1000, 500), (9000, 4500), 0.01) == 0.0


def test_without_the_monolith_nothing_is_concluded() -> None:
    assert excess((1000, 1000), (0, 0), 0.01) == 0.0


@given(COUNTS, COUNTS, st.floats(0, 0.5))
def test_the_excess_is_the_least_evidence_along_the_edge(
    service: tuple[int, int], monolith: tuple[int, int], allowed: float
) -> None:
    found = excess(service, monolith, allowed)
    if found == 0.0:
        return
    low, high = monolith[1] / monolith[0], service[1] / service[0] - allowed
    grid = [low + (high - low) * step / 200 for step in range(1, 200)]
    least = min(evidence(*service, share + allowed) + evidence(*monolith, share) for share in grid)
    assert found <= least + 1e-6

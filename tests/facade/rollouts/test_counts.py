from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from strangler_facade.rollouts.counts import Counts, Reading, Windows


def _reading(at: float, requests: int) -> Reading:
    return Reading(at, Counts(requests, requests // 2, (requests,)), Counts(3 * requests, 0, (3 * requests,)))


def test_a_window_is_what_was_added_between_two_readings() -> None:
    window = _reading(5.0, 30).since(_reading(2.0, 10))
    assert (window.at, window.service, window.monolith.requests) == (3.0, Counts(20, 10, (20,)), 60)


def test_counts_without_buckets_are_empty_counts() -> None:
    assert Counts(5, 1, (4, 1)).since(Counts()) == Counts(5, 1, (4, 1))
    assert Counts().plus(Counts(5, 1, (4, 1))) == Counts(5, 1, (4, 1))


@given(st.lists(st.floats(0.05, 3.0), min_size=1, max_size=400))
@example([0.7669176549036717, 0.25, 1.0])
def test_there_is_always_a_young_window_and_the_whole_one_and_never_many(pauses: list[float]) -> None:
    now, windows = 0.0, Windows(_reading(0.0, 0))
    for count, pause in enumerate(pauses, 1):
        now += pause
        windows.add(_reading(now, count))
    lengths = [window.at for window in windows.all()]
    assert max(lengths) == now == windows.whole.at
    assert len(lengths) <= 16 + 8 * 12
    if len(pauses) > 1 and min(pauses) >= 0.25:
        assert abs(min(lengths) - pauses[-1]) < 1e-9

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from strangler.plan import AbortIf, Rollout
from strangler_facade.rollouts.counts import Counts, Reading
from strangler_facade.rollouts.gates import Breach
from strangler_facade.rollouts.progress import (
    Progress,
    Retreat,
    Shift,
    Status,
    advance,
    approve,
    from_json,
    to_json,
)

POLICY = Rollout(steps=(1, 50, 100), bake=10.0, min_requests=5)
SEEN = Reading(10.0, Counts(100), Counts(100), compared=100)
BREACH = Breach("error_excess", "too many", 40, 1.0)


def test_a_step_follows_when_the_last_has_baked() -> None:
    progress, action = advance(Progress(Status.RUNNING, 0, baked=9.5), POLICY, 0.4, SEEN, None)
    assert (progress.baked, action) == (9.9, None)
    progress, action = advance(progress, POLICY, 0.2, SEEN, None)
    assert (progress.step, progress.baked, action) == (1, 0.0, Shift(50))


def test_a_step_without_traffic_waits_and_says_so() -> None:
    progress, action = advance(Progress(Status.RUNNING, 0, baked=99.0), POLICY, 1.0, Reading(99.0, Counts(4)), None)
    assert action is None
    assert progress.reason == "saw 4 of the 5 requests a step needs"


def test_the_mirrored_phase_waits_for_compared_requests() -> None:
    progress, action = advance(Progress(Status.RUNNING, -1, baked=99.0), POLICY, 1.0, Reading(99.0), None)
    assert action is None
    assert "saw 0" in progress.reason


def test_the_last_step_bakes_too_before_the_rollout_is_done() -> None:
    progress, action = advance(Progress(Status.RUNNING, 2, baked=5.0), POLICY, 1.0, SEEN, None)
    assert progress.status is Status.RUNNING
    progress, action = advance(progress, POLICY, 5.0, SEEN, None)
    assert (progress.status, action) == (Status.DONE, None)


def test_a_breach_sends_back_even_a_paused_rollout() -> None:
    progress, action = advance(Progress(Status.PAUSED, 1), POLICY, 0.1, SEEN, BREACH)
    assert (progress.status, action) == (Status.ROLLED_BACK, Retreat(BREACH))


def test_a_paused_rollout_does_not_bake() -> None:
    paused = Progress(Status.PAUSED, 0, baked=3.0)
    assert advance(paused, POLICY, 100.0, SEEN, None) == (paused, None)


def test_with_approval_each_step_waits_for_its_own() -> None:
    policy = POLICY.model_copy(update={"approval": True})
    waiting, action = advance(Progress(Status.RUNNING, -1, baked=10.0), policy, 0.1, SEEN, None)
    assert (waiting.status, action) == (Status.APPROVAL, None)
    taken, action = advance(approve(waiting), policy, 0.1, SEEN, None)
    assert (taken.step, action) == (0, Shift(1))
    waiting, action = advance(taken, policy, 11.0, SEEN, None)
    assert (waiting.status, action) == (Status.APPROVAL, None)


def test_differences_above_the_limit_hold_the_next_step_even_while_unproven() -> None:
    policy = POLICY.model_copy(update={"abort_if": AbortIf(shadow_difference=0.01)})
    window = Reading(10.0, Counts(100), Counts(100), compared=50, differing=1)
    progress, action = advance(Progress(Status.RUNNING, -1, baked=10.0), policy, 1.0, window, None)
    assert action is None
    assert progress.reason == "1 of 50 shadowed requests differ, 1.0% may"


@given(
    st.lists(st.tuples(st.floats(0, 20), st.booleans(), st.integers(0, 10)), max_size=60),
    st.lists(st.integers(1, 100), min_size=1, max_size=6, unique=True).map(sorted),
)
def test_weights_only_rise_step_by_step_and_never_without_a_full_bake(
    events: list[tuple[float, bool, int]], steps: list[int]
) -> None:
    policy = Rollout(steps=tuple(steps), bake=10.0, min_requests=5)
    progress, baked, given_ = Progress(Status.RUNNING, -1), 0.0, []
    for elapsed, breached, requests in events:
        if not progress.status.is_open:
            break
        window = Reading(1.0, Counts(requests), compared=requests)
        progress, action = advance(progress, policy, elapsed, window, BREACH if breached else None)
        baked += elapsed
        if isinstance(action, Shift):
            assert baked >= policy.bake - 1e-6
            assert requests >= policy.min_requests
            assert not breached
            given_.append(action.percent)
            baked = 0.0
        assert from_json(to_json(progress)) == progress
    assert given_ == steps[: len(given_)]

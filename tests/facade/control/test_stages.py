from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from strangler.model import Stage
from strangler_facade.control.stages import ORDER, Facts, IllegalMove, Position, mirror, retreat, shift, walk

SHARED = Facts()
OWN = Facts(store="own", backfill_verified=True, reverse_replication=True)


def _at(stage: Stage, facts: Facts = OWN) -> Position:
    position = Position()
    for step in ORDER[1 : ORDER.index(stage) + 1]:
        position = walk(position, step, facts)
    return position


def test_a_service_goes_all_the_way_stage_by_stage() -> None:
    assert [_at(stage).stage for stage in ORDER] == list(ORDER)


@pytest.mark.parametrize(
    ("stage", "calls", "data", "weight", "mirrored"),
    [
        (Stage.EXTRACTED, "local", "monolith", 0, False),
        (Stage.SHADOW, "shadow", "monolith", 0, True),
        (Stage.CANARY, "canary", "shared", 1, True),
        (Stage.LIVE, "remote", "shared", 100, False),
        (Stage.SPLIT, "remote", "service", 100, False),
        (Stage.RETIRED, "remote", "service", 100, False),
    ],
)
def test_traffic_calls_and_data_move_together(stage: Stage, calls: str, data: str, weight: int, mirrored: bool) -> None:
    position = _at(stage)
    assert (position.calls, position.data, position.weight, position.mirrored) == (calls, data, weight, mirrored)


def test_a_stage_cannot_be_skipped_and_the_refusal_names_the_one_that_comes_first() -> None:
    with pytest.raises(IllegalMove, match="canary is not next to extracted") as caught:
        shift(Position(), 5, SHARED)
    assert caught.value.hint == "shadow comes first: strangler facade shadow SERVICE on"


def test_a_service_without_upstream_is_not_moved() -> None:
    with pytest.raises(IllegalMove, match="names no upstream"):
        mirror(Position(), True, Facts(has_upstream=False))


def test_a_service_without_routes_has_nothing_to_mirror() -> None:
    with pytest.raises(IllegalMove, match="no routes"):
        mirror(Position(), True, Facts(has_routes=False))


def test_writes_move_only_when_the_services_own_store_is_verified() -> None:
    unverified = Facts(store="own")
    with pytest.raises(IllegalMove, match="a store of its own that nobody has verified"):
        shift(_at(Stage.SHADOW), 5, unverified)
    assert shift(_at(Stage.SHADOW), 5, Facts(store="own", writes=False)).weight == 5
    assert shift(_at(Stage.SHADOW), 5, Facts(store="own", backfill_verified=True)).weight == 5


def test_an_own_store_needs_reverse_replication_before_all_users_go_there() -> None:
    with pytest.raises(IllegalMove, match="nothing carries its writes back"):
        shift(_at(Stage.CANARY), 100, Facts(store="own", backfill_verified=True))


def test_a_shared_store_cannot_be_split() -> None:
    with pytest.raises(IllegalMove, match="its store is shared"):
        walk(_at(Stage.LIVE, SHARED), Stage.SPLIT, SHARED)


def test_a_split_service_goes_back_only_while_its_writes_are_carried_back() -> None:
    with pytest.raises(IllegalMove, match="writes since the split would be lost"):
        walk(_at(Stage.SPLIT), Stage.LIVE, Facts(store="own", backfill_verified=True))
    assert walk(_at(Stage.SPLIT), Stage.LIVE, OWN) == Position(Stage.LIVE, 100)


def test_a_retired_service_goes_back_only_once_its_code_is_restored() -> None:
    with pytest.raises(IllegalMove, match="code is gone"):
        walk(_at(Stage.RETIRED), Stage.SPLIT, OWN)
    restored = Facts(store="own", backfill_verified=True, reverse_replication=True, code_restored=True)
    assert walk(_at(Stage.RETIRED), Stage.SPLIT, restored).stage is Stage.SPLIT


def test_shifting_to_nothing_mirrors_and_to_everything_is_live() -> None:
    assert shift(shift(_at(Stage.SHADOW), 50, SHARED), 0, SHARED) == Position(Stage.SHADOW, 0, True)
    assert shift(_at(Stage.SHADOW), 100, SHARED) == Position(Stage.LIVE, 100)
    assert shift(_at(Stage.LIVE), 40, SHARED) == Position(Stage.CANARY, 40)


def test_a_percentage_beyond_a_hundred_is_refused() -> None:
    with pytest.raises(IllegalMove, match="no percentage"):
        shift(_at(Stage.SHADOW), 101, SHARED)


def test_mirroring_a_canary_can_be_switched_without_leaving_it() -> None:
    canary = shift(_at(Stage.SHADOW), 10, SHARED)
    assert mirror(canary, False, SHARED) == Position(Stage.CANARY, 10, False)


def test_a_live_service_leaves_nothing_to_mirror() -> None:
    with pytest.raises(IllegalMove, match="no requests to mirror"):
        mirror(_at(Stage.LIVE), True, SHARED)
    assert mirror(_at(Stage.LIVE), False, SHARED) == _at(Stage.LIVE)


@pytest.mark.parametrize("stage", [Stage.SPLIT, Stage.RETIRED])
def test_nothing_goes_back_by_itself_once_the_rows_are_at_the_service(stage: Stage) -> None:
    with pytest.raises(IllegalMove, match="by itself"):
        retreat(_at(stage), OWN)


@given(st.sampled_from([Stage.EXTRACTED, Stage.SHADOW, Stage.CANARY, Stage.LIVE]), st.floats(1, 99))
def test_up_to_live_there_is_always_an_automatic_way_back(stage: Stage, percent: float) -> None:
    position = _at(stage, SHARED)
    if stage is Stage.CANARY:
        position = shift(position, percent, SHARED)
    # Not even lost evidence, a vanished upstream or vanished routes may hold anybody at a failing service.
    back = retreat(position, Facts(has_upstream=False, has_routes=False, store="own"))
    assert back.weight == 0
    assert back.calls in ("local", "shadow")


class AnyMoves(RuleBasedStateMachine):
    """Whatever is tried in whatever order, the position stays one of the table's."""

    def __init__(self) -> None:
        super().__init__()
        self.position, self.facts = Position(), SHARED

    def _try(self, move: object) -> None:
        before = self.position
        try:
            self.position = move()  # type: ignore[operator]
        except IllegalMove as refusal:
            assert refusal.message
            assert self.position is before

    @rule(percent=st.floats(0, 100))
    def shift(self, percent: float) -> None:
        self._try(lambda: shift(self.position, percent, self.facts))

    @rule(on=st.booleans())
    def mirror(self, on: bool) -> None:
        self._try(lambda: mirror(self.position, on, self.facts))

    @rule(stage=st.sampled_from(ORDER))
    def walk(self, stage: Stage) -> None:
        before = ORDER.index(self.position.stage)
        self._try(lambda: walk(self.position, stage, self.facts))
        after = ORDER.index(self.position.stage)
        assert after <= before + 1 or (ORDER[before], ORDER[after]) == (Stage.SHADOW, Stage.LIVE)

    @rule()
    def retreat(self) -> None:
        self._try(lambda: retreat(self.position, self.facts))

    @rule(store=st.sampled_from(["own", "shared"]), yes=st.tuples(*[st.booleans()] * 5))
    def learn(self, store: str, yes: tuple[bool, ...]) -> None:
        self.facts = Facts(yes[0], yes[1], True, store, yes[2], yes[3], yes[4])  # type: ignore[arg-type]

    @invariant()
    def weight_and_stage_agree(self) -> None:
        stage, weight = self.position.stage, self.position.weight
        if stage in (Stage.EXTRACTED, Stage.SHADOW):
            assert weight == 0
        elif stage is Stage.CANARY:
            assert 0 < weight < 100
        else:
            assert weight == 100

    @invariant()
    def only_what_the_monolith_answers_is_mirrored(self) -> None:
        if self.position.mirrored:
            assert self.position.stage in (Stage.SHADOW, Stage.CANARY)
        assert self.position.mirrored or self.position.stage is not Stage.SHADOW


TestAnyMoves = AnyMoves.TestCase

from __future__ import annotations

import pytest

from strangler.cli.standing.step import Situation, next_step
from strangler.model import Stage
from strangler.plan import Service

SERVICE = Service(modules=("shop.billing",), upstream="http://127.0.0.1:8101", routes=("/billing/**",))


@pytest.mark.parametrize(
    ("stage", "weight", "step"),
    [
        (Stage.PLANNED, 0, "strangler extract billing --check"),
        (Stage.EXTRACTED, 0, 'strangler facade shadow billing on --reason "…"'),
        (Stage.SHADOW, 0, 'strangler facade shift billing 1 --reason "…"'),
        (Stage.CANARY, 5, 'strangler facade shift billing 25 --reason "…"'),
        (Stage.CANARY, 60, 'strangler facade shift billing 100 --reason "…"'),
        (Stage.LIVE, 100, "give it a store of its own, or leave it"),
        (Stage.SPLIT, 100, "strangler retire billing"),
    ],
)
def test_each_stage_has_its_step(stage: Stage, weight: float, step: str) -> None:
    assert next_step("billing", SERVICE, Situation(stage, weight)) == step


@pytest.mark.parametrize("stage", [Stage.EXTRACTED, Stage.SHADOW])
def test_no_users_before_the_proof(stage: Stage) -> None:
    assert next_step("billing", SERVICE, Situation(stage, needs_proof=True)) == "strangler prove billing"


def test_where_users_are_already_the_step_is_about_them() -> None:
    assert "shift billing 25" in next_step("billing", SERVICE, Situation(Stage.CANARY, 5, needs_proof=True))


def test_what_a_gate_sent_back_is_looked_at_first() -> None:
    assert "history --service billing" in next_step("billing", SERVICE, Situation(Stage.SHADOW, sent_back=True))
    assert "prove billing" in next_step("billing", SERVICE, Situation(Stage.SHADOW, needs_proof=True, sent_back=True))


@pytest.mark.parametrize(("lacking", "asked"), [("upstream", "billing.upstream"), ("routes", "billing.routes")])
def test_without_an_address_or_a_route_nothing_can_be_routed(lacking: str, asked: str) -> None:
    lone = SERVICE.model_copy(update={lacking: None if lacking == "upstream" else ()})
    assert f"set services.{asked}" in next_step("billing", lone, Situation(Stage.EXTRACTED))


def test_without_a_facade_one_is_started() -> None:
    assert next_step("billing", SERVICE, Situation(Stage.EXTRACTED, facade=False)) == "strangler facade run"


def test_a_service_without_code_gets_a_shell() -> None:
    planned = Service(image="registry.example/search:1")
    assert next_step("search", planned, Situation(Stage.PLANNED)) == "strangler scaffold search"

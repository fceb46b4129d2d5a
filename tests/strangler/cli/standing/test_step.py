from __future__ import annotations

import pytest

from strangler.cli.standing.step import next_step
from strangler.model import Stage
from strangler.plan import Service

SERVICE = Service(modules=("shop.billing",), upstream="http://127.0.0.1:8101")


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        (Stage.PLANNED, "strangler extract billing"),
        (Stage.EXTRACTED, "strangler facade shadow billing on"),
        (Stage.SHADOW, "strangler facade shift billing 1"),
        (Stage.SPLIT, "strangler retire billing"),
    ],
)
def test_each_stage_has_its_step(stage: Stage, step: str) -> None:
    assert next_step("billing", SERVICE, stage, needs_proof=False) == step


@pytest.mark.parametrize("stage", [Stage.EXTRACTED, Stage.SHADOW])
def test_no_users_before_the_proof(stage: Stage) -> None:
    assert next_step("billing", SERVICE, stage, needs_proof=True) == "strangler prove billing"


def test_where_users_are_already_the_step_is_about_them() -> None:
    assert next_step("billing", SERVICE, Stage.CANARY, needs_proof=True) == "strangler facade shift billing PERCENT"


def test_without_an_address_nothing_can_be_routed() -> None:
    homeless = SERVICE.model_copy(update={"upstream": None})
    assert "set services.billing.upstream" in next_step("billing", homeless, Stage.EXTRACTED, needs_proof=False)

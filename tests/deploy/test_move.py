from __future__ import annotations

import itertools

import pytest

from strangler.errors import StranglerError
from strangler_deploy.move.steps import move
from strangler_deploy.render import render

from .estates import ISOLATIONS, plan, tenants

PAIRS = list(itertools.permutations(ISOLATIONS, 2))


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_step_has_a_check_and_all_but_the_last_a_way_back(source: str, target: str) -> None:
    found = move(plan(source), tenants(), "acme", target)  # type: ignore[arg-type]
    assert found.steps[0].kind == "platform"
    assert [step.kind for step in found.steps][-3:] == ["identity", "traffic", "end"]
    assert all(step.check and step.how for step in found.steps)
    assert [step.back == "" for step in found.steps] == [False] * (len(found.steps) - 1) + [True]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_the_files_of_the_steps_are_what_the_two_renders_differ_in(source: str, target: str) -> None:
    found = move(plan(source), tenants("acme"), "acme", target)  # type: ignore[arg-type]
    moved = tenants("acme", isolation=target)
    old, new = render(plan(source), tenants("acme")), render(plan(source), moved)
    differing = {path for path in {*old, *new} if path.startswith("tenants/") and old.get(path) != new.get(path)}
    assert {path for step in found.steps for path in step.files} == differing


def test_each_store_is_copied_before_traffic_moves() -> None:
    found = move(plan("bridge"), tenants(), "acme", "silo")
    kinds = [step.kind for step in found.steps]
    assert kinds.count("data") == 3
    assert max(i for i, kind in enumerate(kinds) if kind == "data") < kinds.index("traffic")


@pytest.mark.parametrize(
    ("tenant", "target", "complaint"),
    [("nobody", "silo", "no tenant 'nobody'"), ("acme", "bridge", "in bridge already")],
)
def test_what_cannot_be_moved_is_said(tenant: str, target: str, complaint: str) -> None:
    with pytest.raises(StranglerError, match=complaint):
        move(plan("bridge"), tenants(), tenant, target)  # type: ignore[arg-type]


def test_a_contract_keeps_data_in_its_region() -> None:
    own = tenants("acme", isolation="silo", contract={"residency": "eu-west-1"})
    with pytest.raises(StranglerError, match="keeps the data of 'acme' in eu-west-1"):
        move(plan("bridge"), own, "acme", "bridge")

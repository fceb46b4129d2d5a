from __future__ import annotations

from pydantic import BaseModel

from strangler.plan.reference import plan_reference
from strangler.plan.schema import Plan, Service


def test_every_key_is_on_the_page() -> None:
    page = plan_reference()
    keys: list[type[BaseModel]] = [Plan, Service]
    assert all(f"| `{name}` |" in page for section in keys for name in section.model_fields)


def test_sections_are_named_by_their_way_from_the_top() -> None:
    assert "## `services.<name>.rollout.abort_if`" in plan_reference()

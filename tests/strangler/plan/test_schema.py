from __future__ import annotations

import pytest
from pydantic import ValidationError

from strangler.plan import Rollout, RoutePattern, Service


def test_a_route_may_be_just_its_path() -> None:
    assert RoutePattern.model_validate("/api/**") == RoutePattern(path="/api/**")


def test_a_service_may_have_an_image_instead_of_modules() -> None:
    assert Service(image="registry.example.com/search:1").modules == ()


@pytest.mark.parametrize("steps", [(5, 5), (50, 10), (0, 10), (50, 101)])
def test_steps_are_percentages_that_rise(steps: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError, match="steps are percentages"):
        Rollout(steps=steps)


def test_a_plan_value_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Rollout().approval = True  # type: ignore[misc]


def test_a_webhook_is_an_address_or_more_than_that() -> None:
    made = Rollout.model_validate(
        {"webhooks": ["http://127.0.0.1:9/hook", {"url": "http://127.0.0.1:9", "kind": "confirm"}]}
    )
    assert [(str(hook.url), hook.kind) for hook in made.webhooks] == [
        ("http://127.0.0.1:9/hook", "notify"),
        ("http://127.0.0.1:9", "confirm"),
    ]

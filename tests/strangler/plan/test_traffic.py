from __future__ import annotations

import pytest
from pydantic import ValidationError

from strangler.plan import RequestCondition, RoutePattern, Serving


def test_a_condition_may_be_just_its_value() -> None:
    assert RequestCondition.model_validate("yes") == RequestCondition(equals="yes")


@pytest.mark.parametrize("fields", [{}, {"equals": "a", "prefix": "b"}, {"regex": "("}, {"unknown": "a"}])
def test_a_condition_is_one_test_that_can_be_made(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        RequestCondition.model_validate(fields)


def test_a_probe_may_be_just_its_path() -> None:
    serving = Serving.model_validate({"health": "/alive"})
    assert serving.health is not None
    assert (serving.health.path, serving.health.fall) == ("/alive", 3)


def test_a_route_may_be_just_its_path_and_begins_with_a_slash() -> None:
    assert RoutePattern.model_validate("/api/**").headers == {}
    with pytest.raises(ValidationError, match="begins with"):
        RoutePattern.model_validate("api/**")

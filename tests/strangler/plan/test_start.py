from __future__ import annotations

import pytest

from strangler.plan import first_plan, loads


@pytest.mark.parametrize("framework", [None, "django"])
def test_a_first_plan_has_no_mistakes(framework: str | None) -> None:
    plan = loads(first_plan("shop", ["shop", "lib"], framework))
    assert (plan.monolith.packages, plan.monolith.framework, dict(plan.services)) == (("shop", "lib"), framework, {})

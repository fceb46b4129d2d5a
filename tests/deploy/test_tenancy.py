from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from strangler.errors import PlanError
from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy import require_placeable
from strangler_deploy.tenancy import misplaced


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"tier": "gold"}, "tier 'gold'"),
        ({"cluster": "moon"}, "cluster 'moon'"),
        ({"cluster": "d"}, "'globex's own"),
        ({"cluster": "c"}, "control cluster"),
        ({"services": ["payroll"]}, "service 'payroll'"),
        ({"services": ["orders"], "data": {"x": {"kind": "s3", "services": ["billing"]}}}, "which it has not"),
        ({"data": {"x": {"kind": "s3", "services": ["billing"], "pooled": True}}}, "pooled"),
    ],
)
def test_a_name_that_the_plan_has_not_is_found(
    make_plan: Callable[[str], Plan], said: dict[str, Any], message: str
) -> None:
    plan = make_plan("  clusters: {a: {}, c: {role: control}, d: {dedicated_to: globex}}\n")
    found = list(misplaced(plan, Tenant.model_validate({"id": "acme", **said})))
    assert len(found) == 1
    assert message in found[0].message
    assert found[0].location is not None
    assert found[0].location.path == "tenants/acme.yaml"


def test_all_mistakes_of_all_tenants_are_told_at_once(plan: Plan) -> None:
    wrong = {name: Tenant(id=name, tier="none") for name in ("a", "b")}
    with pytest.raises(PlanError) as caught:
        require_placeable(plan, wrong)
    assert len(caught.value.findings) == 2

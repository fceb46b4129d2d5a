from __future__ import annotations

from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler.model import Severity
from strangler.plan import Places, Plan, load
from strangler.plan.platform import Tenant
from strangler_deploy import RULES, check, explain, render

from .conftest import PLAN


def test_what_is_rendered_has_no_findings_but_unchecked_kinds(plan: Plan, tenants: dict[str, Tenant]) -> None:
    findings = check(render(plan, tenants), plan, tenants)
    assert [(finding.rule, finding.severity) for finding in findings] == [("DEPLOY-UNCHECKED", Severity.NOTE)]


def test_what_is_rendered_fits_the_crds(plan: Plan, tenants: dict[str, Tenant], crds: Path) -> None:
    assert check(render(plan, tenants), plan, tenants, crds) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        (
            "tenants/acme/app/deployment-orders.yaml",
            "revisionHistoryLimit: 5",
            "revisionHistoryLimit: x",
            "DEPLOY-SCHEMA",
        ),
        ("tenants/acme/app/deployment-orders.yaml", "revisionHistoryLimit: 5", "revisionHistory: 5", "DEPLOY-FIELD"),
        ("tenants/acme/app/deployment-orders.yaml", "Name: orders", "Name: order", "DEPLOY-REFERENCE"),
        ("tenants/acme/app/deployment-orders.yaml", "name: PORT", "name: AWS_SECRET_ACCESS_KEY", "DEPLOY-SECRET"),
        ("tenants/acme/app/service-orders.yaml", "name: orders", "name: billing", "DEPLOY-TWICE"),
        ("tenants/acme/app/service-orders.yaml", "spec:", "spec: [", "DEPLOY-YAML"),
        ("tenants/acme/app/service-orders.yaml", "metadata:", "metadatas:", "DEPLOY-YAML"),
    ],
)
def test_a_broken_object_is_found(
    plan: Plan, tenants: dict[str, Tenant], path: str, old: str, new: str, rule: str
) -> None:
    tree = render(plan, tenants)
    assert old in tree[path]
    broken = {**tree, path: tree[path].replace(old, new)}
    assert rule in {finding.rule for finding in check(broken, plan, tenants)}


def test_a_finding_points_at_the_line_of_the_plan(tmp_path: Path, tenants: dict[str, Tenant]) -> None:
    file = tmp_path / "strangler.yaml"
    file.write_text(PLAN)
    plan = load(file)
    tree = render(plan, tenants)
    path = "tenants/acme/app/deployment-orders.yaml"
    tree[path] = tree[path].replace("revisionHistoryLimit: 5", "revisionHistoryLimit: x")
    found = [finding for finding in check(tree, plan, tenants, places=Places(file)) if finding.rule == "DEPLOY-SCHEMA"]
    assert [finding.location.line for finding in found if finding.location] == [PLAN.splitlines().index(
        "    orders: {calls: [billing, monolith]}") + 1]  # fmt: skip


def test_every_rule_can_be_explained() -> None:
    assert all(explain(rule).why for rule in RULES)
    with pytest.raises(StranglerError, match="no rule"):
        explain("DEPLOY-NONE")

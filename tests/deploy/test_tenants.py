from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from strangler.errors import OutputError
from strangler.model import Severity
from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler.plan.tenants import quickly
from strangler_deploy import (
    check_tenant,
    deleted,
    kept,
    remove_tenant,
    render,
    render_to,
    summary,
    tenant_folder,
    tenant_text,
    write_tenant,
)

_DATA = "  workloads: {billing: {data: {invoices: {kind: s3}, scratch: {kind: sqs, retain: false}}}}\n"


def test_a_tenants_text_says_what_was_said_and_no_more() -> None:
    tenant = Tenant.model_validate({"id": "acme", "quota": {"cpu": "8"}, "services": ["orders"]})
    assert tenant_text(tenant) == 'id: acme\nquota:\n  cpu: "8"\nservices:\n- orders\n'
    assert quickly(tenant_text(tenant)) == tenant


def test_a_tenants_folder_is_what_a_whole_render_has_of_it(plan: Plan, tenants: dict[str, Tenant]) -> None:
    tree = render(plan, tenants)
    assert tenant_folder(plan, tenants["acme"]) == {p: t for p, t in tree.items() if p.startswith("tenants/acme/")}


def test_one_tenant_is_put_into_a_tree_and_taken_out_again(
    tmp_path: Path, plan: Plan, tenants: dict[str, Tenant]
) -> None:
    def content() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    render_to(tmp_path / "out", plan, {"acme": tenants["acme"]})
    before = content()
    write_tenant(tmp_path / "out", "globex", tenant_folder(plan, tenants["globex"]))
    added = set(content()) - set(before)
    assert added
    assert all("tenants/globex/" in path.as_posix() for path in added)
    remove_tenant(tmp_path / "out", "globex")
    assert content() == before


def test_a_folder_that_is_no_tree_of_ours_gets_and_loses_no_tenant(tmp_path: Path) -> None:
    (tmp_path / "tenants" / "acme").mkdir(parents=True)
    (tmp_path / "tenants" / "acme" / "mine").touch()
    with pytest.raises(OutputError, match="no rendered tree"):
        remove_tenant(tmp_path, "acme")
    with pytest.raises(OutputError, match="no rendered tree"):
        write_tenant(tmp_path, "acme", {"tenants/acme/a": ""})
    assert [path.name for path in (tmp_path / "tenants" / "acme").iterdir()] == ["mine"]


def test_data_stays_unless_it_was_declared_to_go(make_plan: Callable[[str], Plan]) -> None:
    tenant = Tenant.model_validate({"id": "acme", "contract": {"retain_days": 7}})
    plan = make_plan(_DATA)
    assert [(item.kind, item.days) for item in kept(plan, tenant)] == [("s3", 7)]
    assert deleted(plan, tenant) == ["sqs shop-acme-billing-scratch"]


def test_one_tenant_is_checked_by_itself(plan: Plan, tenants: dict[str, Tenant]) -> None:
    assert Severity.ERROR not in {finding.severity for finding in check_tenant(plan, tenants["acme"])}


def test_a_suspended_tenant_has_no_pods_and_nobody_who_makes_some(plan: Plan) -> None:
    files = tenant_folder(plan, Tenant(id="acme", suspended=True))
    assert "replicas: 0" in files["tenants/acme/app/deployment-orders.yaml"]
    assert not [path for path in files if "autoscaler" in path or "disruption" in path or "scaledobject" in path]
    assert summary(plan, Tenant(id="acme"))["cluster"] == "main"

from __future__ import annotations

from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.folder import tenant_files


def test_a_tenant_has_nothing_outside_its_folder(plan: Plan) -> None:
    paths = [path for path, _ in tenant_files(Estate(plan), Tenant(id="acme"))]
    assert len(set(paths)) == len(paths) > 20
    assert all(path.startswith("tenants/acme/") for path in paths)
    assert "tenants/acme/tenant.yaml" in paths

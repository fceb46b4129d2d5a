"""kro: a tenant as one object of its own kind, for platform teams that hand tenants out by API."""

from __future__ import annotations

from strangler.plan.platform import Tier
from strangler_deploy.kinds.network.policy import default_deny
from strangler_deploy.kinds.workloads.namespace import limit_range, resource_quota
from strangler_deploy.manifest import Data, Manifest

_NAME = "${schema.spec.id}"
_NAMESPACE = "${namespace.metadata.name}"


def tenant_definition(tier_name: str, tier: Tier, *, origin: str) -> Manifest:
    """Namespace, quota, limits and default deny for a tenant of one tier.

    The instance is cluster-wide: one inside the namespace that it owns could never be deleted.
    """
    quota = resource_quota("quota", _NAMESPACE, tier.quota, origin="").data()
    limits = limit_range("limits", _NAMESPACE, tier.limits, origin="").data()
    deny = default_deny(_NAMESPACE, origin="").data()
    quota["spec"]["hard"]["requests.cpu"] = quota["spec"]["hard"]["limits.cpu"] = "${schema.spec.cpu}"
    namespace: Data = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": f"tenant-{_NAME}",
            "labels": {
                "saas/tenant": _NAME,
                "saas/tier": tier_name,
                "pod-security.kubernetes.io/enforce": tier.security,
            },
        },
    }
    resources = [("namespace", namespace), ("quota", quota), ("limits", limits), ("deny", deny)]
    schema: Data = {
        "apiVersion": "v1alpha1",
        "kind": f"{''.join(part.capitalize() for part in tier_name.split('-'))}Tenant",
        "scope": "Cluster",
        "spec": {"id": "string", "cpu": f'string | default="{tier.quota.cpu}"'},
    }
    spec = {"schema": schema, "resources": [{"id": name, "template": data} for name, data in resources]}
    return Manifest("kro.run/v1alpha1", "ResourceGraphDefinition", f"tenant-{tier_name}", {"spec": spec}, origin=origin)

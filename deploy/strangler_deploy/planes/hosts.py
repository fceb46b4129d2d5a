"""Files for the machines on premises of a hybrid cluster, and the values for the network engine they run."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.dump import dump
from strangler_deploy.estate import Site
from strangler_deploy.kinds.aws.audit import audit_policy
from strangler_deploy.kinds.aws.cluster import hybrid_role
from strangler_deploy.kinds.aws.hosts import node_config
from strangler_deploy.kinds.iam.role import role_arn
from strangler_deploy.kinds.network.cilium import helm_values
from strangler_deploy.planes.cluster import site_origin


def host_files(site: Site) -> Iterator[tuple[str, str]]:
    """Path and text of each file."""
    cluster, origin = site.cluster, site_origin(site)
    if cluster.hybrid and not cluster.local:
        role = role_arn(site.account, hybrid_role(site.name))
        config = node_config(site.name, site.region, cluster.hybrid, role, origin=origin)
        yield f"hosts/{site.name}/nodeconfig.yaml", f"# from {origin}\n{dump(config.data())}"
        yield f"hosts/{site.name}/cilium/values.yaml", f"# from {origin}\n{dump(helm_values(cluster.hybrid))}"
    if cluster.local:
        yield f"hosts/{site.name}/audit-policy.yaml", f"# from {origin}\n{dump(audit_policy(origin=origin).data())}"

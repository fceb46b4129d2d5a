"""The control plane: what Argo CD, ACK and kro are given once for all tenants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from strangler.plan.platform import Data as Declared
from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.aws import accounts, audit, network
from strangler_deploy.kinds.aws.resource import PLATFORM_NAMESPACE
from strangler_deploy.kinds.data.stores import bucket
from strangler_deploy.kinds.gitops import argo, kro
from strangler_deploy.kinds.iam import role as iam
from strangler_deploy.kinds.iam.document import Statement, document, trust_service
from strangler_deploy.kinds.workloads.namespace import namespace
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.planes.eks import cluster_objects, platform_owner
from strangler_deploy.planes.pools import pool_data, pooled_tiers
from strangler_deploy.planes.saas import saas_services


def control(estate: Estate) -> Iterator[Manifest]:
    """The objects of the control cluster that belong to no tenant."""
    origin, version = "strangler.yaml platform.delivery", estate.control.cluster.version
    for name in (PLATFORM_NAMESPACE, estate.platform.delivery.namespace):
        yield namespace(name, labels={}, security="restricted", version=version, origin=origin)
    yield from _delivery(estate, origin)
    for site in estate.sites.values():
        yield from cluster_objects(estate, site)
        for tier in pooled_tiers(estate, site):
            yield from pool_data(estate, site, tier)
    yield from _registry(estate)
    yield from _audit(estate)
    if estate.platform.delivery.kro:
        for name, declared in sorted(estate.platform.tiers.items()):
            yield kro.tenant_definition(name, declared, origin=f"strangler.yaml platform.tiers.{name}")
    yield from _organisation(estate)
    yield from saas_services(estate)


def _delivery(estate: Estate, origin: str) -> Iterator[Manifest]:
    """Argo CD's projects and applications."""
    delivery = estate.platform.delivery
    anywhere = [argo.Target("*", "*")]
    everything = [{"group": "*", "kind": "*"}]
    yield argo.project(
        "platform", delivery, anywhere, windows=(), cluster_kinds=everything, is_tenant=False, origin=origin
    )
    yield argo.tenants_set("tenants", "platform", delivery, estate.control.name, origin=origin)
    for name, site in estate.sites.items():
        place = f"strangler.yaml {site.origin}"
        target = argo.Target(name, "default")
        yield argo.cluster_secret(name, _server(site), {"strangler/role": site.cluster.role}, delivery, origin=place)
        yield argo.application(joined("cluster", name), "platform", delivery, f"clusters/{name}", target, origin=place)
        for tier in pooled_tiers(estate, site):
            folder = f"clusters/{name}/pool-{tier}"
            full = joined("pool", name, tier)
            yield argo.application(
                full, "platform", delivery, folder, target, origin=f"strangler.yaml platform.tiers.{tier}"
            )


def _server(site: Site) -> str:
    """EKS clusters are known by their ARN, which managed Argo CD insists on."""
    if site.cluster.local:
        return f"https://{site.cluster.server}" if site.cluster.server else "https://kubernetes.default.svc"
    return site.arn("eks", f"cluster/{site.name}")


def _registry(estate: Estate) -> Iterator[Manifest]:
    """A repository for every service whose images are ours, if the registry is ECR."""
    host, _, path = estate.platform.registry.partition("/")
    if ".dkr.ecr." not in host:
        return
    for name, unit in estate.units.items():
        if not unit.service.image:
            owner = platform_owner(estate, estate.control)
            full = f"{path}/{name}" if path else name
            yield accounts.repository(joined(estate.name, name), full, owner)


def _audit(estate: Estate) -> Iterator[Manifest]:
    declared = estate.platform.audit
    owner = platform_owner(estate, estate.control)
    if declared.trail:
        name = joined(estate.name, "audit")
        store = joined(estate.name, estate.control.account, "audit")
        yield bucket(name, store, Declared(kind="s3"), owner)
        yield audit.trail(name, store, owner)
        buckets = [joined(estate.name, account) for account in sorted({site.account for site in estate.sites.values()})]
        yield audit.data_events(name, buckets, declared.days, owner)
    if declared.flow_logs:
        for site in estate.sites.values():
            yield from _flow_log(estate, site)


def _flow_log(estate: Estate, site: Site) -> Iterator[Manifest]:
    if site.cluster.local or not site.cluster.vpc.id:
        return
    owner, name = platform_owner(estate, site), joined(site.name, "flows")
    group = f"/strangler/{estate.name}/{site.name}/flows"
    groups = site.arn("logs", f"log-group:{group}:*")
    write = Statement("Write", ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], [groups])
    yield audit.log_group(name, group, estate.platform.audit.days, owner)
    yield iam.policy(name, name, document([write]), owner)
    yield iam.role(name, name, trust_service("vpc-flow-logs.amazonaws.com"), owner, policies=[name])
    yield network.flow_log(name, site.cluster.vpc.id, group, iam.role_arn(site.account, name), owner)


def _organisation(estate: Estate) -> Iterator[Manifest]:
    saas, owner = estate.platform.saas, platform_owner(estate, estate.control)
    if saas.organisation:
        yield accounts.organizational_unit(joined(estate.name, "tenants"), saas.organisation, owner)
    if saas.identity:
        of_users = replace(owner, origin="strangler.yaml platform.saas.identity")
        yield accounts.user_pool(joined(estate.name, "users"), of_users)

"""One EKS cluster as ACK objects of the control cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator

from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.aws import audit, network
from strangler_deploy.kinds.aws import cluster as eks
from strangler_deploy.kinds.aws.resource import PLATFORM_NAMESPACE, Owner, named
from strangler_deploy.kinds.data.stores import subnet_group as database_subnets
from strangler_deploy.kinds.iam import role as iam
from strangler_deploy.kinds.iam.document import Statement, document, trust, trust_service
from strangler_deploy.manifest import Data, Manifest
from strangler_deploy.names import joined
from strangler_deploy.placement import TENANT
from strangler_deploy.planes.stores import subnet_group

_MANAGED = "arn:aws:iam::aws:policy"
_CLUSTER_POLICIES = ("AmazonEKSClusterPolicy",)
_AUTO_POLICIES = (
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
_NODE_POLICIES = {
    "auto": ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"),
    "nodegroups": ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"),
    "none": (),
}


def platform_owner(estate: Estate, site: Site) -> Owner:
    """Things of the platform itself."""
    origin = site.origin if site.origin.startswith("tenants/") else f"strangler.yaml {site.origin}"
    tags = {"product": estate.name}
    if site.cluster.dedicated_to:
        tags["tenant"] = site.cluster.dedicated_to
    return Owner(PLATFORM_NAMESPACE, origin, site.region, {}, tags)


def cluster_objects(estate: Estate, site: Site) -> Iterator[Manifest]:
    """Network, roles, control plane, nodes and logs; nothing for a cluster that is not EKS."""
    if site.cluster.local:
        return
    owner = platform_owner(estate, site)
    yield from _network(site, owner)
    yield from _roles(estate, site, owner)
    node_arn = iam.role_arn(site.account, eks.node_role(site.name))
    logs, subnets = estate.platform.audit.cluster_logs, _subnet_refs(site)
    yield eks.cluster(site.name, site.cluster, owner, logs=logs, subnets=subnets, node_arn=node_arn)
    yield audit.log_group(f"{site.name}-logs", f"/aws/eks/{site.name}/cluster", estate.platform.audit.days, owner)
    yield from _entries(site, owner)
    yield from _addons(site, owner)
    yield from _node_groups(site, owner)
    for kind in site.cluster.capabilities:
        yield eks.capability(kind, site.name, owner, namespace=estate.platform.delivery.namespace)


def _network(site: Site, owner: Owner) -> Iterator[Manifest]:
    vpc = site.cluster.vpc
    if vpc.create:
        yield network.vpc(site.name, vpc.cidr, owner)
        yield from network.subnets(site.name, site.cluster, site.region, owner)
        if vpc.transit_gateway:
            yield network.transit_attachment(site.name, vpc.transit_gateway, site.cluster.zones, owner)
    references: Data = {"subnetRefs": _subnet_refs(site)} if vpc.create else {"subnetIDs": list(vpc.subnets)}
    yield database_subnets(subnet_group(site), references, owner)
    for group in site.cluster.security_groups:
        yield network.adopted_security_group(group, owner)


def _subnet_refs(site: Site) -> list[Data]:
    if not site.cluster.vpc.create:
        return []
    return [named(network.subnet_name(site.name, number)) for number in range(site.cluster.zones)]


def _roles(estate: Estate, site: Site, owner: Owner) -> Iterator[Manifest]:
    cluster, name = site.cluster, site.name
    auto = cluster.compute == "auto"
    control = [f"{_MANAGED}/{policy}" for policy in (*_CLUSTER_POLICIES, *(_AUTO_POLICIES if auto else ()))]
    if cluster.compute == "nodegroups":
        control.append(f"{_MANAGED}/AmazonEKSVPCResourceController")
    yield iam.role(
        eks.cluster_role(name), eks.cluster_role(name), trust_service("eks.amazonaws.com"), owner, managed=control
    )
    nodes = [f"{_MANAGED}/{policy}" for policy in _NODE_POLICIES[cluster.compute]]
    if nodes:
        trusted = trust({"Service": "ec2.amazonaws.com"}, ["sts:AssumeRole"])
        yield iam.role(eks.node_role(name), eks.node_role(name), trusted, owner, managed=nodes)
    if cluster.hybrid:
        yield from _hybrid_role(site, owner)
    for kind in cluster.capabilities:
        role_name = eks.capability_role(name, kind)
        yield from _capability_role(estate, site, kind, role_name, owner)


def _hybrid_role(site: Site, owner: Owner) -> Iterator[Manifest]:
    """What a machine on premises may do: join, pull images, be managed."""
    assert site.cluster.hybrid is not None
    name = eks.hybrid_role(site.name)
    describe = Statement("Join", ["eks:DescribeCluster"], [site.arn("eks", f"cluster/{site.name}")])
    yield iam.policy(name, name, document([describe]), owner)
    by_ssm = site.cluster.hybrid.credentials == "ssm"
    service = "ssm.amazonaws.com" if by_ssm else "rolesanywhere.amazonaws.com"
    actions = ["sts:AssumeRole"] if by_ssm else ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    managed = [f"{_MANAGED}/AmazonEC2ContainerRegistryPullOnly"]
    if by_ssm:
        managed.append(f"{_MANAGED}/AmazonSSMManagedInstanceCore")
    yield iam.role(name, name, trust({"Service": service}, actions), owner, policies=[name], managed=managed)


def _capability_role(estate: Estate, site: Site, kind: str, name: str, owner: Owner) -> Iterator[Manifest]:
    """A managed controller's role: ACK works through each tenant's provisioner, and within the product otherwise."""
    rules = {
        "ack": [
            Statement("Provisioners", ["sts:AssumeRole", "sts:TagSession"], [iam.role_arn("*", f"{estate.name}-*")]),
            Statement("Platform", ["eks:*", "ecr:*", "iam:*Role*", "iam:*Polic*", "rds:*", "logs:*"], ["*"]),
        ],
        "argocd": [Statement("Clusters", ["eks:DescribeCluster"], ["*"])],
        "kro": [Statement("Itself", ["eks:DescribeCluster"], [site.arn("eks", f"cluster/{site.name}")])],
    }[kind]
    yield iam.policy(name, name, document(rules), owner)
    yield iam.role(name, name, trust_service("capabilities.eks.amazonaws.com"), owner, policies=[name])


def _entries(site: Site, owner: Owner) -> Iterator[Manifest]:
    """Who may join or look in, beside those EKS lets in by itself."""
    name = site.name
    if site.cluster.compute == "auto":
        arn = iam.role_arn(site.account, eks.node_role(name))
        yield eks.access_entry(f"{name}-nodes", name, arn, "EC2", owner)
    if site.cluster.hybrid:
        arn = iam.role_arn(site.account, eks.hybrid_role(name))
        yield eks.access_entry(eks.hybrid_role(name), name, arn, "HYBRID_LINUX", owner)
    for number, arn in enumerate(site.cluster.administrators):
        yield eks.administrator_entry(f"{name}-administrators-{number}", name, arn, ["platform-team"], owner)


def _addons(site: Site, owner: Owner) -> Iterator[Manifest]:
    """Auto Mode has its own networking, storage and identity agent; hybrid nodes and node groups need add-ons."""
    wanted: dict[str, str] = {}
    if site.cluster.hybrid:
        wanted |= {"coredns": "", "kube-proxy": "", "eks-pod-identity-agent": _agent_configuration()}
    if site.cluster.compute == "nodegroups":
        wanted |= {
            "vpc-cni": json.dumps(_cni_configuration(site), indent=2, sort_keys=True),
            "coredns": "",
            "kube-proxy": "",
            "eks-pod-identity-agent": wanted.get("eks-pod-identity-agent", ""),
            "aws-ebs-csi-driver": "",
        }
    for addon, configuration in sorted(wanted.items()):
        yield eks.addon(f"{site.name}-{addon}", addon, site.name, owner, configuration)


def _agent_configuration() -> str:
    """The Pod Identity agent also on machines on premises."""
    return json.dumps({"daemonsets": {"hybrid": {"create": True}}}, indent=2)


def _cni_configuration(site: Site) -> Data:
    environment = {
        "ENABLE_POD_ENI": "true",
        "ENABLE_PREFIX_DELEGATION": "true",
        "NETWORK_POLICY_ENFORCING_MODE": site.cluster.enforcement,
        "POD_SECURITY_GROUP_ENFORCING_MODE": "standard",
    }
    return {"enableNetworkPolicy": "true", "env": environment}


def _node_groups(site: Site, owner: Owner) -> Iterator[Manifest]:
    vpc = site.cluster.vpc
    subnets: dict[str, list[Data]] | dict[str, list[str]] = (
        {"subnetRefs": _subnet_refs(site)} if vpc.create else {"subnets": list(vpc.subnets)}
    )
    for name, declared in sorted(site.cluster.node_groups.items()):
        labels = {TENANT: declared.tenant} if declared.tenant else {}
        taint = (TENANT, declared.tenant) if declared.tenant else None
        full = joined(site.name, name)
        yield eks.node_group(full, site.name, declared, subnets, owner, labels=labels, taint=taint)

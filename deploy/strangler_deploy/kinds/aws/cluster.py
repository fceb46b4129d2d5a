"""EKS clusters: control plane, nodes, entries, add-ons, capabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strangler.plan.platform import Cluster, NodeGroup
from strangler_deploy.kinds.aws.resource import Owner, ack, named
from strangler_deploy.manifest import Data, Manifest


def cluster(
    name: str, declared: Cluster, owner: Owner, *, logs: Sequence[str], subnets: Sequence[Data], node_arn: str
) -> Manifest:
    """The control plane; Auto Mode is its three switches together, hybrid its remote networks."""
    auto = declared.compute == "auto"
    access: Data = {
        "endpointPrivateAccess": declared.endpoint in ("private", "both"),
        "endpointPublicAccess": declared.endpoint in ("public", "both"),
    }
    access.update({"subnetRefs": list(subnets)} if subnets else {"subnetIDs": list(declared.vpc.subnets)})
    spec: Data = {
        "name": name,
        "version": declared.version,
        "roleRef": named(cluster_role(name)),
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        "bootstrapSelfManagedAddons": not auto,
        "upgradePolicy": {"supportType": declared.support.upper()},
        "deletionProtection": declared.protected,
        "zonalShiftConfig": {"enabled": True},
        "kubernetesNetworkConfig": {
            "ipFamily": "ipv4",
            "serviceIPv4CIDR": declared.vpc.service_cidr,
            "elasticLoadBalancing": {"enabled": auto},
        },
        "storageConfig": {"blockStorage": {"enabled": auto}},
        "computeConfig": {"enabled": auto},
        "resourcesVPCConfig": access,
        "logging": {"clusterLogging": [{"enabled": True, "types": list(logs)}]},
        "tags": dict(owner.tags),
    }
    if auto:
        spec["computeConfig"] = {"enabled": True, "nodePools": ["system"], "nodeRoleARN": node_arn}
    if declared.hybrid:
        spec["remoteNetworkConfig"] = {
            "remoteNodeNetworks": [{"cidrs": list(declared.hybrid.nodes)}],
            "remotePodNetworks": [{"cidrs": list(declared.hybrid.pods)}],
        }
    return ack("eks", "Cluster", name, spec, owner)


def cluster_role(name: str) -> str:
    """The role of a control plane."""
    return f"{name}-cluster"


def node_role(name: str) -> str:
    """The role of a cluster's cloud nodes."""
    return f"{name}-nodes"


def hybrid_role(name: str) -> str:
    """The role of a cluster's machines on premises."""
    return f"{name}-hybrid-nodes"


def access_entry(name: str, cluster_name: str, principal: str, kind: str, owner: Owner) -> Manifest:
    """Lets nodes of a role join."""
    spec = {"clusterRef": named(cluster_name), "principalARN": principal, "type": kind, "tags": dict(owner.tags)}
    return ack("eks", "AccessEntry", name, spec, owner)


def administrator_entry(name: str, cluster_name: str, principal: str, groups: Sequence[str], owner: Owner) -> Manifest:
    """Lets people of a role in, as members of Kubernetes groups."""
    spec = {
        "clusterRef": named(cluster_name),
        "principalARN": principal,
        "type": "STANDARD",
        "kubernetesGroups": sorted(groups),
        "tags": dict(owner.tags),
    }
    return ack("eks", "AccessEntry", name, spec, owner)


def addon(name: str, addon_name: str, cluster_name: str, owner: Owner, configuration: str = "") -> Manifest:
    """An add-on that EKS installs and updates."""
    spec: Data = {"name": addon_name, "clusterRef": named(cluster_name), "resolveConflicts": "OVERWRITE"}
    if configuration:
        spec["configurationValues"] = configuration
    return ack("eks", "Addon", name, {**spec, "tags": dict(owner.tags)}, owner)


def node_group(
    name: str,
    cluster_name: str,
    declared: NodeGroup,
    subnets: Mapping[str, list[Data]] | Mapping[str, list[str]],
    owner: Owner,
    *,
    labels: Mapping[str, str],
    taint: tuple[str, str] | None,
) -> Manifest:
    """A managed node group; it is spread over the cluster's subnets."""
    spec: Data = {
        "name": name,
        "clusterRef": named(cluster_name),
        "nodeRoleRef": named(node_role(cluster_name)),
        "capacityType": declared.capacity.replace("-", "_").upper(),
        "instanceTypes": list(declared.types),
        "scalingConfig": {"minSize": declared.min, "maxSize": declared.max, "desiredSize": declared.min},
        "updateConfig": {"maxUnavailablePercentage": 25},
        "labels": dict(sorted(labels.items())),
        **subnets,
        "tags": dict(owner.tags),
    }
    if taint:
        spec["taints"] = [{"key": taint[0], "value": taint[1], "effect": "NO_SCHEDULE"}]
    return ack("eks", "Nodegroup", name, spec, owner)


def capability(kind: str, cluster_name: str, owner: Owner, *, namespace: str) -> Manifest:
    """A controller that AWS runs: Argo CD, ACK or kro; one of each per cluster, and never deleted with its objects."""
    name = f"{cluster_name}-{kind}"
    spec: Data = {
        "name": kind,
        "clusterRef": named(cluster_name),
        "type": kind.upper(),
        "roleRef": named(capability_role(cluster_name, kind)),
        "deletePropagationPolicy": "RETAIN",
        "tags": dict(owner.tags),
    }
    if kind == "argocd":
        spec["configuration"] = {"argoCD": {"namespace": namespace}}
    return ack("eks", "Capability", name, spec, owner)


def capability_role(cluster_name: str, kind: str) -> str:
    """The role of a managed controller."""
    return f"{cluster_name}-{kind}"

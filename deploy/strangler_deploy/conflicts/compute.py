"""Who makes the nodes, and what does not run on them: C1, C8, C11, C24."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Finding
from strangler_deploy.conflicts.context import Context, at_unit, conflict
from strangler_deploy.conflicts.hybrid import may_be_hybrid
from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.estate import Site, Unit
from strangler_deploy.placement import Placement

_FIRST_WITH_GROUPS = (1, 36)
_EBS = {"auto": "ebs.csi.eks.amazonaws.com", "nodegroups": "ebs.csi.aws.com"}


def security_groups(context: Context) -> Iterator[Finding]:
    """C1: security groups for pods where the nodes know none."""
    for site, unit, placement in context.homes():
        if unit.workload.security_groups:
            reason = _without_groups(site, unit, placement)
            if reason:
                message = f"service '{unit.name}' has security groups, and cluster '{site.name}' {reason}"
                hint = f'set version: "1.36" for {site.name}, or take security_groups off and rely on network policies'
                yield conflict(1, message, at_unit(unit), hint)
    for site, document in context.of_kind("SecurityGroupPolicy"):
        if site.cluster.compute == "auto" and version(site) < _FIRST_WITH_GROUPS:
            message = f"{document} has no effect on Auto Mode below Kubernetes 1.36 (cluster '{site.name}')"
            yield conflict(1, message, document.location, "use podSecurityGroupSelectorTerms of a NodeClass")


def _without_groups(site: Site, unit: Unit, placement: Placement) -> str:
    if site.cluster.local:
        return "is no EKS cluster"
    if may_be_hybrid(site, unit, on_premises=placement.tier.nodes.on_premises):
        return "may run it on hybrid nodes, which have none"
    if site.cluster.compute == "auto" and version(site) < _FIRST_WITH_GROUPS:
        return f"is Auto Mode with Kubernetes {site.cluster.version}, which has none below 1.36"
    return ""


def version(site: Site) -> tuple[int, ...]:
    """The Kubernetes version as numbers."""
    return tuple(int(part) for part in site.cluster.version.split("."))


def node_labels(context: Context) -> Iterator[Finding]:
    """C8: labels and classes of self-managed Karpenter on Auto Mode."""
    for site, document in context.of_kind("NodePool", "EC2NodeClass"):
        if site.cluster.compute != "auto":
            continue
        if document.kind == "EC2NodeClass":
            message = f"{document} is of self-managed Karpenter; Auto Mode (cluster '{site.name}') has NodeClass"
            yield conflict(8, message, document.location, "use kind NodeClass of eks.amazonaws.com/v1")
        for key in _foreign_keys(document):
            message = f"{document} asks for {key}, which no node of Auto Mode carries (cluster '{site.name}')"
            own = key.replace("karpenter.k8s.aws/instance-", "eks.amazonaws.com/instance-")
            hint = f"use {own}" if own != key else "leave it out: Auto Mode is Linux only and has labels of its own"
            yield conflict(8, message, document.location, hint)


def _foreign_keys(document: Document) -> list[str]:
    inner = mapping(mapping(document.spec.get("template")).get("spec"))
    keys = [str(item.get("key")) for item in mappings(inner.get("requirements"))]
    reference = str(mapping(inner.get("nodeClassRef")).get("group") or "")
    foreign = [k for k in keys if k.startswith("karpenter.k8s.aws/") or k == "node.kubernetes.io/windows-build"]
    return foreign + ([f"nodeClassRef {reference}"] if reference == "karpenter.k8s.aws" else [])


def interruptions(context: Context) -> Iterator[Finding]:
    """C11: work that cannot be interrupted, on machines that are taken away."""
    for site, unit, placement in context.homes():
        on_spot = placement.tier.nodes.capacity == ("spot",) and site.cluster.compute == "auto"
        reason = _cannot_move(unit)
        if on_spot and reason:
            message = f"service '{unit.name}' {reason}, and the machines of {_whose(placement)} are spot only"
            hint = "give the tier nodes: {capacity: [spot, on-demand]}, or the service scale: {min: 2}"
            yield conflict(11, message, at_unit(unit), hint)
    yield from _budgets(context)


def _whose(placement: Placement) -> str:
    own = placement.tenant.nodes is not None
    return f"tenant '{placement.id}'" if own else f"tier '{placement.tier_name}'"


def _cannot_move(unit: Unit) -> str:
    if unit.workload.volume:
        return "keeps data on a volume"
    return "has one pod" if unit.workload.scale.min == 1 else ""


def _budgets(context: Context) -> Iterator[Finding]:
    """A budget of nothing stops every drain, on any kind of machine, until the pool's grace period ends."""
    for _, document in context.of_kind("PodDisruptionBudget"):
        spec = document.spec
        if str(spec.get("maxUnavailable")) in ("0", "0%") or str(spec.get("minAvailable")) == "100%":
            message = f"{document} lets no pod go: nodes that expire or are interrupted wait for it"
            yield conflict(11, message, document.location, "allow one: maxUnavailable: 1")


def storage(context: Context) -> Iterator[Finding]:
    """C24: volumes of the other EBS driver."""
    for site, document in context.of_kind("StorageClass"):
        provisioner = str(document.data.get("provisioner"))
        wanted = _EBS.get(site.cluster.compute)
        if provisioner in _EBS.values() and wanted and provisioner != wanted:
            message = f"{document} is provisioned by {provisioner}, which cluster '{site.name}' does not have"
            yield conflict(24, message, document.location, f"use {wanted}; volumes of the one cannot move to the other")

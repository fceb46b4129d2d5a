"""On-premises machines as nodes: C2, C3, C4, C5, C25."""

from __future__ import annotations

import re
from collections.abc import Iterator

from strangler.model import Finding
from strangler_deploy.conflicts.context import Context, at_site, at_unit, conflict
from strangler_deploy.documents import Document, mapping
from strangler_deploy.estate import Site, Unit

_AGENT = "eks-pod-identity-agent"
_OLDEST_AGENT = (1, 3, 3)
_NEEDED_BESIDE_AUTO = ("coredns", "kube-proxy")
_AWS_POLICIES = ("ClusterNetworkPolicy", "ApplicationNetworkPolicy")
_OTHER_ENGINES = ("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy")


def may_be_hybrid(site: Site, unit: Unit, *, on_premises: bool = False) -> bool:
    """Whether a service may land on a hybrid node of the cluster."""
    if site.cluster.hybrid is None:
        return False
    placement = unit.workload.placement
    return placement == "on-premises" or (placement == "any" and (on_premises or site.cluster.compute == "none"))


def two_engines(context: Context) -> Iterator[Finding]:
    """C2: rules that only one of a mixed cluster's two policy engines knows."""
    for site, unit, placement in context.homes():
        if unit.workload.domains and may_be_hybrid(site, unit, on_premises=placement.tier.nodes.on_premises):
            message = f"service '{unit.name}' is allowed domains by name, and may run on hybrid nodes of '{site.name}'"
            hint = "only Auto Mode knows rules by name: set placement: cloud, or name the system under externals"
            yield conflict(2, message, at_unit(unit), hint)
    for site, document in context.of_kind(*_AWS_POLICIES):
        if site.cluster.compute == "none":
            message = f"{document} is enforced by AWS's agent, and cluster '{site.name}' has hybrid nodes only"
            yield conflict(2, message, document.location, "use a NetworkPolicy, which both engines know")
    for site, document in context.of_kind(*_OTHER_ENGINES):
        if site.cluster.is_eks and site.cluster.hybrid is None:
            message = f"{document} is for another engine than cluster '{site.name}' has on EC2"
            yield conflict(2, message, document.location, "use a NetworkPolicy, or ClusterNetworkPolicy of AWS")


def credentials(context: Context) -> Iterator[Finding]:
    """C3: default-deny keeps pods on hybrid nodes from their credentials."""
    for site, unit, placement in context.homes():
        hybrid = may_be_hybrid(site, unit, on_premises=placement.tier.nodes.on_premises)
        waived = any(waiver.rule == "DEPLOY-C3" for waiver in unit.service.waive)
        if hybrid and unit.workload.data and site.cluster.is_eks and not waived:
            message = (
                f"service '{unit.name}' needs AWS credentials on hybrid nodes of '{site.name}', where default-deny "
                "can only be opened to the Pod Identity agent by a policy that AWS does not support"
            )
            hint = "set placement: cloud, or waive DEPLOY-C3 at the service with the reason"
            yield conflict(3, message, at_unit(unit), hint)


def agents(context: Context) -> Iterator[Finding]:
    """C4: Pod Identity on hybrid nodes needs a newer agent and a file on every host."""
    for site in context.sites.values():
        if site.cluster.hybrid is None or not site.cluster.is_eks:
            continue
        agent = context.addons(site).get(_AGENT)
        if agent is not None:
            yield from _agent(site, agent)
    for document in context.by_kind.get("NodeConfig", ()):
        hybrid = mapping(document.spec.get("hybrid"))
        if hybrid and not hybrid.get("enableCredentialsFile"):
            message = f"{document} joins a host whose pods get no credentials from Pod Identity"
            yield conflict(4, message, document.location, "set hybrid.enableCredentialsFile: true")


def _agent(site: Site, agent: Document) -> Iterator[Finding]:
    written = str(agent.spec.get("addonVersion") or "")
    numbers = tuple(int(part) for part in re.findall(r"\d+", written)[:3])
    if numbers and numbers < _OLDEST_AGENT:
        message = f"the Pod Identity agent of '{site.name}' is {written}; hybrid nodes need 1.3.3 or newer"
        yield conflict(4, message, agent.location, "set addonVersion: v1.3.7-eksbuild.2, or leave it to EKS")
    values = str(agent.spec.get("configurationValues") or "")
    if not re.search(r'"?hybrid\w*"?\s*:\s*\{[^}]*"?create"?\s*:\s*true', values):
        message = f"the Pod Identity agent of '{site.name}' has no DaemonSet for hybrid nodes"
        hint = 'set configurationValues: {"daemonsets": {"hybrid": {"create": true}}}'
        yield conflict(4, message, agent.location, hint)


def beside_auto(context: Context) -> Iterator[Finding]:
    """C5: hybrid nodes beside Auto Mode lack what Auto Mode has built in."""
    for site in context.sites.values():
        if site.cluster.compute != "auto" or site.cluster.hybrid is None or not site.cluster.is_eks:
            continue
        missing = [name for name in _NEEDED_BESIDE_AUTO if name not in context.addons(site)]
        if missing:
            message = f"hybrid nodes of '{site.name}' have neither names nor services without {' and '.join(missing)}"
            hint = "Auto Mode has them built in, hybrid nodes do not: render the add-ons beside it"
            yield conflict(5, message, at_site(site), hint)


def endpoints(context: Context) -> Iterator[Finding]:
    """C25: hybrid nodes and an endpoint that is both public and private."""
    for site in context.sites.values():
        if site.cluster.hybrid and site.cluster.endpoint == "both":
            message = f"hybrid nodes of '{site.name}' resolve the endpoint to public addresses, and may fail to join"
            yield conflict(25, message, at_site(site), "set endpoint: private (or public)")

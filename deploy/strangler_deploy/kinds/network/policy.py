"""NetworkPolicies: the subset that the VPC CNI and Cilium enforce alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strangler_deploy.kinds.workloads.pod import APP
from strangler_deploy.manifest import Data, Manifest

POD_IDENTITY = "169.254.170.23/32"
_API = "networking.k8s.io/v1"


def default_deny(namespace: str, *, origin: str) -> Manifest:
    """Nothing in, nothing out, for every pod."""
    return _policy("default-deny", namespace, {}, origin, ingress=(), egress=())


def allow_everything(namespace: str, *, origin: str) -> Manifest:
    """For the system's own pods where enforcement is strict: what has no policy there gets nothing at all."""
    return _policy("allow-everything", namespace, {}, origin, ingress=[{}], egress=[{}])


def platform_egress(namespace: str, *, pod_identity: bool, origin: str) -> Manifest:
    """What every pod needs: names, and (on EKS) its AWS credentials.

    The port of DNS is open without a destination: on Auto Mode the resolver is on the node, where no label finds it.
    """
    rules: list[Data] = [{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}]
    if pod_identity:
        rules.append({"to": [block(POD_IDENTITY)], "ports": ports(80)})
    return _policy("allow-platform-egress", namespace, {}, origin, egress=rules)


def allow_in(app: str, namespace: str, peers: Sequence[Data], port: int, *, origin: str, name: str = "") -> Manifest:
    """Let ``peers`` reach the pods of ``app`` at their own port."""
    rules = [{"from": list(peers), "ports": ports(port)}]
    return _policy(name or f"{app}-in", namespace, {APP: app}, origin, ingress=rules)


def allow_out(app: str, namespace: str, rules: Sequence[Data], *, origin: str, name: str = "") -> Manifest:
    """Let the pods of ``app`` reach what the egress ``rules`` say."""
    return _policy(name or f"{app}-out", namespace, {APP: app}, origin, egress=rules)


def egress(peers: Sequence[Data], port: int) -> Data:
    """An egress rule: these peers, at this port."""
    return {"to": list(peers), "ports": ports(port)}


def pods(*apps: str, namespace: str = "") -> Data:
    """The pods of some apps: of the policy's own namespace, or (one item: both must hold) of another one."""
    peer: Data = {}
    if namespace:
        peer["namespaceSelector"] = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    peer["podSelector"] = (
        {"matchLabels": {APP: apps[0]}}
        if len(apps) == 1
        else {"matchExpressions": [{"key": APP, "operator": "In", "values": sorted(apps)}]}
    )
    return peer


def everything_in(namespace: str) -> Data:
    """All pods of a namespace."""
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}


def in_namespaces_with(labels: Mapping[str, str], *apps: str) -> Data:
    """The pods of some apps in every namespace that has ``labels``."""
    return {**pods(*apps), "namespaceSelector": {"matchLabels": dict(labels)}}


def block(cidr: str) -> Data:
    """Addresses of a network."""
    return {"ipBlock": {"cidr": cidr}}


def ports(*numbers: int) -> list[Data]:
    """TCP ports (of pods, not of services)."""
    return [{"port": number, "protocol": "TCP"} for number in numbers]


def _policy(
    name: str,
    namespace: str,
    labels: Mapping[str, str],
    origin: str,
    *,
    ingress: Sequence[Data] | None = None,
    egress: Sequence[Data] | None = None,
) -> Manifest:
    spec: Data = {"podSelector": {"matchLabels": dict(labels)} if labels else {}, "policyTypes": []}
    for kind, key, rules in (("Ingress", "ingress", ingress), ("Egress", "egress", egress)):
        if rules is not None:
            spec["policyTypes"].append(kind)
            if rules:
                spec[key] = list(rules)
    return Manifest(_API, "NetworkPolicy", name, {"spec": spec}, namespace, origin=origin)

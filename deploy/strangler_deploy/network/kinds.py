"""Reads each kind of network policy that the tree may hold."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.network.rules import LAST_PORT, Network, NetworkRules, Peer, Ports, Rule
from strangler_deploy.network.selectors import Requirement, Selector, selector

_AWS = "networking.k8s.aws"
_NAMESPACE_OF_CILIUM = "io.kubernetes.pod.namespace"
_LABELS_OF_CILIUM = "io.cilium.k8s.namespace.labels."


def read(document: Document) -> Iterator[NetworkRules]:
    """The rules in ``document``; nothing if it is no network policy."""
    reader = _READERS.get((document.group, document.kind))
    if reader is not None:
        yield from reader(document)


def _network_policy(document: Document) -> Iterator[NetworkRules]:
    spec = document.spec
    types = spec.get("policyTypes") or (["Ingress", "Egress"] if "egress" in spec else ["Ingress"])
    yield NetworkRules(
        name=document.name,
        namespace=document.namespace,
        namespaces=Selector(),
        pods=selector(spec.get("podSelector")),
        ingress=_rules(spec.get("ingress"), "from", document) if "Ingress" in types else None,
        egress=_rules(spec.get("egress"), "to", document) if "Egress" in types else None,
        engines=frozenset({"vpc"}) if document.group == _AWS else frozenset({"vpc", "cilium"}),
        location=document.location,
    )


def _rules(value: Any, side: str, document: Document) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            peers=tuple(_peers(mappings(item[side]))) if item.get(side) else None,
            ports=tuple(_port(port) for port in mappings(item["ports"])) if item.get("ports") else None,
        )
        for item in mappings(value)
    )


def _peers(items: list[Mapping[str, Any]]) -> Iterator[Peer]:
    for item in items:
        if "ipBlock" in item:
            yield from _block(mapping(item["ipBlock"]))
        elif item.get("domainNames"):
            yield Peer(domains=tuple(str(name) for name in item["domainNames"]))
        elif "namespaceSelector" in item:
            yield Peer(namespaces=selector(item["namespaceSelector"]), pods=selector(item.get("podSelector")))
        elif "podSelector" in item:
            yield Peer(pods=selector(item["podSelector"]))


def _block(block: Mapping[str, Any]) -> Iterator[Peer]:
    network = _network(block.get("cidr"))
    excepted = tuple(n for n in map(_network, block.get("except") or ()) if n is not None)
    if network is not None:
        yield Peer(block=network, excepted=excepted)


def _network(value: Any) -> Network | None:
    try:
        return ipaddress.ip_network(str(value), strict=False)
    except ValueError:  # the schema check says so
        return None


def _port(port: Mapping[str, Any]) -> Ports:
    protocol, number = str(port.get("protocol") or "TCP"), port.get("port")
    if number is None:
        return Ports(protocol)
    if isinstance(number, str) and not number.isdigit():
        return Ports(protocol, name=number)
    return Ports(protocol, int(number), int(port.get("endPort") or number))


def _cluster_policy(document: Document) -> Iterator[NetworkRules]:
    spec = document.spec
    subject = mapping(spec.get("subject"))
    pods = mapping(subject.get("pods"))
    yield NetworkRules(
        name=document.name,
        namespace="",
        namespaces=selector(pods.get("namespaceSelector") if pods else subject.get("namespaces")),
        pods=selector(pods.get("podSelector")),
        ingress=_ordered(spec.get("ingress"), "from"),
        egress=_ordered(spec.get("egress"), "to"),
        tier="Baseline" if spec.get("tier") == "Baseline" else "Admin",
        priority=int(spec.get("priority") or 0),
        engines=frozenset({"vpc"}),
        location=document.location,
    )


def _ordered(value: Any, side: str) -> tuple[Rule, ...] | None:
    rules = tuple(
        Rule(
            action=item.get("action", "Accept"),
            peers=tuple(_cluster_peers(mappings(item.get(side)))),
            ports=tuple(_cluster_port(port) for port in mappings(item["ports"])) if item.get("ports") else None,
        )
        for item in mappings(value)
    )
    return rules or None


def _cluster_peers(items: list[Mapping[str, Any]]) -> Iterator[Peer]:
    for item in items:
        pods = mapping(item.get("pods"))
        if "namespaces" in item:
            yield Peer(namespaces=selector(item["namespaces"]), pods=Selector())
        elif pods:
            yield Peer(namespaces=selector(pods.get("namespaceSelector")), pods=selector(pods.get("podSelector")))
        for cidr in item.get("networks") or ():
            yield from _block({"cidr": cidr})
        if item.get("domainNames"):
            yield Peer(domains=tuple(str(name) for name in item["domainNames"]))


def _cluster_port(port: Mapping[str, Any]) -> Ports:
    if "namedPort" in port:
        return Ports(name=str(port["namedPort"]))
    if "portRange" in port:
        span = mapping(port["portRange"])
        return Ports(str(span.get("protocol") or "TCP"), int(span.get("start", 0)), int(span.get("end", LAST_PORT)))
    number = mapping(port.get("portNumber"))
    return Ports(str(number.get("protocol") or "TCP"), int(number.get("port", 0)), int(number.get("port", LAST_PORT)))


def _cilium(document: Document) -> Iterator[NetworkRules]:
    listed = mappings(document.data.get("specs")) or [document.spec]
    for spec in listed:
        yield NetworkRules(
            name=document.name,
            namespace=document.namespace,
            namespaces=Selector(),
            pods=_bare(spec.get("endpointSelector")),
            ingress=_cilium_rules(spec["ingress"], "from") if "ingress" in spec else None,
            egress=_cilium_rules(spec["egress"], "to") if "egress" in spec else None,
            engines=frozenset({"cilium"}),
            location=document.location,
        )


def _cilium_rules(value: Any, side: str) -> tuple[Rule, ...]:
    # An empty rule of Cilium ({}) allows nothing; one with ports alone allows them for everybody.
    return tuple(
        Rule(peers=_cilium_peers(item, side), ports=_cilium_ports(item)) for item in mappings(value) if len(item)
    )


def _cilium_peers(item: Mapping[str, Any], side: str) -> tuple[Peer, ...] | None:
    endpoints = mappings(item.get(f"{side}Endpoints"))
    peers = [Peer(namespaces=_cilium_namespaces(endpoint), pods=_bare(endpoint)) for endpoint in endpoints]
    peers += [Peer(entity=str(entity)) for entity in item.get(f"{side}Entities") or ()]
    for cidr in item.get(f"{side}CIDR") or ():
        peers.extend(_block({"cidr": cidr}))
    for entry in mappings(item.get(f"{side}CIDRSet")):
        peers.extend(_block(entry))
    names = [str(n.get("matchName") or n.get("matchPattern")) for n in mappings(item.get(f"{side}FQDNs"))]
    if names:
        peers.append(Peer(domains=tuple(names)))
    return tuple(peers) if any(key.startswith(side) and key != "toPorts" for key in item) else None


def _cilium_ports(item: Mapping[str, Any]) -> tuple[Ports, ...] | None:
    ports = [_port(port) for entry in mappings(item.get("toPorts")) for port in mappings(entry.get("ports"))]
    return tuple(ports) or None


def _labels_of_cilium(value: Any) -> Selector:
    read_in = selector(value)
    bare = (Requirement(r.key.removeprefix("k8s:"), r.operator, r.values) for r in read_in.requirements)
    return Selector(frozenset(bare))


def _bare(value: Any) -> Selector:
    """The part of an endpoint selector that is about the pod's own labels."""
    found = _labels_of_cilium(value)
    own = (r for r in found.requirements if not r.key.startswith((_NAMESPACE_OF_CILIUM, _LABELS_OF_CILIUM)))
    return Selector(frozenset(own))


def _cilium_namespaces(value: Any) -> Selector | None:
    """The part that is about its namespace; without one it is the policy's own."""
    found: list[Requirement] = []
    for r in _labels_of_cilium(value).requirements:
        if r.key == _NAMESPACE_OF_CILIUM:
            found.append(Requirement("kubernetes.io/metadata.name", r.operator, r.values))
        elif r.key.startswith(_LABELS_OF_CILIUM):
            found.append(Requirement(r.key.removeprefix(_LABELS_OF_CILIUM), r.operator, r.values))
    return Selector(frozenset(found)) if found else None


_READERS: Mapping[tuple[str, str], Callable[[Document], Iterator[NetworkRules]]] = {
    ("networking.k8s.io", "NetworkPolicy"): _network_policy,
    (_AWS, "ApplicationNetworkPolicy"): _network_policy,
    (_AWS, "ClusterNetworkPolicy"): _cluster_policy,
    ("cilium.io", "CiliumNetworkPolicy"): _cilium,
}

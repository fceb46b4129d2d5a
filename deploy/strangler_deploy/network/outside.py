"""What goes out of the pods' network and what comes in: names, AWS credentials, other systems, load balancers."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from strangler.model import Finding
from strangler_deploy.estate import Site
from strangler_deploy.network.declared import AGENT, DNS, METADATA, App, Declared, ports_from, ports_to
from strangler_deploy.network.endpoints import Address, Pod
from strangler_deploy.network.reach import DIRECTIONS, Flow, Span, is_allowed, open_ports, policies_of, rules
from strangler_deploy.network.rules import Network
from strangler_deploy.network.world import World

_INTERNET = Address("203.0.113.10", "the internet")
_AGENT = Address(AGENT, "the Pod Identity agent", host=True)
_METADATA = Address(METADATA, "the instance metadata service", host=True)


def outside(world: World, wanted: Declared, site: Site, app: Callable[[int], App]) -> Iterator[Finding]:
    """Findings for each kind of pod once: pods under the same rules with the same declaration have the same answer."""
    seen: set[Any] = set()
    addresses = list(_addresses(world, wanted, site))
    for number, pod in enumerate(world.pods):
        name = app(number)
        sides = (wanted.out.get(name, ()), wanted.into.get(name, ()), wanted.named.get(name, ()))
        said = (*(frozenset(side) for side in sides), name in wanted.identities)
        key = (_signature(world, pod), said)
        if key not in seen and policies_of(world, pod):
            seen.add(key)
            for address in addresses:
                yield from _out(world, wanted, site, pod, name, address)
                yield from _into(world, wanted, pod, name, address)
            has_identity = site.cluster.is_eks and name in wanted.identities
            yield from _needs(world, site, pod, has_identity=has_identity)


def _signature(world: World, pod: Pod) -> Any:
    """Everything about a pod that decides on addresses."""
    policies = policies_of(world, pod)
    return (
        pod.engine,
        frozenset(pod.ports.items()),
        frozenset((p.tier, p.priority, p.ingress, p.egress) for p in policies),
    )


def _addresses(world: World, wanted: Declared, site: Site) -> Iterator[Address]:
    """One address inside and one outside of every block that anybody names, and those that matter by themselves."""
    yield from (_INTERNET, _METADATA, _AGENT)
    for domain in sorted({domain for domains in wanted.named.values() for domain in domains}):
        yield Address("203.0.113.20", domain)
    blocks = {ipaddress.ip_network(site.cluster.vpc.cidr)} if not site.cluster.local else set[Network]()
    for sides in (wanted.out, wanted.into):
        blocks |= {network for pairs in sides.values() for network, _ in pairs}
    blocks |= set(_named_blocks(world))
    known = {_INTERNET.ip, METADATA, AGENT}
    for network in sorted(blocks, key=str):
        for ip in _samples(network):
            if ip not in known:
                known.add(ip)
                yield Address(ip)


def _named_blocks(world: World) -> Iterator[Network]:
    for policy in world.policies:
        for direction in DIRECTIONS:
            for rule in rules(policy, direction) or ():
                for peer in rule.peers or ():
                    yield from (peer.block, *peer.excepted) if peer.block else ()


def _samples(network: Network) -> Iterator[str]:
    if network.prefixlen:
        yield str(network[min(10, network.num_addresses - 1)])
        after = int(network.broadcast_address) + 1
        if after < 2**network.max_prefixlen:
            yield str(type(network.network_address)(after))


def _out(world: World, wanted: Declared, site: Site, pod: Pod, name: App, address: Address) -> Iterator[Finding]:
    expected = ports_to(wanted, name, address, has_identity=site.cluster.is_eks)
    extra = _beyond(open_ports(world, pod, address), expected)
    if extra:
        message = f"{pod} may reach {address} at {extra}, which nobody declared"
        hint = "name the system under platform.externals and in calls, or take away the policy that allows it"
        yield Finding("NETWORK-EGRESS", message, pod.location, hint)
    for protocol, port in sorted(ports_to(wanted, name, address, has_identity=False)):
        if port != DNS and not address.host and not is_allowed(world, Flow(pod, address, port, protocol)):
            message = f"{pod} cannot reach {address} at {protocol} {port}, as declared"
            yield Finding("NETWORK-CLOSED", message, pod.location, "its egress does not allow it")


def _into(world: World, wanted: Declared, pod: Pod, name: App, address: Address) -> Iterator[Finding]:
    if address.host:
        return  # the kubelet's probes come from the node and are let through by every engine
    expected = ports_from(wanted.into.get(name, set()), address)
    extra = _beyond(open_ports(world, address, pod), expected)
    if extra:
        message = f"{address} may reach {pod} at {extra}, which nobody declared"
        yield Finding("NETWORK-INGRESS", message, pod.location, "narrow the block that the policy allows")
    for protocol, port in sorted(expected):
        if not is_allowed(world, Flow(address, pod, port, protocol)):
            message = f"the load balancer ({address}) cannot reach {pod} at {protocol} {port}, although it has routes"
            yield Finding("NETWORK-CLOSED", message, pod.location, "its ingress does not allow it")


def _beyond(spans: tuple[Span, ...], expected: set[tuple[str, int]]) -> str:
    extra = [s for s in spans if s[1] != s[2] or (s[0], s[1]) not in expected]
    return ", ".join(f"{p} {first}" if first == last else f"{p} {first}-{last}" for p, first, last in extra)


def _needs(world: World, site: Site, pod: Pod, *, has_identity: bool) -> Iterator[Finding]:
    """What every pod needs: names, and its credentials."""
    resolver = _resolver(site, pod)
    for protocol in ("UDP", "TCP"):
        if not is_allowed(world, Flow(pod, resolver, DNS, protocol)):
            message = f"{pod} cannot resolve names: {protocol} {DNS} to the cluster's resolver is closed"
            hint = (
                "allow port 53 without a destination: on Auto Mode the resolver is on the node, where no label finds it"
            )
            yield Finding("NETWORK-DNS", message, pod.location, hint)
    if has_identity and not is_allowed(world, Flow(pod, _AGENT, 80)):
        message = f"{pod} gets no AWS credentials: the Pod Identity agent ({AGENT}:80) is closed to it"
        hint = "VPC CNI and Auto Mode: allow the block 169.254.170.23/32; Cilium: only toEntities [host] opens the node"
        yield Finding("NETWORK-IDENTITY", message, pod.location, hint)


def _resolver(site: Site, pod: Pod) -> Address | Pod:
    if site.cluster.compute == "auto" and pod.engine == "vpc":
        network = ipaddress.ip_network(site.cluster.vpc.service_cidr)
        return Address(str(network[10]), "the resolver on the node", host=True)
    namespace = {"kubernetes.io/metadata.name": "kube-system"}
    return Pod("kube-system", "coredns", {"k8s-app": "kube-dns"}, namespace, pod.engine)

"""The pods and policies of one cluster, with the indexes that keep the proof linear in what is allowed."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from strangler_deploy.network.endpoints import Address, Endpoint, Pod
from strangler_deploy.network.rules import Network, NetworkRules, Peer
from strangler_deploy.network.selectors import Selector

# What Cilium means by each entity; a pod of the cluster is "cluster" and "all" (and never "world").
_OF_PODS, _OF_HOST, _OF_OTHERS = {"all", "cluster"}, {"all", "host", "cluster", "remote-node"}, {"all", "world"}


class World:
    """One cluster; pods are known by their place in ``pods``.

    ``networks`` are the blocks that pods of cloud nodes get their addresses from: there a rule on a block that
    overlaps them may well meet a pod, and is taken to.
    """

    def __init__(self, pods: Sequence[Pod], policies: Iterable[NetworkRules], networks: Sequence[Network] = ()) -> None:
        self.pods = pods
        self.policies = tuple(policies)
        self.networks = tuple(networks)
        self._selected: dict[tuple[Selector, Selector], frozenset[int]] = {}
        self._numbers = {id(pod): number for number, pod in enumerate(pods)}

    def number(self, pod: Pod) -> int:
        """The place of one of its pods; -1 for others, which no policy is about."""
        return self._numbers.get(id(pod), -1)

    @cached_property
    def _by_label(self) -> dict[tuple[str, str], set[int]]:
        index: dict[tuple[str, str], set[int]] = defaultdict(set)
        for number, pod in enumerate(self.pods):
            for item in pod.labels.items():
                index[item].add(number)
        return index

    @cached_property
    def _by_namespace_label(self) -> dict[tuple[str, str], set[int]]:
        index: dict[tuple[str, str], set[int]] = defaultdict(set)
        for number, pod in enumerate(self.pods):
            for item in pod.namespace_labels.items():
                index[item].add(number)
        return index

    @cached_property
    def _by_namespace(self) -> dict[str, set[int]]:
        index: dict[str, set[int]] = defaultdict(set)
        for number, pod in enumerate(self.pods):
            index[pod.namespace].add(number)
        return index

    @cached_property
    def everyone(self) -> frozenset[int]:
        """All pods."""
        return frozenset(range(len(self.pods)))

    def select(self, namespaces: Selector, pods: Selector) -> frozenset[int]:
        """The pods whose namespace and labels are selected."""
        key = (namespaces, pods)
        if key not in self._selected:
            candidates = self._candidates(namespaces, pods)
            self._selected[key] = frozenset(
                n
                for n in (self.everyone if candidates is None else candidates)
                if pods.matches(self.pods[n].labels) and namespaces.matches(self.pods[n].namespace_labels)
            )
        return self._selected[key]

    def _candidates(self, namespaces: Selector, pods: Selector) -> set[int] | None:
        """The smallest set that an index knows to hold all of them; None if none does."""
        sets = [_union(self._by_namespace_label, r.key, r.values) for r in namespaces.equalities]
        sets += [_union(self._by_label, r.key, r.values) for r in pods.equalities]
        return min(sets, key=len) if sets else None

    def within(self, namespace: str, pods: Selector) -> frozenset[int]:
        """The pods of one namespace that are selected."""
        inside = self._by_namespace.get(namespace, set())
        return frozenset(n for n in inside if pods.matches(self.pods[n].labels))

    def subjects(self, policy: NetworkRules) -> frozenset[int]:
        """The pods that a policy is about."""
        if policy.namespace:
            found = self.within(policy.namespace, policy.pods)
        else:
            found = self.select(policy.namespaces, policy.pods)
        return frozenset(n for n in found if self.pods[n].engine in policy.engines)

    @cached_property
    def applying(self) -> dict[int, list[NetworkRules]]:
        """Pod → the policies that are about it, those of a tier in the order of their priority."""
        found: dict[int, list[NetworkRules]] = defaultdict(list)
        for policy in sorted(self.policies, key=lambda policy: (policy.priority, policy.name)):
            for number in self.subjects(policy):
                found[number].append(policy)
        return found

    def is_peer(self, peer: Peer, policy: NetworkRules, subject: Pod, other: Endpoint) -> bool:
        """Whether ``other`` is who a rule of ``policy`` for ``subject`` speaks of."""
        if peer.block is not None:
            return self._in_block(peer, subject, other)
        if peer.domains:
            return isinstance(other, Address) and any(_is_domain(d, other.name) for d in peer.domains)
        if peer.entity:
            return peer.entity in _entities(subject, other)
        if isinstance(other, Address) or peer.pods is None or not _knows_labels(subject, other):
            return False
        if peer.namespaces is None:
            return other.namespace == policy.namespace and peer.pods.matches(other.labels)
        return peer.namespaces.matches(other.namespace_labels) and peer.pods.matches(other.labels)

    def _in_block(self, peer: Peer, subject: Pod, other: Endpoint) -> bool:
        """Cilium takes blocks for what is outside: they meet neither its own pods nor the node."""
        block = peer.block
        if block is None or (subject.engine == "cilium" and _is_known(subject, other)):
            return False
        networks = _networks_of(other, self.networks)
        return any(n.overlaps(block) and not any(_holds(e, n) for e in peer.excepted) for n in networks)


def _union(index: dict[tuple[str, str], set[int]], key: str, values: frozenset[str]) -> set[int]:
    found: set[int] = set()
    for value in values:
        found |= index.get((key, value), set())
    return found


def _holds(outer: Network, inner: Network) -> bool:
    if outer.version != inner.version:
        return False
    return inner.network_address in outer and inner.broadcast_address in outer


def _networks_of(other: Endpoint, pod_networks: tuple[Network, ...]) -> tuple[Network, ...]:
    if isinstance(other, Address):
        return (ipaddress.ip_network(other.ip),)
    return (ipaddress.ip_network(other.address),) if other.address else pod_networks


def _knows_labels(subject: Pod, other: Pod) -> bool:
    """AWS's agent learns every pod from the API; Cilium knows the labels of the pods that it runs itself."""
    return subject.engine == "vpc" or other.engine == "cilium"


def _is_known(subject: Pod, other: Endpoint) -> bool:
    return other.host if isinstance(other, Address) else _knows_labels(subject, other)


def _entities(subject: Pod, other: Endpoint) -> set[str]:
    if isinstance(other, Address):
        return _OF_HOST if other.host else _OF_OTHERS
    return _OF_PODS if _knows_labels(subject, other) else _OF_OTHERS


def _is_domain(pattern: str, name: str) -> bool:
    return name == pattern or (pattern.startswith("*.") and name.endswith(pattern[1:]))

"""Decides whether a connection is let through: the sender's egress and the receiver's ingress, both."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from strangler_deploy.network.endpoints import Address, Endpoint, Pod
from strangler_deploy.network.rules import LAST_PORT, NetworkRules, Ports, Rule, Tier
from strangler_deploy.network.world import World

Direction = Literal["ingress", "egress"]
Span = tuple[str, int, int]
"""Protocol, first and last port."""

DIRECTIONS: tuple[Direction, ...] = ("egress", "ingress")
PROTOCOLS = ("TCP", "UDP", "SCTP")
_TIERS: tuple[Tier, ...] = ("Admin", "Namespace", "Baseline")


@dataclass(frozen=True, slots=True)
class Flow:
    """A connection that ``source`` opens to a port of ``target``; its answers always come back."""

    source: Endpoint
    target: Endpoint
    port: int
    protocol: str = "TCP"

    def ends(self, direction: Direction) -> tuple[Endpoint, Endpoint]:
        """Whose rules are asked in this direction, and about whom."""
        return (self.source, self.target) if direction == "egress" else (self.target, self.source)


def is_allowed(world: World, flow: Flow) -> bool:
    """Whether both ends let the connection through."""
    return permits(world, flow, "egress") and permits(world, flow, "ingress")


def permits(world: World, flow: Flow, direction: Direction) -> bool:
    """Whether one end lets it through; nobody guards what is no pod."""
    subject, _ = flow.ends(direction)
    if isinstance(subject, Address):
        return True
    policies = policies_of(world, subject)
    for tier in _TIERS:
        speaking = [p for p in policies if p.tier == tier and rules(p, direction) is not None]
        verdict = _verdict(world, speaking, flow, direction)
        if verdict is not None:
            return verdict
        if speaking and tier == "Namespace":
            return False
    return True


def _verdict(world: World, policies: Sequence[NetworkRules], flow: Flow, direction: Direction) -> bool | None:
    """What the first rule says that fits; None (also for Pass) hands the question to the next tier."""
    subject, other = flow.ends(direction)
    if isinstance(subject, Address):
        return None
    for policy in policies:
        for rule in rules(policy, direction) or ():
            if _fits(rule, flow) and _speaks_of(world, rule, policy, subject, other):
                return None if rule.action == "Pass" else rule.action == "Accept"
    return None


def _speaks_of(world: World, rule: Rule, policy: NetworkRules, subject: Pod, other: Endpoint) -> bool:
    return rule.peers is None or any(world.is_peer(peer, policy, subject, other) for peer in rule.peers)


def _fits(rule: Rule, flow: Flow) -> bool:
    if rule.ports is None:
        return True
    return any(
        protocol == flow.protocol and first <= flow.port <= last
        for protocol, first, last in spans(rule.ports, flow.target)
    )


def policies_of(world: World, pod: Pod) -> Sequence[NetworkRules]:
    """The policies about ``pod``."""
    return world.applying.get(world.number(pod), ())


def rules(policy: NetworkRules, direction: Direction) -> tuple[Rule, ...] | None:
    """The rules of one direction; None if the policy says nothing of it."""
    return policy.ingress if direction == "ingress" else policy.egress


def spans(ports: Iterable[Ports], target: Endpoint) -> Iterator[Span]:
    """The ranges that ``ports`` are on ``target``; a name that it does not know is none."""
    for item in ports:
        if not item.name:
            yield item.protocol, item.first, item.last
        elif isinstance(target, Pod) and item.name in target.ports:
            yield item.protocol, target.ports[item.name], target.ports[item.name]


def open_ports(world: World, source: Endpoint, target: Endpoint) -> tuple[Span, ...]:
    """All ports that ``source`` may reach on ``target``, as ranges that do not touch."""
    found: list[Span] = []
    for protocol in PROTOCOLS:
        edges = sorted({0, LAST_PORT + 1, *_edges(world, source, target, protocol)})
        for first, after in itertools.pairwise(edges):
            if is_allowed(world, Flow(source, target, first, protocol)):
                _add(found, (protocol, first, after - 1))
    return tuple(found)


def _add(found: list[Span], span: Span) -> None:
    if found and found[-1][0] == span[0] and found[-1][2] == span[1] - 1:
        span = (span[0], found.pop()[1], span[2])
    found.append(span)


def _edges(world: World, source: Endpoint, target: Endpoint, protocol: str) -> Iterator[int]:
    """The ports at which the answer may change."""
    sides: tuple[tuple[Endpoint, Direction], ...] = ((source, "egress"), (target, "ingress"))
    for pod, direction in sides:
        for rule in _rules_of(world, pod, direction):
            for name, first, last in spans(rule.ports or (), target):
                if name == protocol:
                    yield from (first, last + 1)


def _rules_of(world: World, end: Endpoint, direction: Direction) -> Iterator[Rule]:
    for policy in policies_of(world, end) if isinstance(end, Pod) else ():
        yield from rules(policy, direction) or ()

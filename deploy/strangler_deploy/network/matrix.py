"""The whole matrix of a cluster: every ordered pair of pods that may connect, without asking about every pair.

Every pair that could be allowed is asked; it is among those that some rule names on both sides, or that rules for
everybody join on a common port. What default-deny keeps apart costs nothing.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from strangler_deploy.network.reach import Direction, Span, open_ports, policies_of, rules
from strangler_deploy.network.rules import LAST_PORT, NetworkRules, Peer, Rule
from strangler_deploy.network.world import World

_ANY: Span = ("", 0, LAST_PORT)


@dataclass
class _Side:
    """Whom a pod's rules name in one direction (a superset), and on which ports they open up to everybody."""

    named: set[int] = field(default_factory=set)
    wide: set[Span] = field(default_factory=set)


def matrix(world: World) -> Iterator[tuple[int, int, tuple[Span, ...]]]:
    """Each pair (source, target, by number) that may connect, with the ports; a pod is not paired with itself."""
    for source, target in _candidates(world):
        if source != target:
            ports = open_ports(world, world.pods[source], world.pods[target])
            if ports:
                yield source, target, ports


def _candidates(world: World) -> Iterator[tuple[int, int]]:
    out = [_side(world, number, "egress") for number in range(len(world.pods))]
    into = [_side(world, number, "ingress") for number in range(len(world.pods))]
    seen: set[tuple[int, int]] = set()
    for pair in itertools.chain(_named_pairs(out, into), _wide_pairs(out, into)):
        if pair not in seen:
            seen.add(pair)
            yield pair


def _named_pairs(out: list[_Side], into: list[_Side]) -> Iterator[tuple[int, int]]:
    for target, side in enumerate(into):
        for source in side.named:
            if target in out[source].named or out[source].wide:
                yield source, target
    for source, side in enumerate(out):
        for target in side.named:
            if into[target].wide:
                yield source, target


def _wide_pairs(out: list[_Side], into: list[_Side]) -> Iterator[tuple[int, int]]:
    sources, targets = _by_span(out), _by_span(into)
    for leaving, senders in sources.items():
        for entering, receivers in targets.items():
            if _overlap(leaving, entering):
                for source in senders:
                    for target in receivers:
                        yield source, target


def _by_span(sides: list[_Side]) -> dict[Span, list[int]]:
    found: dict[Span, list[int]] = defaultdict(list)
    for number, side in enumerate(sides):
        for span in side.wide:
            found[span].append(number)
    return found


def _overlap(one: Span, other: Span) -> bool:
    same = one[0] == other[0] or not one[0] or not other[0]
    return same and one[1] <= other[2] and other[1] <= one[2]


def _side(world: World, number: int, direction: Direction) -> _Side:
    side = _Side()
    policies = policies_of(world, world.pods[number])
    if not any(p.tier == "Namespace" and rules(p, direction) is not None for p in policies):
        side.wide.add(_ANY)  # nothing isolates it
    for policy in policies:
        for rule in rules(policy, direction) or ():
            if rule.action == "Accept":
                _count_in(side, rule, policy, world)
    return side


def _count_in(side: _Side, rule: Rule, policy: NetworkRules, world: World) -> None:
    if rule.peers is None:
        side.wide.update(_spans(rule))
        return
    for peer in rule.peers:
        if peer.pods is not None:
            side.named |= _pods_of(peer, policy, world)
        else:
            side.wide.update(_spans(rule))  # a block or an entity may hold any pod


def _pods_of(peer: Peer, policy: NetworkRules, world: World) -> frozenset[int]:
    if peer.pods is None:
        return frozenset()
    if peer.namespaces is None:
        return world.within(policy.namespace, peer.pods)
    return world.select(peer.namespaces, peer.pods)


def _spans(rule: Rule) -> Iterator[Span]:
    if rule.ports is None:
        yield _ANY
    for port in rule.ports or ():
        yield (port.protocol, 0, LAST_PORT) if port.name else (port.protocol, port.first, port.last)

"""Renders the policies of a cluster as nftables rules, one set per pod address: what a node would enforce.

The rules are written from the policies, not from the evaluator's answers, so that packets can prove it wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.network.endpoints import Pod
from strangler_deploy.network.reach import Direction, policies_of, rules, spans
from strangler_deploy.network.rules import LAST_PORT, NetworkRules, Peer, Ports, Rule
from strangler_deploy.network.world import World

_NEXT = {"Admin": "Namespace", "Namespace": "Baseline", "Baseline": "end"}
_OTHER = {"ingress": "saddr", "egress": "daddr"}
_VERDICTS = {"Accept": "return", "Deny": "drop"}


def ruleset(world: World, table: str = "strangler") -> str:
    """The text for ``nft -f``: a forwarding hook that asks the sender's egress, then the receiver's ingress.

    Every pod needs an ``address``; what has none is not guarded.
    """
    lines = [f"table inet {table} {{"]
    lines += [line for pod in _guarded(world) for line in _chains(world, pod)]
    lines += ["  chain forward {", "    type filter hook forward priority 0; policy accept;"]
    lines.append("    ct state established,related accept")
    for direction, own in (("egress", "saddr"), ("ingress", "daddr")):
        lines += [
            f"    ip {own} {pod.address} jump {_chain(world, pod, _direction(direction))}" for pod in _guarded(world)
        ]
    return "\n".join([*lines, "  }", "}", ""])


def _direction(text: str) -> Direction:
    return "egress" if text == "egress" else "ingress"


def _guarded(world: World) -> list[Pod]:
    return [pod for pod in world.pods if pod.address]


def _chain(world: World, pod: Pod, direction: Direction, tier: str = "Admin") -> str:
    return f"pod{world.number(pod)}-{direction}-{tier.lower()}"


def _chains(world: World, pod: Pod) -> Iterator[str]:
    """Baseline, Namespace, Admin: nft wants a chain to be there before it is named."""
    for direction in ("egress", "ingress"):
        for tier in ("Baseline", "Namespace", "Admin"):
            yield f"  chain {_chain(world, pod, _direction(direction), tier)} {{"
            yield from (f"    {line}" for line in _tier(world, pod, _direction(direction), tier))
            yield "  }"


def _tier(world: World, pod: Pod, direction: Direction, tier: str) -> Iterator[str]:
    onward = f"goto {_chain(world, pod, direction, _NEXT[tier])}" if _NEXT[tier] != "end" else "return"
    speaking = [p for p in policies_of(world, pod) if p.tier == tier and rules(p, direction) is not None]
    for policy in speaking:
        for rule in rules(policy, direction) or ():
            verdict = onward if rule.action == "Pass" else _VERDICTS[rule.action]
            yield from (f"{match} {verdict}".strip() for match in _matches(world, pod, direction, policy, rule))
    yield "drop" if speaking and tier == "Namespace" else onward


def _matches(world: World, pod: Pod, direction: Direction, policy: NetworkRules, rule: Rule) -> Iterator[str]:
    """The conditions of one rule, each line one way to satisfy it."""
    for item in rule.ports or (None,):
        for other, target in _others(world, pod, direction, policy, rule, item):
            if item is None:
                yield other
                continue
            for protocol, first, last in spans([item], target or pod):
                yield f"{other} {_port(protocol, first, last)}".strip()


def _port(protocol: str, first: int, last: int) -> str:
    if (first, last) == (0, LAST_PORT):
        return f"meta l4proto {protocol.lower()}"
    return f"{protocol.lower()} dport {first}" if first == last else f"{protocol.lower()} dport {first}-{last}"


def _others(
    world: World, pod: Pod, direction: Direction, policy: NetworkRules, rule: Rule, ports: Ports | None
) -> Iterator[tuple[str, Pod | None]]:
    """Addresses of the other end, and the pod whose names of ports count (None: numbers only)."""
    side = _OTHER[direction]
    of_target = direction == "egress" and ports is not None and bool(ports.name)
    if not of_target:
        yield from _wide(world, pod, rule, side)
    for other in _guarded(world):
        if _names(world, rule, policy, pod, other, blocks=of_target):
            yield f"ip {side} {other.address}", other if direction == "egress" else pod


def _wide(world: World, pod: Pod, rule: Rule, side: str) -> Iterator[tuple[str, None]]:
    if rule.peers is None:
        yield "", None
    for peer in rule.peers or ():
        if peer.block is not None:
            yield _block(world, pod, peer, side), None


def _names(world: World, rule: Rule, policy: NetworkRules, pod: Pod, other: Pod, *, blocks: bool) -> bool:
    """Whether a rule names ``other``: by its labels, or with ``blocks`` in any way."""
    if rule.peers is None:
        return blocks
    peers = (peer for peer in rule.peers if blocks or peer.block is None)
    return any(world.is_peer(peer, policy, pod, other) for peer in peers)


def _block(world: World, pod: Pod, peer: Peer, side: str) -> str:
    excepted = [str(network) for network in peer.excepted]
    if pod.engine == "cilium":  # to Cilium a block is what is outside, never one of its own pods
        excepted += sorted(str(other.address) for other in _guarded(world) if other.engine == "cilium")
    text = f"ip {side} {peer.block}"
    return f"{text} ip {side} != {{ {', '.join(excepted)} }}" if excepted else text

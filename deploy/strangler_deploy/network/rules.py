"""Network policies of every kind, as one kind of value."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from strangler.model import Location
from strangler_deploy.network.selectors import Selector

Network = IPv4Network | IPv6Network
Action = Literal["Accept", "Deny", "Pass"]
Tier = Literal["Admin", "Namespace", "Baseline"]
Engine = Literal["vpc", "cilium"]
"""Who enforces: AWS's agent on cloud nodes (VPC CNI and Auto Mode), Cilium on hybrid and local nodes."""

LAST_PORT = 65535
_NOWHERE = Location("")


@dataclass(frozen=True, slots=True)
class Ports:
    """A range of ports of one protocol, both ends included; with ``name`` the one that the target calls so."""

    protocol: str = "TCP"
    first: int = 0
    last: int = LAST_PORT
    name: str = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a rule: pods by selectors, or addresses by blocks, or an entity that Cilium knows.

    ``namespaces`` None means the policy's own namespace; a rule for pods has ``pods``.
    """

    namespaces: Selector | None = None
    pods: Selector | None = None
    block: Network | None = None
    excepted: tuple[Network, ...] = ()
    domains: tuple[str, ...] = ()
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What may (or must not) pass; ``peers`` None is everybody, ``ports`` None every port."""

    action: Action = "Accept"
    peers: tuple[Peer, ...] | None = None
    ports: tuple[Ports, ...] | None = None


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """One policy; ``ingress`` or ``egress`` None says nothing of that direction, an empty one allows nothing in it.

    ``namespace`` is "" for cluster-wide ones, whose subject is ``namespaces`` and ``pods``; lower ``priority`` is
    asked first. ``engines`` are those that enforce the kind.
    """

    name: str
    namespace: str
    namespaces: Selector
    pods: Selector
    ingress: tuple[Rule, ...] | None
    egress: tuple[Rule, ...] | None
    tier: Tier = "Namespace"
    priority: int = 0
    engines: frozenset[Engine] = frozenset({"vpc", "cilium"})
    location: Location = _NOWHERE

"""All conflicts, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from strangler.model import Finding
from strangler_deploy.conflicts import balancing, compute, controllers, delivery, hybrid, identity, networking, security
from strangler_deploy.conflicts.context import Context

CONFLICTS: tuple[Callable[[Context], Iterator[Finding]], ...] = (
    compute.security_groups,
    hybrid.two_engines,
    hybrid.credentials,
    hybrid.agents,
    hybrid.beside_auto,
    balancing.controllers,
    networking.names,
    compute.node_labels,
    compute.interruptions,
    balancing.targets,
    delivery.deletions,
    identity.whole_tables,
    identity.session_policies,
    controllers.mutators,
    controllers.scalers,
    delivery.graphs,
    delivery.large_objects,
    identity.escalation,
    security.refused_pods,
    networking.first_seconds,
    compute.storage,
    hybrid.endpoints,
)


def findings(context: Context) -> Iterator[Finding]:
    """What cannot be combined and is."""
    yield from of_each(context)
    yield from of_all(context)


def of_each(context: Context) -> Iterator[Finding]:
    """What cannot be combined whoever else is there."""
    for conflict in CONFLICTS:
        yield from conflict(context)


def of_all(context: Context) -> Iterator[Finding]:
    """What is counted over all tenants."""
    yield from balancing.ceilings(context)

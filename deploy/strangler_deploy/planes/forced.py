"""Forced placement where machines come in pools: by the engine that the plan chose, and by one only."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.nodes.placement import (
    MACHINES,
    gatekeeper_assignments,
    kyverno_policy,
    mutating_policy,
)
from strangler_deploy.manifest import Manifest
from strangler_deploy.names import joined
from strangler_deploy.placement import TIER
from strangler_deploy.planes.home import Home

_ORIGIN = "strangler.yaml platform.policies.placement"


def has_pools(site: Site) -> bool:
    """Whether a site's machines come in pools that pods can be held to."""
    return site.cluster.compute == "auto" and site.cluster.is_eks


def forced(estate: Estate, site: Site) -> Iterator[Manifest]:
    """The rule for a whole cluster."""
    if not has_pools(site):
        return
    engine = estate.platform.policies.placement
    if engine == "mutating-policy":
        yield from mutating_policy(site.cluster.version, origin=_ORIGIN)
    elif engine == "kyverno":
        yield kyverno_policy(origin=_ORIGIN)
    else:
        for name in sorted(estate.platform.tiers):
            labels = {TIER: name, MACHINES: "tier"}
            yield from gatekeeper_assignments(joined("tier", name), labels, TIER, name, origin=_ORIGIN)


def forced_for(home: Home) -> Iterator[Manifest]:
    """The rule for one tenant with machines of its own, where the engine needs one for each."""
    key, value = home.node_label
    if home.estate.platform.policies.placement == "gatekeeper" and has_pools(home.site) and home.has_own_machines:
        labels = {key: value, MACHINES: "tenant"}
        yield from gatekeeper_assignments(joined("tenant", home.tenant), labels, key, value, origin=home.origin)

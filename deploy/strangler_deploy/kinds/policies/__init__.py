"""Policies as code: each rule written once, rendered for each engine that the platform has."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_deploy.estate import Estate, Site
from strangler_deploy.kinds.policies.engines import manifests
from strangler_deploy.kinds.policies.placement import placement
from strangler_deploy.kinds.policies.rules import rules
from strangler_deploy.manifest import Manifest

ORIGIN = "strangler.yaml platform.policies"


def policies(estate: Estate, site: Site) -> Iterator[Manifest]:
    """The policies of one cluster."""
    platform, is_control = estate.platform, estate.control.name == site.name
    for rule in rules(platform, is_control=is_control, is_application=site.cluster.role == "application"):
        yield from manifests(rule, platform, origin=ORIGIN)
    yield from placement(estate, site)

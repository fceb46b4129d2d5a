"""The ``platform:`` section and the tenant files: what ``strangler deploy`` builds on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from strangler.plan.fields import Label, Section

Isolation = Literal["pool", "bridge", "silo"]


class Cluster(Section):
    """One Kubernetes cluster; ``compute`` is who makes its nodes, ``local`` that it is no EKS cluster."""

    role: Literal["control", "application"] = "application"
    compute: Literal["auto", "nodegroups", "none"] = "auto"
    hybrid: bool = False
    local: bool = False
    region: str = "eu-central-1"
    version: str = "1.34"
    dedicated_to: Label | None = None


class Tier(Section):
    """What the tenants of one tier get unless their own file says otherwise."""

    isolation: Isolation = "bridge"
    cpu: str = "4"
    memory: str = "8Gi"
    pods: int = Field(default=50, gt=0)


class Platform(Section):
    """Clusters and tiers."""

    clusters: Mapping[Label, Cluster] = Field(default_factory=lambda: {"main": Cluster()})
    tiers: Mapping[Label, Tier] = Field(default_factory=lambda: {"standard": Tier()})
    registry: str = "registry.example.com"


class Tenant(Section):
    """One file ``tenants/<id>.yaml``."""

    id: Label
    name: str = ""
    tier: Label = "standard"
    isolation: Isolation | None = None
    cluster: Label | None = None

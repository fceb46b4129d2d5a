"""Tiers: what the tenants of one tier get unless their own file says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from strangler.plan.fields import Section
from strangler.plan.platform.texts import Cpu, Hours, InstanceType, LabelKey, Memory, Word

Isolation = Literal["pool", "bridge", "silo"]
Capacity = Literal["spot", "on-demand"]


class Quota(Section):
    """What a namespace may ask for in all, requests and limits alike."""

    cpu: Cpu = "8"
    memory: Memory = "16Gi"
    pods: int = Field(default=40, gt=0, le=110_000)
    volumes: int = Field(default=10, ge=0)
    load_balancers: int = Field(default=0, ge=0)
    gpus: int = Field(default=0, ge=0)


class Limits(Section):
    """The largest container, and what one gets that says nothing."""

    max_cpu: Cpu = "2"
    max_memory: Memory = "4Gi"
    cpu: Cpu = "500m"
    memory: Memory = "512Mi"
    request_cpu: Cpu = "100m"
    request_memory: Memory = "128Mi"


class Nodes(Section):
    """The machines of a tier, or with ``dedicated`` of each of its tenants; limits are for the pool of them."""

    dedicated: bool = False
    capacity: tuple[Capacity, ...] = Field(default=("on-demand",), min_length=1)
    types: tuple[InstanceType, ...] = ()
    categories: tuple[Literal["c", "m", "r", "t", "g", "p"], ...] = ("c", "m", "r")
    sizes: tuple[Word, ...] = ("large", "xlarge", "2xlarge")
    requirements: Mapping[LabelKey, tuple[Word, ...]] = Field(default_factory=dict)
    arch: Literal["amd64", "arm64"] = "amd64"
    cpu: Cpu = "64"
    memory: Memory = "256Gi"
    on_premises: bool = False
    grace: Hours = "1h"


class Tier(Section):
    """One kind of contract: isolation, quota, limits, machines, and who is evicted last (``priority``)."""

    isolation: Isolation = "bridge"
    quota: Quota = Quota()
    limits: Limits = Limits()
    nodes: Nodes = Nodes()
    priority: int = Field(default=1000, ge=0, le=1_000_000)
    security: Literal["restricted", "baseline"] = "restricted"

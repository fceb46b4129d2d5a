"""What a service needs to run: size, scale, calls, data, classification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from strangler.plan.fields import Label, Section
from strangler.plan.platform.data import Data
from strangler.plan.platform.texts import Cpu, Cron, Digest, Domain, Line, Memory, Path, SecurityGroup, Variable, Zone


class Resources(Section):
    """What one container asks for, and may not exceed."""

    cpu: Cpu = "250m"
    memory: Memory = "256Mi"
    max_cpu: Cpu = "500m"
    max_memory: Memory = "512Mi"
    gpus: int = Field(default=0, ge=0, le=16)


class Schedule(Section):
    """Hours in which a service has more (or fewer) pods than its load asks for."""

    start: Cron
    end: Cron
    replicas: int = Field(ge=0, le=1000)
    zone: Zone = "UTC"


class Scale(Section):
    """From ``min`` to ``max`` pods by CPU use in per cent; with schedules KEDA owns the scaling, else an HPA."""

    min: int = Field(default=2, ge=1, le=1000)
    max: int = Field(default=4, ge=1, le=1000)
    cpu_percent: int = Field(default=70, ge=10, le=100)
    schedules: tuple[Schedule, ...] = ()


class Workload(Section):
    """How one service of the plan runs in every namespace that has it.

    ``calls`` names the services it calls (``monolith`` is the monolith, ``externals`` has the other systems by name);
    ``classification: PHI`` puts it under the rules for such data.
    """

    digest: Digest | None = None
    port: int = Field(default=8080, ge=1024, le=65535)
    ready: Path = "/readyz"
    live: Path = "/livez"
    metrics: Path | None = "/metrics"
    resources: Resources = Resources()
    scale: Scale = Scale()
    calls: tuple[Label, ...] = ()
    domains: tuple[Domain, ...] = ()
    data: Mapping[Label, Data] = Field(default_factory=dict)
    environment: Mapping[Variable, Line] = Field(default_factory=dict)
    secrets: tuple[Label, ...] = ()
    classification: Literal["public", "internal", "PII", "PHI"] = "internal"
    placement: Literal["any", "cloud", "on-premises"] = "any"
    volume: int = Field(default=0, ge=0, le=16384)
    security_groups: tuple[SecurityGroup, ...] = Field(default=(), max_length=5)
    delivery: Literal["rolling", "canary"] = "rolling"

"""The ``platform:`` section and the tenant files: what ``strangler deploy`` builds on.

Only what is declared belongs here; what becomes of it belongs to deploy.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from strangler.plan.fields import Label, Section
from strangler.plan.platform.clusters import Cluster, Hybrid, NodeGroup, Vpc
from strangler.plan.platform.data import Data, TenantData
from strangler.plan.platform.gateways import External, FacadeRuntime, Gateway, MonolithAddress
from strangler.plan.platform.operations import (
    Audit,
    ControlPlane,
    Delivery,
    Identity,
    Monitoring,
    Policies,
    Retention,
    Saas,
    Secrets,
    Window,
)
from strangler.plan.platform.tenant import Contract, Tenant
from strangler.plan.platform.texts import Account, Region, Registry
from strangler.plan.platform.tiers import Isolation, Limits, Nodes, Quota, Tier
from strangler.plan.platform.workloads import Resources, Scale, Schedule, Workload


class Platform(Section):
    """The whole of ``platform:``; what is left out is what a careful platform team would choose."""

    account: Account = "000000000000"
    region: Region = "eu-central-1"
    registry: Registry = "registry.example.com"
    clusters: Mapping[Label, Cluster] = Field(default_factory=lambda: {"main": Cluster()}, min_length=1)
    silo: Cluster = Cluster()
    tiers: Mapping[Label, Tier] = Field(default_factory=lambda: {"standard": Tier()}, min_length=1)
    workloads: Mapping[Label, Workload] = Field(default_factory=dict)
    gateways: Mapping[Label, Gateway] = Field(default_factory=lambda: {"public": Gateway()}, min_length=1)
    externals: Mapping[Label, External] = Field(default_factory=dict)
    monolith: MonolithAddress | None = None
    facade: FacadeRuntime = FacadeRuntime()
    policies: Policies = Policies()
    delivery: Delivery = Delivery()
    audit: Audit = Audit()
    retention: Retention = Retention()
    monitoring: Monitoring = Monitoring()
    secrets: Secrets = Secrets()
    identity: Identity = Identity()
    saas: Saas = Saas()


__all__ = [
    "Audit",
    "Cluster",
    "Contract",
    "ControlPlane",
    "Data",
    "Delivery",
    "External",
    "FacadeRuntime",
    "Gateway",
    "Hybrid",
    "Identity",
    "Isolation",
    "Limits",
    "Monitoring",
    "MonolithAddress",
    "NodeGroup",
    "Nodes",
    "Platform",
    "Policies",
    "Quota",
    "Resources",
    "Retention",
    "Saas",
    "Scale",
    "Schedule",
    "Secrets",
    "Tenant",
    "TenantData",
    "Tier",
    "Vpc",
    "Window",
    "Workload",
]

"""One tenant: its file ``tenants/<id>.yaml``."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from strangler.plan.fields import Label, Section
from strangler.plan.platform.data import TenantData
from strangler.plan.platform.texts import Group, Line, Region
from strangler.plan.platform.tiers import Isolation, Limits, Nodes, Quota


class Contract(Section):
    """What was promised to one customer: where data stays, for how long it is kept, under which frameworks."""

    residency: Region | None = None
    retain_days: int | None = Field(default=None, ge=0, le=36500)
    frameworks: tuple[Line, ...] = ()


class Tenant(Section):
    """One customer; what is not said comes from the tier. Of a ``suspended`` one nothing runs, and its data stays."""

    id: Label
    name: Line = ""
    tier: Label = "standard"
    isolation: Isolation | None = None
    cluster: Label | None = None
    quota: Quota | None = None
    limits: Limits | None = None
    nodes: Nodes | None = None
    services: tuple[Label, ...] | None = None
    data: Mapping[Label, TenantData] = Field(default_factory=dict)
    administrators: tuple[Group, ...] = ()
    contract: Contract = Contract()
    suspended: bool = False

"""Policies, delivery, audit, retention and the SaaS services: how the platform is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from strangler.plan.fields import Label, Section, Url
from strangler.plan.platform.data import Data
from strangler.plan.platform.texts import Arn, ClaimName, Cron, GitUrl, Group, Hours, Image, RelativePath, Word, Zone
from strangler.plan.platform.workloads import Resources

Engine = Literal["vap", "gatekeeper", "kyverno"]
Rule = Literal[
    "phi-nonroot",
    "tenant-key",
    "public-access-block",
    "no-static-keys",
    "workload-hygiene",
    "submitters",
    "own-paths",
    "no-tenant-workload",
]


class Policies(Section):
    """The rules that the API servers enforce, from one source for each engine; ``off`` names what is left out."""

    engines: tuple[Engine, ...] = ("vap",)
    off: tuple[Rule, ...] = ()
    placement: Literal["mutating-policy", "gatekeeper", "kyverno"] = "mutating-policy"
    submitters: tuple[Group, ...] = ("platform-team",)
    system_tenancy: bool = True


class Window(Section):
    """When Argo CD may (or may not) bring changes in."""

    kind: Literal["allow", "deny"] = "allow"
    schedule: Cron
    duration: Hours
    zone: Zone = "UTC"
    tiers: tuple[Label, ...] = ()


class Delivery(Section):
    """The git repository that Argo CD follows, and when."""

    repository: GitUrl = "https://git.example.com/acme/gitops.git"
    revision: Word = "main"
    path: RelativePath = "."
    namespace: Label = "argocd"
    windows: tuple[Window, ...] = ()
    kro: bool = False


class Audit(Section):
    """What is recorded, and for how long."""

    cluster_logs: tuple[Literal["api", "audit", "authenticator", "controllerManager", "scheduler"], ...] = (
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    )
    trail: bool = False
    flow_logs: bool = False
    days: Literal[30, 60, 90, 180, 365, 400, 731, 1096, 1827, 2557, 3653] = 365


class Retention(Section):
    """What happens to data when a tenant leaves: kept this many days, then deleted by a person."""

    days: int = Field(default=90, ge=0, le=36500)
    backups: bool = True


class Monitoring(Section):
    """Prometheus Operator objects for every service."""

    enabled: bool = True
    interval: Literal["15s", "30s", "60s"] = "30s"
    namespace: Label = "monitoring"


class Secrets(Section):
    """Where secrets come from."""

    store: Literal["aws-secrets-manager", "aws-parameter-store", "none"] = "aws-secrets-manager"
    refresh: Hours = "1h"
    prefix: Word = "strangler"


class ControlPlane(Section):
    """`strangler control-plane run` as a service of the control cluster: its image, its database, whom it believes.

    Without an ``issuer`` the platform's user pool (``saas.identity``) is it, if there is one; tokens of its own key
    count beside it.
    """

    image: Image | None = None
    replicas: int = Field(default=2, ge=1, le=9)
    resources: Resources = Resources(cpu="250m", memory="512Mi", max_cpu="2", max_memory="1Gi")
    database: Data = Data(kind="rds")
    issuer: Url | None = None
    audience: Word = "strangler-control-plane"
    tenant_claim: ClaimName = "tenant"
    role_claim: ClaimName = "roles"
    review: bool = False

    @model_validator(mode="after")
    def _stored(self) -> ControlPlane:
        if (self.database.kind, self.database.engine) != ("rds", "postgres"):
            raise ValueError("the control plane's database is one of kind 'rds' with engine 'postgres'")
        return self


class Saas(Section):
    """The services of the control plane itself, by name and image; ours among them is ``control_plane``."""

    services: Mapping[Label, Image] = Field(default_factory=dict)
    control_plane: ControlPlane | None = None
    identity: bool = False
    organisation: Word | None = None

    @model_validator(mode="after")
    def _one_of_the_name(self) -> Saas:
        if self.control_plane and "control-plane" in self.services:
            raise ValueError("a service 'control-plane' stands beside ours; rename it")
        return self


class Identity(Section):
    """How much power roles can have: the boundary that every tenant's role is under."""

    boundary: Arn | None = None
    provisioners: bool = True

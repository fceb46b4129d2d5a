"""The plan as deploy sees it: sites (clusters with their defaults filled in) and units (services that run)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from strangler.plan import Plan, Service
from strangler.plan.platform import Cluster, Gateway, MonolithAddress, Platform, Workload

HOST = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\Z")
_DEFAULT_WORKLOAD = Workload()


@dataclass(frozen=True, slots=True)
class Site:
    """One cluster: where it stands, and where in the plan it is declared."""

    name: str
    cluster: Cluster
    region: str
    account: str
    origin: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in this site's account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


@dataclass(frozen=True, slots=True)
class Unit:
    """One service that runs: what the plan says of its code, and of its needs."""

    name: str
    service: Service
    workload: Workload
    image: str
    origin: str

    @property
    def calls_monolith(self) -> bool:
        """Whether it calls back into the monolith."""
        return "monolith" in self.workload.calls


@dataclass(frozen=True)
class Estate:
    """Everything that is declared once for all tenants."""

    plan: Plan

    @property
    def platform(self) -> Platform:
        """The ``platform:`` section."""
        return self.plan.platform

    @property
    def name(self) -> str:
        """The product: the monolith's name, by which things of one account are told from another product's."""
        return self.plan.monolith.name

    @cached_property
    def sites(self) -> dict[str, Site]:
        """The declared clusters by name."""
        clusters = sorted(self.platform.clusters.items())
        return {name: self.site(name, cluster, f"platform.clusters.{name}") for name, cluster in clusters}

    def site(self, name: str, cluster: Cluster, origin: str) -> Site:
        """A cluster with the platform's region and account where it names none."""
        region, account = cluster.region or self.platform.region, cluster.account or self.platform.account
        return Site(name, cluster, region, account, origin)

    @cached_property
    def control(self) -> Site:
        """The cluster that Argo CD and ACK run in: the one with that role, or the first of all."""
        controls = [site for site in self.sites.values() if site.cluster.role == "control"]
        return (controls or list(self.sites.values()))[0]

    @cached_property
    def shared_sites(self) -> tuple[str, ...]:
        """The clusters that tenants may be placed on."""
        return tuple(
            name
            for name, site in self.sites.items()
            if site.cluster.role == "application" and site.cluster.dedicated_to is None
        )

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The services by name."""
        return {name: self._unit(name, service) for name, service in sorted(self.plan.services.items())}

    def _unit(self, name: str, service: Service) -> Unit:
        workload = self.platform.workloads.get(name, _DEFAULT_WORKLOAD)
        image = service.image or f"{self.platform.registry}/{name}"
        if workload.digest:
            image = f"{image.partition('@')[0]}@{workload.digest}"
        origin = f"platform.workloads.{name}" if name in self.platform.workloads else f"services.{name}"
        return Unit(name, service, workload, image, origin)

    @cached_property
    def callers(self) -> dict[str, tuple[str, ...]]:
        """Who calls each service."""
        called: dict[str, list[str]] = {name: [] for name in self.units}
        for name, unit in self.units.items():
            for callee in unit.workload.calls:
                called.setdefault(callee, []).append(name)
        return {name: tuple(callers) for name, callers in called.items()}

    def gateways(self, site: Site) -> dict[str, Gateway]:
        """The front doors of a site."""
        gateways = sorted(self.platform.gateways.items())
        return {name: gateway for name, gateway in gateways if not gateway.clusters or site.name in gateway.clusters}

    @cached_property
    def monolith(self) -> MonolithAddress | None:
        """Where pods reach the monolith, if the plan says so."""
        if self.platform.monolith:
            return self.platform.monolith
        upstream = urlsplit(self.plan.monolith.upstream or "")
        if not upstream.hostname or not HOST.match(upstream.hostname):
            return None
        tls = upstream.scheme == "https"
        return MonolithAddress(host=upstream.hostname, port=upstream.port or (443 if tls else 80), tls=tls)

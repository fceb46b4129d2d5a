"""A namespace in which services run: a tenant's own, or one that a tier's tenants share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from strangler.plan.platform import Nodes, Tier
from strangler_deploy.estate import Estate, Site, Unit
from strangler_deploy.kinds.workloads.pod import APP, PART_OF, Pod
from strangler_deploy.manifest import Data
from strangler_deploy.names import joined
from strangler_deploy.placement import TENANT, TIER, Placement, pool_namespace
from strangler_deploy.planes.environment import endpoint_name, environment, variable
from strangler_deploy.planes.stores import Holding, holder_of, holdings, pool_holder, tenant_holdings

HYBRID = {"eks.amazonaws.com/compute-type": "hybrid"}


@dataclass(frozen=True, slots=True)
class Home:
    """The namespace, its site, and what its pods carry and get."""

    estate: Estate
    site: Site
    namespace: str
    tier_name: str
    tier: Tier
    units: tuple[Unit, ...]
    origin: str
    tenant: str = ""
    held: tuple[Holding, ...] = ()
    suspended: bool = False

    @property
    def labels(self) -> dict[str, str]:
        """What the namespace and the pods carry: whose they are."""
        owner = {TENANT: self.tenant} if self.tenant else {}
        return {**owner, TIER: self.tier_name, PART_OF: self.estate.name}

    @property
    def priority(self) -> str:
        """The priority class of the tier."""
        return priority_name(self.tier_name)

    @property
    def has_own_machines(self) -> bool:
        """Whether its machines are for this tenant alone."""
        return self.tier.nodes.dedicated and bool(self.tenant)

    @property
    def node_label(self) -> tuple[str, str]:
        """The label that the machines for these pods carry, and the taint that keeps others out."""
        if self.has_own_machines:
            return TENANT, self.tenant
        return TIER, self.tier_name

    @property
    def has_node_pools(self) -> bool:
        """Whether machines come in pools of their own here (else pods run on whatever the cluster has)."""
        return self.site.cluster.compute == "auto" and self.site.cluster.is_eks

    @property
    def has_facade(self) -> bool:
        """Whether a facade of its own splits the namespace's traffic."""
        return self.estate.platform.facade.mode == "facade" and bool(self.units)

    @property
    def reports_usage(self) -> bool:
        """Whether its facade tells the SaaS control plane what tenants use, with a token from the store."""
        told = self.estate.plan.facade.usage is not None and self.estate.platform.secrets.store != "none"
        return self.has_facade and told

    def unit(self, name: str) -> Unit | None:
        """A service that runs here."""
        return next((unit for unit in self.units if unit.name == name), None)

    def on_premises(self, unit: Unit) -> bool:
        """Whether a service is to run on the site's own machines."""
        placement = unit.workload.placement
        return self.site.cluster.hybrid is not None and (
            placement == "on-premises" or (placement == "any" and self.tier.nodes.on_premises)
        )

    def pod(self, unit: Unit) -> Pod:
        """The pod of a service."""
        selector, tolerations = self._machines(unit)
        labels = {**self.labels, APP: unit.name, "classification": unit.workload.classification}
        return Pod(
            app=unit.name,
            image=unit.image,
            port=unit.workload.port,
            labels=labels,
            account=unit.name,
            resources=unit.workload.resources,
            ready=unit.workload.ready,
            live=unit.workload.live,
            environment=self._environment(unit),
            environment_from=self._environment_from(unit),
            names_tenant=bool(self.tenant),
            node_selector=selector,
            tolerations=tolerations,
            priority=self.priority,
            volumes=_volumes(unit),
            mounts=[{"name": "data", "mountPath": "/data"}] if unit.workload.volume else (),
            zones=self.site.cluster.zones,
        )

    def _machines(self, unit: Unit) -> tuple[Mapping[str, str], list[Data]]:
        return (HYBRID, []) if self.on_premises(unit) else self.machines

    @property
    def machines(self) -> tuple[Mapping[str, str], list[Data]]:
        """The machines in the cloud that pods here run on, and the taints they must tolerate."""
        if not self.has_node_pools:
            return {}, []
        key, value = self.node_label
        return {key: value}, [{"key": key, "operator": "Equal", "value": value, "effect": "NoSchedule"}]

    def _environment(self, unit: Unit) -> dict[str, str]:
        given = {"PORT": str(unit.workload.port), "STRANGLER_SERVICE": unit.name}
        for callee in unit.workload.calls:
            if self.unit(callee):
                given[f"{variable(callee)}_URL"] = f"http://{callee}"
        for holding in self.held_by(unit):
            given.update(environment(holding, unit.name))
        return {**given, **unit.workload.environment}

    def held_by(self, unit: Unit) -> list[Holding]:
        """The data that a service uses."""
        return [holding for holding in self.held if unit.name in holding.users]

    def _environment_from(self, unit: Unit) -> list[Data]:
        """Declared secrets, and each database's host and port under the database's name."""
        sources: list[Data] = []
        if self.estate.platform.secrets.store != "none":
            sources += [{"secretRef": {"name": joined(unit.name, name)}} for name in sorted(unit.workload.secrets)]
        for holding in self.held_by(unit):
            if holding.data.kind == "rds":
                prefix = f"{variable(holding.name.removeprefix(f'{unit.name}-'))}_"
                sources.append({"prefix": prefix, "secretRef": {"name": endpoint_name(holding.name)}})
        return sources


def home_of(estate: Estate, placement: Placement) -> Home:
    """The namespace of a tenant that has its own."""
    return Home(
        estate=estate,
        site=placement.site,
        namespace=placement.namespace,
        tier_name=placement.tier_name,
        tier=placement.tier,
        units=placement.units,
        origin=placement.origin,
        tenant=placement.id,
        suspended=placement.tenant.suspended,
        held=tuple(tenant_holdings(holder_of(estate, placement), placement)),
    )


def pool_home(estate: Estate, site: Site, tier_name: str) -> Home:
    """The namespace that the pool tenants of a tier share on one site."""
    tier = estate.platform.tiers[tier_name]
    return Home(
        estate=estate,
        site=site,
        namespace=pool_namespace(tier_name),
        tier_name=tier_name,
        tier=tier,
        units=tuple(estate.units.values()),
        origin=f"strangler.yaml platform.tiers.{tier_name}",
        held=tuple(holdings(pool_holder(estate, site, tier_name))),
    )


def priority_name(tier: str) -> str:
    """The priority class of a tier."""
    return joined("tier", tier)


def node_pool_name(nodes: Nodes, tier: str, tenant: str) -> str:
    """The pool of machines of a tier, or of one tenant."""
    return joined("tenant", tenant) if nodes.dedicated and tenant else joined("tier", tier)


def _volumes(unit: Unit) -> list[Data]:
    if not unit.workload.volume:
        return []
    return [{"name": "data", "persistentVolumeClaim": {"claimName": joined(unit.name, "data")}}]

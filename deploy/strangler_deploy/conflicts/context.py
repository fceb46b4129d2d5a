"""What every conflict is looked for in: the plan, resolved, and the objects by cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from strangler.model import Finding, Location, Severity
from strangler.plan.platform import Tenant
from strangler_deploy.documents import Document, mapping
from strangler_deploy.estate import Estate, Site, Unit
from strangler_deploy.placement import Placement, place


@dataclass(frozen=True)
class Context:
    """The whole of a check; ``locate`` finds the line of an origin."""

    estate: Estate
    tenants: Mapping[str, Tenant]
    documents: Sequence[Document]

    @cached_property
    def placements(self) -> list[Placement]:
        """Every tenant, resolved."""
        return [place(self.estate, tenant) for tenant in self.tenants.values()]

    @cached_property
    def sites(self) -> dict[str, Site]:
        """Every cluster, those of single tenants included."""
        return {**self.estate.sites, **{p.site.name: p.site for p in self.placements}}

    @cached_property
    def by_cluster(self) -> dict[str, list[Document]]:
        """The objects by the cluster that they are applied to."""
        found: dict[str, list[Document]] = defaultdict(list)
        for document in self.documents:
            found[document.cluster].append(document)
        return found

    @cached_property
    def by_kind(self) -> dict[str, list[Document]]:
        """The objects by kind."""
        found: dict[str, list[Document]] = defaultdict(list)
        for document in self.documents:
            found[document.kind].append(document)
        return found

    def of_kind(self, *kinds: str) -> Iterator[tuple[Site, Document]]:
        """The objects of some kinds that a cluster gets, each with its cluster."""
        for kind in kinds:
            for document in self.by_kind.get(kind, ()):
                site = self.sites.get(document.cluster)
                if site is not None:
                    yield site, document

    def homes(self) -> Iterator[tuple[Site, Unit, Placement]]:
        """Each service once for each cluster on which some tenant has it, and each kind of machine there."""
        seen: set[tuple[object, ...]] = set()
        for placement in self.placements:
            for unit in placement.units:
                nodes = placement.tier.nodes
                key = (placement.site.name, unit.name, nodes.capacity, nodes.on_premises)
                if key not in seen:
                    seen.add(key)
                    yield placement.site, unit, placement

    def addons(self, site: Site) -> dict[str, Document]:
        """The EKS add-ons of a cluster by name, wherever ACK runs."""
        found = {}
        for document in self.by_kind.get("Addon", ()):
            cluster = _cluster_of(document)
            if cluster == site.name or cluster.endswith(f"-{site.name}"):
                found[str(document.spec.get("addonName") or document.spec.get("name"))] = document
        return found


def _cluster_of(document: Document) -> str:
    """The cluster that an ACK object names, by its own name or (``<product>-<cluster>``) by its name in AWS."""
    reference = mapping(mapping(document.spec.get("clusterRef")).get("from"))
    return str(reference.get("name") or document.spec.get("clusterName") or "")


def at_site(site: Site) -> Location:
    """Where a cluster is declared."""
    return _at(site.origin if site.origin.startswith("tenants/") else f"strangler.yaml {site.origin}")


def at_unit(unit: Unit) -> Location:
    """Where a service's needs are declared."""
    return _at(f"strangler.yaml {unit.origin}")


def at(origin: str) -> Location:
    """The place of an origin, to be found on its line later (see ``strangler_deploy.verify``)."""
    return _at(origin)


def _at(origin: str) -> Location:
    return Location(origin)


def conflict(number: int, message: str, location: Location, hint: str, severity: Severity = Severity.ERROR) -> Finding:
    """A finding of conflict ``number``."""
    return Finding(f"DEPLOY-C{number}", message, location, hint, severity)

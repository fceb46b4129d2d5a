"""Checks a rendered tree: schemas, references, secrets, ceilings, and the plan it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strangler.model import Finding, Location
from strangler.plan import Places, Plan
from strangler.plan.platform import Tenant
from strangler_deploy.checks.ceilings import over
from strangler_deploy.checks.declared import declared
from strangler_deploy.checks.documents import read
from strangler_deploy.checks.links import linked
from strangler_deploy.checks.objects import fits
from strangler_deploy.checks.schemas import Schemas
from strangler_deploy.checks.secrets import leaks
from strangler_deploy.estate import Estate
from strangler_deploy.placement import place
from strangler_deploy.tenancy import require_placeable
from strangler_deploy.verify import placed, verified


def check(
    tree: Mapping[str, str],
    plan: Plan,
    tenants: Mapping[str, Tenant],
    crds: Path | None = None,
    places: Places | None = None,
) -> list[Finding]:
    """Everything that is wrong with a rendered tree, in the order of its places.

    Args:
        tree: path → text, as ``render`` makes it.
        plan: what it was rendered from.
        tenants: likewise.
        crds: a folder of CRDs; without it custom kinds are named as unchecked.
        places: where the lines of plan and tenants are found; without it findings name their files only.

    Raises:
        PlanError: a tenant names what the plan has not.
    """
    require_placeable(plan, tenants, places)
    locate = places.location if places else _file_only
    findings = [*check_tree(tree, plan, tenants, crds, places), *over(Estate(plan), tenants, locate)]
    return sorted(findings, key=lambda finding: finding.order)


def check_tree(
    tree: Mapping[str, str],
    plan: Plan,
    tenants: Mapping[str, Tenant],
    crds: Path | None = None,
    places: Places | None = None,
) -> list[Finding]:
    """The same without what can be told of all tenants together only (the ceilings)."""
    estate = Estate(plan)
    locate = places.location if places else _file_only
    findings: list[Finding] = []
    documents = list(read(tree, findings))
    schemas = Schemas(crds, min(site.cluster.version for site in estate.sites.values()))
    findings.extend(declared(estate, locate))
    findings.extend(fits(documents, schemas, locate))
    folders = clusters(estate, tenants)
    findings.extend(linked(documents, folders, locate))
    findings.extend(verified(placed(documents, folders, locate), estate, tenants, locate))
    findings.extend(leaks(tree))
    return sorted(findings, key=lambda finding: finding.order)


def clusters(estate: Estate, tenants: Mapping[str, Tenant]) -> dict[str, str]:
    """Which cluster each folder of the tree goes to."""
    control = estate.control.name
    folders = {"control": control}
    for name in estate.sites:
        folders[f"clusters/{name}"] = name
        folders.update({f"clusters/{name}/pool-{tier}": name for tier in estate.platform.tiers})
    for tenant in tenants.values():
        site = place(estate, tenant).site.name
        folder = f"tenants/{tenant.id}"
        folders.update({f"{folder}/control": control, f"{folder}/platform": site, f"{folder}/app": site})
        folders[f"{folder}/cluster"] = site
    return folders


def _file_only(origin: str) -> Location:
    return Location(origin.partition(" ")[0])

"""Checks a rendered tree: schemas, references, secrets, ceilings, proofs, and the plan it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from strangler.model import Finding, Location
from strangler.plan import Places, Plan
from strangler.plan.platform import Tenant
from strangler_deploy.checks.ceilings import over
from strangler_deploy.checks.declared import declared
from strangler_deploy.checks.documents import read
from strangler_deploy.checks.links import Links, linked
from strangler_deploy.checks.objects import Locate, fits
from strangler_deploy.checks.schemas import Schemas
from strangler_deploy.checks.secrets import leaks
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.mould import Moulds
from strangler_deploy.outline import Outline
from strangler_deploy.parts import divided, forked
from strangler_deploy.placement import place
from strangler_deploy.render import shared_files
from strangler_deploy.sample import Compared, Sample, compared, sample, told
from strangler_deploy.source import Held, Rendered, Stored, Tree
from strangler_deploy.tenancy import require_placeable
from strangler_deploy.verify import counted, isolated, of_all, placed, verified


@dataclass(frozen=True)
class Declaration:
    """What a tree is held against; ``crds`` and ``places`` as for ``check``."""

    plan: Plan
    tenants: Mapping[str, Tenant]
    crds: Path | None = None
    places: Places | None = None

    @cached_property
    def estate(self) -> Estate:
        """The plan as deploy sees it."""
        return Estate(self.plan)

    @property
    def locate(self) -> Locate:
        """Finds the line of an origin."""
        return self.places.location if self.places else _file_only


@dataclass
class Part:
    """What the check of some tenants gives: findings, and what all tenants are judged by together."""

    findings: list[Finding] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    links: Links = field(default_factory=Links)


@dataclass(frozen=True)
class Report:
    """What is wrong with a tree, in the order of its places, and how many files it has.

    ``stale`` says where the tree is not what the plan renders; those who changed it on purpose may pass it over.
    """

    findings: list[Finding]
    stale: list[Finding]
    files: int


def check(
    tree: Mapping[str, str],
    plan: Plan,
    tenants: Mapping[str, Tenant],
    crds: Path | None = None,
    places: Places | None = None,
    processes: int = 1,
) -> list[Finding]:
    """Everything that is wrong with a rendered tree, in the order of its places.

    Args:
        tree: path → text, as ``render`` makes it.
        plan: what it was rendered from.
        tenants: likewise.
        crds: a folder of CRDs; without it custom kinds are named as unchecked.
        places: where the lines of plan and tenants are found; without it findings name their files only.
        processes: how many are at work; the findings do not depend on it.

    Raises:
        PlanError: a tenant names what the plan has not.
    """
    return _report(Held(tree), Declaration(plan, tenants, crds, places), processes).findings


def report(directory: Path | None, given: Declaration, processes: int | None = None) -> Report:
    """The same for a tree on disk, which is never held as a whole (None: for what the plan would render).

    Raises:
        OutputError: the directory holds no tree of ours.
        PlanError: a tenant names what the plan has not.
    """
    require_placeable(given.plan, given.tenants, given.places)
    tree = Stored(directory) if directory else Rendered(given.estate, given.tenants)
    return _report(tree, given, processes or os.cpu_count() or 1)


def _report(tree: Tree, given: Declaration, processes: int) -> Report:
    require_placeable(given.plan, given.tenants, given.places)
    shared, moulds = tree.shared(), Moulds(given.estate, given.tenants)
    seen = compared(tree, moulds, given.tenants, processes)
    seen.add(shared, dict(shared_files(given.estate)))
    chosen = sample(seen, shared, moulds, given.tenants)
    whole = _examined(shared, chosen, given, processes)
    _outlined(whole, seen, chosen, moulds, given)
    everybody = (given.estate, given.tenants, given.locate)
    findings = [
        *told(whole.findings, chosen.examples),
        *whole.links.findings(given.locate),
        *isolated(whole.documents, *everybody),
        *counted(whole.documents, *everybody),
        *over(*everybody),
    ]
    return Report(_ordered(findings), _ordered(seen.stale), seen.files)


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(set(findings), key=lambda finding: finding.order)


def _examined(shared: Mapping[str, str], chosen: Sample, given: Declaration, processes: int) -> Part:
    """The check of every folder that is looked at, by parts."""
    some = {id_: given.tenants[id_] for id_ in chosen.folders if id_ in given.tenants}
    strangers = [id_ for id_ in chosen.folders if id_ not in given.tenants]
    parts = list(divided(given.estate, some))
    parts[-1] += strangers

    def check(part: list[str]) -> Part:
        files = {path: text for id_ in part for path, text in chosen.folders[id_].items()}
        own = {id_: some[id_] for id_ in part if id_ in some}
        return check_part({**shared, **files}, Declaration(given.plan, own, given.crds, given.places))

    whole = Part()
    documents: dict[str, Document] = {}
    for part in forked(check, parts, processes):
        whole.findings += part.findings
        whole.links.join(part.links)
        documents.update((document.path, document) for document in part.documents)
    whole.documents = list(documents.values())
    return whole


def _outlined(whole: Part, seen: Compared, chosen: Sample, moulds: Moulds, given: Declaration) -> None:
    """Add what all are judged by together of those who were not looked at."""
    cast = set(seen.cast) - set(chosen.folders)
    for members in moulds.classes.values():
        unseen = [tenant for tenant in members if tenant.id in cast]
        if unseen:
            outline = Outline(given.estate, unseen[0])
            for tenant in unseen:
                one = outline.of(tenant)
                whole.documents += one.documents
                whole.links.join(one.links)


def check_tree(
    tree: Mapping[str, str],
    plan: Plan,
    tenants: Mapping[str, Tenant],
    crds: Path | None = None,
    places: Places | None = None,
) -> list[Finding]:
    """The same without what can be told of all tenants together only (the ceilings, who may touch whose data)."""
    given = Declaration(plan, tenants, crds, places)
    part = check_part(tree, given)
    everybody = (given.estate, tenants, given.locate)
    return _ordered([*part.findings, *part.links.findings(given.locate), *counted(part.documents, *everybody)])


def check_part(tree: Mapping[str, str], given: Declaration) -> Part:
    """The check of what all share, and of the tenants of ``given``."""
    estate, locate = given.estate, given.locate
    findings: list[Finding] = []
    documents = list(read(tree, findings))
    schemas = Schemas(given.crds, min(site.cluster.version for site in estate.sites.values()))
    for document in documents:
        schemas.learn(document.data)
    findings.extend(declared(estate, locate))
    findings.extend(fits(documents, schemas, locate))
    folders = clusters(estate, given.tenants)
    own = placed(documents, folders, locate)
    findings.extend(verified(own, estate, given.tenants, locate))
    findings.extend(leaks(tree))
    return Part(findings, [document for document in own if of_all(document.data)], linked(documents, folders))


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

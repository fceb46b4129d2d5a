"""Plan against manifests: a rendered tree if there is one, else what would be rendered; and a live cluster if named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import strangler_deploy as deploy
from strangler.cli.checks import Checked, Wanted
from strangler.cli.command import Session
from strangler.cli.output import counted
from strangler.model import Finding, Location
from strangler.plan import Places

_NAME = "manifests"
_TREE = "gitops"


def check_manifests(session: Session, wanted: Wanted) -> Checked:
    """Check the tree of ``--manifests`` (default: ``gitops`` beside the plan), or what the plan would render."""
    usual = session.plan_path.parent / _TREE
    tree = wanted.manifests or (usual if usual.is_dir() else None)
    if tree is None and "platform" not in session.plan().model_fields_set:
        return Checked(_NAME, "the plan declares no platform, and there is no rendered tree", ran=False)
    files, findings = manifests(session, tree, wanted.crds)
    of = f"of {tree}" if tree else "as the plan would render them"
    return Checked(_NAME, f"{counted(files, 'file')} {of}, {counted(len(findings), 'finding')}", findings)


def manifests(session: Session, directory: Path | None, crds: Path | None) -> tuple[int, list[Finding]]:
    """How many files were checked, and what was found; a tree on disk must also be what the plan renders."""
    plan, tenants = session.plan(), session.tenants()
    with session.out.progress(f"checking {counted(len(tenants), 'tenant')}"):
        found = deploy.report(directory, deploy.Declaration(plan, tenants, crds, Places(session.plan_path)))
    return found.files, [*found.findings, *found.stale]


def of_service(session: Session, name: str, findings: Iterable[Finding]) -> list[Finding]:
    """Those of the findings that are about one service: at its entry in the plan, or in a file of its own."""
    entry = Places(session.plan_path).location(f"strangler.yaml services.{name}")
    places = ((finding, finding.location) for finding in findings)
    return [finding for finding, at in places if at is not None and (at == entry or _object(at.path) == name)]


def _object(path: str) -> str:
    """The name of the object in a rendered file: ``NAMESPACE.KIND-NAME.yaml``, or without a namespace."""
    return PurePosixPath(path).stem.rpartition(".")[2].partition("-")[2]


def check_cluster(session: Session, wanted: Wanted) -> Checked:
    """Ask a live cluster, if one is named, what an apply would change; nothing is written."""
    if not (wanted.cluster or wanted.context):
        return Checked("cluster", "none named (--cluster, --context)", ran=False)
    plan, tenants = session.plan(), session.tenants()
    tree = deploy.read_tree(wanted.manifests) if wanted.manifests else deploy.render(plan, tenants)
    name, documents = deploy.objects_of(tree, plan, tenants, wanted.cluster, ())
    with deploy.connect(wanted.context or wanted.cluster) as server, session.out.progress(f"asking cluster {name}"):
        changes = list(deploy.changes(server, documents, plan.monolith.name, prune=True))
    findings = list(_drifted(name, changes))
    return Checked("cluster", f"{counted(len(changes), 'object')} in {name}, {len(findings)} not as declared", findings)


def _drifted(cluster: str, changes: list[deploy.Change]) -> Iterator[Finding]:
    for change in changes:
        if change.action == "keep":
            continue
        fields = ", ".join(field for field, _, _ in change.fields[:3])
        message = f"cluster {cluster}: an apply would {change.action} {change.key}{f' ({fields})' if fields else ''}"
        place = Location(change.path) if change.path else None
        yield Finding("DRIFT", message, place, "strangler deploy diff shows every field")

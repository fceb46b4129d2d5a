"""The last act: the platform the service lands on, rendered and checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import strangler_deploy as deploy
from strangler.demo.facts import Manifests
from strangler.files import write_file
from strangler.model import Severity
from strangler.plan import Places, load, load_tenants, set_value

_PLATFORM: Mapping[str, object] = {
    "clusters": {"main": {"role": "application", "compute": "auto"}},
}
_TENANTS = {"fjord": "Fjord Outdoor", "maple": "Maple Books"}


def declare(plan: Path) -> None:
    """Add one cluster and two tenants to the plan."""
    write_file(plan, set_value(plan.read_text(encoding="utf-8"), ("platform",), _PLATFORM))
    folder = plan.parent / "tenants"
    folder.mkdir()
    for tenant, name in _TENANTS.items():
        write_file(folder / f"{tenant}.yaml", f"id: {tenant}\nname: {name}\ntier: standard\n")


def render_and_check(plan: Path, directory: Path) -> Manifests:
    """Write the GitOps repository for the plan and check it; notes are no findings."""
    declared, tenants = load(plan), load_tenants(plan.parent / "tenants")
    tree = deploy.render(declared, tenants)
    deploy.write(directory, tree)
    findings = deploy.check(tree, declared, tenants, None, Places(plan))
    weighty = [finding for finding in findings if finding.severity is not Severity.NOTE]
    documents = sum(name.endswith(".yaml") for name in tree)
    return Manifests(documents, len(weighty))

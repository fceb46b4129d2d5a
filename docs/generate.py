"""Writes the reference pages that are made from the code; a test fails when one of them is stale.

Usage: python docs/generate.py
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from rooms import architecture

import strangler_deploy as deploy
from strangler.cli.reference import commands_reference
from strangler.files import write_file
from strangler.plan import load, load_tenants
from strangler.plan.reference import plan_reference
from strangler_analyzers import detectors_reference
from strangler_deploy import evidence_document
from strangler_deploy.checks.reference import page as rules_page
from strangler_deploy.control_plane.reference import control_plane_reference
from strangler_facade.references.admin import admin_reference
from strangler_facade.references.rollouts import rollouts_reference
from strangler_facade.references.stages import stages_reference
from strangler_scaffolds import crossings_reference

REFERENCE = Path(__file__).parent / "reference"

CONFLICTS = REFERENCE.parents[1] / "tests/data/conflicts"
REFERENCE_PLAN = REFERENCE.parent / "examples/reference/strangler.yaml"


def rules_reference() -> str:
    """Every rule of the check, the conflicts with an example and its mended twin."""
    examples = {}
    for path in sorted(CONFLICTS.glob("c*.yaml")):
        made = yaml.safe_load(path.read_text(encoding="utf-8"))
        refused, mended = (yaml.safe_dump(made[key], sort_keys=False) for key in ("refused", "mended"))
        examples[f"DEPLOY-C{int(path.stem[1:])}"] = (f"{made['title']} (\u201c{made['says']}\u201d).", refused, mended)
    return rules_page(examples)


def evidence_reference() -> str:
    """The evidence map of the reference example."""
    return evidence_document(load(REFERENCE_PLAN))


EXAMPLES = Path(__file__).parent / "examples"


def _platform() -> str:
    """The platform's rows, from the examples as they are rendered now."""
    trees = {}
    for folder in sorted(EXAMPLES.iterdir(), key=lambda folder: (folder.name != "reference", folder.name)):
        plan = load(folder / "strangler.yaml")
        trees[folder.name] = deploy.render(plan, load_tenants(folder / "tenants"))
    return deploy.platform_reference(trees)


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_reference,
    "control-plane.md": control_plane_reference,
    "crossings.md": crossings_reference,
    "deploy-check.md": rules_reference,
    "detectors.md": detectors_reference,
    "evidence.md": evidence_reference,
    "facade-control.md": admin_reference,
    "plan.md": plan_reference,
    "platform.md": _platform,
    "rollouts.md": rollouts_reference,
    "stages.md": stages_reference,
}


ARCHITECTURE = REFERENCE.parents[1] / "ARCHITECTURE.md"


def main() -> None:
    """Write every page anew, and the part of ARCHITECTURE.md that is made."""
    REFERENCE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        write_file(REFERENCE / name, page())
    write_file(ARCHITECTURE, architecture(ARCHITECTURE.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()

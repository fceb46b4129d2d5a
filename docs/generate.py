"""Writes the reference pages that are made from the code; a test fails when one of them is stale.

Usage: python docs/generate.py
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from strangler.files import write_file
from strangler.plan.reference import plan_reference
from strangler_facade.references.admin import admin_reference
from strangler_facade.references.rollouts import rollouts_reference
from strangler_facade.references.stages import stages_reference

REFERENCE = Path(__file__).parent / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "facade-control.md": admin_reference,
    "plan.md": plan_reference,
    "rollouts.md": rollouts_reference,
    "stages.md": stages_reference,
}


def main() -> None:
    """Write every page anew."""
    REFERENCE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        write_file(REFERENCE / name, page())


if __name__ == "__main__":
    main()

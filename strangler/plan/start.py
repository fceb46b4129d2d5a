"""The text of a first plan."""

from __future__ import annotations

from collections.abc import Sequence


def first_plan(name: str, packages: Sequence[str], framework: str | None) -> str:
    """A commented plan for a monolith of which only this much is known; it loads without mistakes."""
    lines = [
        "# The migration of this monolith. `strangler plan accept` adds services; edit it freely, comments stay.",
        "version: 1",
        "monolith:",
        f"  name: {name}",
        "  root: .",
        f"  packages: [{', '.join(packages)}]",
        *([f"  framework: {framework}"] if framework else []),
        "  # upstream: http://127.0.0.1:8000    # where the monolith answers",
        "  # run: python -m app                 # how it is started",
        "  # test: python -m pytest -q          # how its tests are run",
        "services: {}",
    ]
    return "\n".join(lines) + "\n"

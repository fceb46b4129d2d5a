"""Services taken out of the sample and of real applications, and proven: the figures of ``prove_application.py``.

Usage: HEALTHCHECKS=… HEALTHCHECKS_PYTHON=… MEALIE=… MEALIE_PYTHON=… BABYBUDDY=… BABYBUDDY_PYTHON=… IHATEMONEY=…
       IHATEMONEY_PYTHON=… python benchmarks/bench_scaffolds_applications.py

The sample is always there, and has faults put into one of its services (.ci/steps/60-scaffolds proves both); the real
applications are proven in phases A to D, as their plans in benchmarks/applications say.
"""

from __future__ import annotations

import sys
from pathlib import Path

from figures import status
from prove_application import arguments, prove
from sources import (
    BABYBUDDY,
    BABYBUDDY_PYTHON,
    HEALTHCHECKS,
    HEALTHCHECKS_PYTHON,
    IHATEMONEY,
    IHATEMONEY_PYTHON,
    MEALIE,
    MEALIE_PYTHON,
    Source,
    missing,
    tree,
)

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "sample_monolith"
SAMPLE_PLAN = HERE.parent / "tests/scaffolds/sample.yaml"
APPLICATIONS = (
    (HEALTHCHECKS, HEALTHCHECKS_PYTHON, "integrations"),
    (MEALIE, MEALIE_PYTHON, "scraper"),
    (BABYBUDDY, BABYBUDDY_PYTHON, "api"),
    (IHATEMONEY, IHATEMONEY_PYTHON, "api"),
)


def main() -> None:
    """Prove a service of the sample, then what was given."""
    prove(arguments([str(SAMPLE), "--plan", str(SAMPLE_PLAN), "--service", "metering", "--name", "sample"]))
    for source, python, service in APPLICATIONS:
        application(source, python, service)


def application(source: Source, python: Source, service: str) -> None:
    """Prove one service of an application, if it and an environment for its tests were given."""
    name = source.variable.lower()
    if missing("scaffolds", f"{service} taken out of {name}", source, python):
        return
    with tree(source, python_only=False) as folder:
        plan = HERE / "applications" / f"{name}.yaml"
        words = [str(folder), "--plan", str(plan), "--service", service, "--python", python.given]
        prove(arguments([*words, "--name", name, "--commit", source.commit, "--phases", "ABCD"]))


if __name__ == "__main__":
    main()
    sys.exit(status())

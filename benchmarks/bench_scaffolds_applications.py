"""Services taken out of the sample and of real applications, and proven: the figures of ``prove_application.py``.

Usage: HEALTHCHECKS=… HEALTHCHECKS_PYTHON=… MEALIE=… MEALIE_PYTHON=… BABYBUDDY=… BABYBUDDY_PYTHON=… IHATEMONEY=…
       IHATEMONEY_PYTHON=… FIEF=… FIEF_PYTHON=… python benchmarks/bench_scaffolds_applications.py

The sample is always there, and has faults put into one of its services (.ci/steps/60-scaffolds proves both); the real
applications are proven in phases A to D, as their plans in benchmarks/applications say, with the variables that their
own tests need.
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from figures import status
from prove_application import arguments, prove
from sources import (
    BABYBUDDY,
    BABYBUDDY_PYTHON,
    FIEF,
    FIEF_PYTHON,
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
ENCRYPTION_KEY = base64.urlsafe_b64encode(bytes(32)).decode()
APPLICATIONS: tuple[tuple[Source, Source, str, Mapping[str, str]], ...] = (
    (HEALTHCHECKS, HEALTHCHECKS_PYTHON, "integrations", {}),
    (MEALIE, MEALIE_PYTHON, "scraper", {"PRODUCTION": "True", "TESTING": "True"}),
    (BABYBUDDY, BABYBUDDY_PYTHON, "api", {}),
    (IHATEMONEY, IHATEMONEY_PYTHON, "api", {}),
    (
        *(FIEF, FIEF_PYTHON, "api"),
        {
            "ENVIRONMENT": "development",
            "TELEMETRY_ENABLED": "0",
            "SECRET": "not one",
            "ENCRYPTION_KEY": ENCRYPTION_KEY,
            "FIEF_CLIENT_ID": "client",
            "FIEF_CLIENT_SECRET": "not one",
        },
    ),
)


def main() -> None:
    """Prove a service of the sample, then what was given."""
    prove(arguments([str(SAMPLE), "--plan", str(SAMPLE_PLAN), "--service", "metering", "--name", "sample"]))
    for source, python, service, environment in APPLICATIONS:
        application(source, python, service, environment)


def application(source: Source, python: Source, service: str, environment: Mapping[str, str]) -> None:
    """Prove one service of an application, if it and an environment for its tests were given.

    ``environment`` are the variables that its tests need.
    """
    name = source.variable.lower()
    if missing("scaffolds", f"{service} taken out of {name}", source, python):
        return
    with tree(source, python_only=False) as folder:
        plan = HERE / "applications" / f"{name}.yaml"
        words = [str(folder), "--plan", str(plan), "--service", service, "--python", python.given]
        told = arguments([*words, "--name", name, "--commit", source.commit, "--phases", "ABCD"])
        with set_to(environment):
            prove(told)


@contextmanager
def set_to(environment: Mapping[str, str]) -> Iterator[None]:
    """Let the commands that are run have these variables."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    main()
    sys.exit(status())

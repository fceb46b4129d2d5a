"""What the analyzers say of the repository they live in: its rooms are the seams, and no import goes in a ring."""

from __future__ import annotations

from pathlib import Path

import pytest

from strangler.analysis import Analysis
from strangler_analyzers import Options, analyze

ROOT = Path(__file__).parents[2]
# The sample is there to be tangled; tests are no part of any seam.
_ELSEWHERE = ("sample_monolith/**", "tests/**")
_ROOMS = {
    "strangler-analyzers": "strangler_analyzers",
    "strangler-scaffolds": "strangler_scaffolds",
    "strangler-facade": "strangler_facade",
    "strangler-deploy": "strangler_deploy",
}


@pytest.fixture(scope="module")
def ourselves() -> Analysis:
    return analyze(ROOT, Options(exclude=_ELSEWHERE))


def test_no_import_goes_in_a_ring(ourselves: Analysis) -> None:
    assert ourselves.stats["cycles"] == []


def test_the_capability_folders_are_the_seams(ourselves: Analysis) -> None:
    names = [module.name for module in ourselves.modules if "migrations" not in module.roles]
    for seam, package in _ROOMS.items():
        found = ourselves.seam(seam)
        assert found is not None
        assert {name for name in names if name.partition(".")[0] == package} <= {*found.modules, *ourselves.shared}
        assert {name.partition(".")[0] for name in found.modules} == {package}

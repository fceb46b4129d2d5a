"""One source, three engines: on every fixture all three say what the fixture says."""

from __future__ import annotations

import pytest

from .conftest import documents, judges
from .fixtures import Fixture, every

FIXTURES = every()
JUDGES = judges(documents())


def test_there_are_eighty_fixtures_and_more() -> None:
    assert len({fixture.name for fixture in FIXTURES}) == len(FIXTURES) >= 80


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_all_engines_say_the_same(fixture: Fixture) -> None:
    said = {judge.engine: {denial.policy for denial in judge.denials(fixture.review)} for judge in JUDGES}
    expected = {fixture.refused_by} if fixture.refused_by else set()
    assert said == dict.fromkeys(said, expected)
    assert set(said) == {"vap", "gatekeeper", "kyverno"}


def test_every_rule_has_fixtures_on_both_sides() -> None:
    refusing = {fixture.refused_by for fixture in FIXTURES}
    assert refusing == {
        "",
        "phi-nonroot",
        "tenant-key",
        "public-access-block",
        "no-static-keys",
        "workload-hygiene",
        "submitters",
        "own-paths",
    }


def test_no_tenants_pods_run_in_a_control_cluster() -> None:
    closed = judges(documents("control"))
    pods = [f for f in FIXTURES if f.name.startswith("phi: ")]
    for judge in closed:
        for fixture in pods:
            refused = any(d.policy == "no-tenant-workload" for d in judge.denials(fixture.review))
            assert refused == (fixture.name != "phi: no tenant's namespace"), (judge.engine, fixture.name)

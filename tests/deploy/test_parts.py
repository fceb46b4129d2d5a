from __future__ import annotations

import pytest

from strangler.model import Finding
from strangler_deploy import parts
from strangler_deploy.check import check
from strangler_deploy.parts import Job, divided
from strangler_deploy.render import render

from .estates import plan, tenants

FOUR = "  clusters: {a: {}, b: {}, c: {}, d: {}}\n"


def _job(count: int) -> Job:
    own = tenants(*(f"t{n}" for n in range(count))) if count else {}
    return Job({}, plan(platform=FOUR), own, lambda tree, some: ([], []))


def test_no_cluster_is_cut_in_two_and_nobody_is_lost() -> None:
    parts = list(divided(_job(2500)))
    assert len(parts) > 1
    assert sorted(name for part in parts for name in part) == sorted(f"t{n}" for n in range(2500))


def test_an_estate_without_tenants_is_one_part() -> None:
    assert list(divided(_job(0))) == [[]]


def test_the_findings_do_not_depend_on_parts_and_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    given, own = plan(platform=FOUR), tenants(*(f"t{n}" for n in range(8)))
    tree = dict(render(given, own))
    for path in [path for path in tree if path.endswith("networkpolicy-default-deny.yaml")][:5]:
        del tree[path]

    def found(processes: int) -> list[Finding]:
        findings = check(tree, given, own, processes=processes)
        return [finding for finding in findings if finding.rule != "DEPLOY-UNCHECKED"]

    whole = found(1)
    assert whole
    monkeypatch.setattr(parts, "_SIZE", 1)
    assert found(1) == found(2) == whole

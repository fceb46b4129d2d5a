from __future__ import annotations

import pytest

from strangler.model import Finding
from strangler_deploy import parts
from strangler_deploy.check import check
from strangler_deploy.estate import Estate
from strangler_deploy.parts import divided, forked
from strangler_deploy.render import render

from .estates import plan, tenants

FOUR = "  clusters: {a: {}, b: {}, c: {}, d: {}}\n"


def _divided(count: int) -> list[list[str]]:
    return list(divided(Estate(plan(platform=FOUR)), tenants(*(f"t{n}" for n in range(count))) if count else {}))


def test_no_cluster_is_cut_in_two_and_nobody_is_lost() -> None:
    parts = _divided(2500)
    assert len(parts) > 1
    assert sorted(name for part in parts for name in part) == sorted(f"t{n}" for n in range(2500))


def test_an_estate_without_tenants_is_one_part() -> None:
    assert _divided(0) == [[]]


@pytest.mark.parametrize("processes", [1, 2])
def test_the_results_are_in_the_order_of_the_parts(processes: int) -> None:
    assert forked(lambda part: part * 2, [3, 1, 2], processes) == [6, 2, 4]


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

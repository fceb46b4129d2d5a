from __future__ import annotations

from pathlib import Path
from typing import Any

from strangler.model import Severity
from strangler.plan import Places, loads
from strangler_facade import drift

PLAN = """\
version: 1
monolith: {name: shop, packages: [shop]}
services:
  billing:
    modules: [shop.billing]
    upstream: "http://127.0.0.1:8101"
    routes: ["/api/billing/**", {path: /bills, methods: [GET, HEAD]}]
  quiet: {modules: [shop.quiet]}
"""
LIVE = {
    "name": "billing",
    "upstream": "http://127.0.0.1:8101",
    "routes": ["/api/billing/**", "GET HEAD /bills"],
    "rollout": None,
}


def found(tmp_path: Path, *services: dict[str, Any]) -> list[tuple[str, int, Severity]]:
    path = tmp_path / "strangler.yaml"
    path.write_text(PLAN, encoding="utf-8")
    findings = drift(loads(PLAN), {"services": list(services)}, Places(path))
    return [(f.rule, f.location.line if f.location else 0, f.severity) for f in findings]


def test_a_facade_that_routes_what_the_plan_says_is_silent(tmp_path: Path) -> None:
    assert found(tmp_path, LIVE) == []


def test_each_difference_has_the_plans_line(tmp_path: Path) -> None:
    assert found(tmp_path, {**LIVE, "upstream": "http://127.0.0.1:9"}) == [("TRAFFIC-RULES", 6, Severity.ERROR)]
    assert found(tmp_path, {**LIVE, "routes": ["/api/billing/**"]}) == [("TRAFFIC-RULES", 7, Severity.ERROR)]


def test_services_that_only_one_side_knows(tmp_path: Path) -> None:
    assert found(tmp_path) == [("TRAFFIC-MISSING", 4, Severity.ERROR)]
    assert found(tmp_path, LIVE, {**LIVE, "name": "old"}) == [("TRAFFIC-UNKNOWN", 3, Severity.ERROR)]


def test_a_rollout_that_went_back_is_told(tmp_path: Path) -> None:
    back = {**LIVE, "rollout": {"status": "rolled-back", "reason": "errors"}}
    assert [(rule, severity) for rule, _, severity in found(tmp_path, back)] == [("TRAFFIC-ABORTED", Severity.WARNING)]

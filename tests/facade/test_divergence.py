from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from strangler.model import Stage
from strangler.plan import Places, loads
from strangler_facade import drift
from strangler_facade.control.compile import compile_table
from strangler_facade.control.routeset import RouteSet, from_plan
from strangler_facade.control.stages import Position
from strangler_facade.serialize import to_json

PLAN = """\
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:8000"}
services:
  billing:
    modules: [shop.billing]
    upstream: "http://127.0.0.1:8101"
    routes: ["/api/billing/**", {path: /bills, methods: [GET, HEAD]}]
  quiet: {modules: [shop.quiet]}
facade: {sticky: {cookie: sid}, tenant: "host:example.org"}
"""
CANARY = Position(Stage.CANARY, 20.0, True)


def found(tmp_path: Path, running: str, rollout: dict[str, str] | None = None) -> list[tuple[str, int, str]]:
    """What is told of a facade that took the plan ``running``, by rule, line of ``PLAN`` and message."""
    path = tmp_path / "strangler.yaml"
    path.write_text(PLAN, encoding="utf-8")
    old = loads(running)
    routes = from_plan(old, old.monolith.upstream or "", {"billing": CANARY})
    status = {
        "version": 7,
        "monolith": routes.monolith,
        "services": [_item(routes, name, rollout) for name in routes.rules],
    }
    findings = drift(loads(PLAN), status, to_json(compile_table(routes, 7)), Places(path))
    return [(f.rule, f.location.line if f.location else 0, f.message) for f in findings]


def _item(routes: RouteSet, name: str, rollout: dict[str, str] | None) -> dict[str, Any]:
    position = routes.positions[name]
    placed = {"stage": str(position.stage), "weight": position.weight, "mirrored": position.mirrored}
    return {"name": name, **placed, "upstream": routes.rules[name].upstream, "rollout": rollout}


def test_a_facade_that_routes_what_the_plan_says_is_silent(tmp_path: Path) -> None:
    assert found(tmp_path, PLAN) == []


@pytest.mark.parametrize(
    ("here", "running", "line", "told"),
    [
        ("8101", "8109", 6, "the facade sends 'billing' to http://127.0.0.1:8109, the plan to http://127.0.0.1:8101"),
        (
            "methods: [GET, HEAD]}",
            "methods: [GET, HEAD], safety: unsafe}",
            7,
            "safety of 'billing' for GET HEAD /bills is unsafe at the facade, method in the plan",
        ),
        (
            "methods: [GET, HEAD]}",
            "methods: [GET, HEAD], rewrite: {prefix: /bills, to: /b}}",
            7,
            "rewrite of 'billing' for GET HEAD /bills is "
            '{"prefix": "/bills", "to": "/b"} at the facade, not set in the plan',
        ),
        (
            ", {path: /bills, methods: [GET, HEAD]}",
            "",
            7,
            "routes of 'billing' differ between plan and facade: GET HEAD /bills",
        ),
        (
            "methods: [GET, HEAD]}",
            "methods: [GET, HEAD], hosts: [a.example.org]}",
            7,
            "routes of 'billing' differ between plan and facade:"
            ' GET HEAD /bills, GET HEAD /bills hosts: ["a.example.org"]',
        ),
        (
            '["/api/billing/**", {path: /bills, methods: [GET, HEAD]}]',
            "[]",
            7,
            "routes of 'billing' differ between plan and facade: /api/billing/**, GET HEAD /bills",
        ),
        ("cookie: sid", "header: X-User", 9, "facade.sticky is"),
        ("cookie: sid}", "cookie: sid}, salt: pepper", 9, "facade.salt is pepper at the facade, strangler in the plan"),
        ("host:example.org", "host:example.com", 9, "facade.tenant.name is example.com at the facade"),
        (
            "[shop.billing]\n",
            "[shop.billing]\n    pinned: [acme]\n",
            4,
            "pinned of 'billing' is [\"acme\"] at the facade, not set in the plan",
        ),
        (
            "[shop.billing]\n",
            "[shop.billing]\n    shadow: {noise: 50}\n",
            4,
            "shadow.noise of 'billing' is 50.0 at the facade, 10.0 in the plan",
        ),
        (
            "[shop.billing]\n",
            "[shop.billing]\n    serving: {answer_timeout: 5s}\n",
            4,
            "serving.answer_timeout of 'billing' is 5.0 at the facade, 60.0 in the plan",
        ),
        ("127.0.0.1:8000", "127.0.0.1:8009", 2, "monolith.upstream is http://127.0.0.1:8009 at the facade"),
    ],
)
def test_each_difference_is_told_at_the_plans_line(
    tmp_path: Path, here: str, running: str, line: int, told: str
) -> None:
    assert here in PLAN
    ((rule, at, message),) = found(tmp_path, PLAN.replace(here, running))
    assert (rule, at) == ("TRAFFIC-RULES", line)
    assert message.startswith(told)


def test_services_that_only_one_side_knows(tmp_path: Path) -> None:
    less = PLAN[: PLAN.index("  billing")] + PLAN[PLAN.index("  quiet") :]
    assert [told[:2] for told in found(tmp_path, less)] == [("TRAFFIC-MISSING", 4)]
    more = PLAN.replace("  quiet", '  old: {modules: [shop.old], upstream: "http://127.0.0.1:8103"}\n  quiet')
    assert [told[:2] for told in found(tmp_path, more)] == [("TRAFFIC-UNKNOWN", 3)]


def test_a_rollout_that_went_back_is_told(tmp_path: Path) -> None:
    back = {"status": "rolled-back", "reason": "errors"}
    assert {told[0] for told in found(tmp_path, PLAN, rollout=back)} == {"TRAFFIC-ABORTED"}

from __future__ import annotations

import dataclasses
import json

import pytest

from strangler.analysis import Analysis, Call, Edge, Evidence, Module
from strangler.errors import StranglerError
from strangler.model import Finding, Location, Severity
from strangler.plan import Plan, loads
from strangler_analyzers import (
    compare,
    github_annotations,
    improved,
    read_baseline,
    sarif,
    take_stock,
    write_baseline,
)

LIBRARY = "m.money"


def program(*imports: tuple[str, str, int]) -> Analysis:
    names = sorted(
        {"m.bill", "m.bill.api", "m.order", LIBRARY, *(name for one, two, _ in imports for name in (one, two))}
    )
    edges = tuple(
        Edge(one, two, "import", evidence=(Evidence(one.replace(".", "/") + ".py", line),))
        for one, two, line in imports
    )
    modules = tuple(Module(name, name.replace(".", "/") + ".py") for name in names)
    return Analysis(version="1", modules=modules, edges=edges)


@pytest.fixture
def plan() -> Plan:
    text = "version: 1\nmonolith: {name: shop, packages: [m]}\nservices:\n"
    return loads(text + "  billing: {modules: [m.bill, m.bill.*], shared: [m.money]}\n  other: {image: x}\n")


def test_a_new_crossing_is_named_with_its_line(plan: Plan) -> None:
    before = take_stock(program(("m.order", "m.bill", 3)), plan).baseline()
    now = take_stock(program(("m.order", "m.bill", 3), ("m.bill.api", "m.order", 9)), plan)
    findings = compare(now, before)
    assert [str(finding.location) for finding in findings] == ["m/bill/api.py:9"]
    assert "is new" in findings[0].message


def test_lines_may_move_and_crossings_may_go(plan: Plan) -> None:
    before = take_stock(program(("m.order", "m.bill", 3), ("m.bill.api", "m.order", 9)), plan).baseline()
    now = take_stock(program(("m.order", "m.bill", 30)), plan)
    assert compare(now, before) == []
    assert improved(now, before)
    assert not improved(now, now.baseline())


def test_the_same_crossing_at_more_places_is_worse(plan: Plan) -> None:
    def calling(*lines: int) -> Analysis:
        calls = tuple(Call("m.order:f", "m.bill:pay", (Evidence("m/order.py", line),)) for line in lines)
        return dataclasses.replace(program(("m.order", "m.bill", 3)), calls=calls)

    before = take_stock(calling(5), plan).baseline()
    findings = compare(take_stock(calling(5, 8), plan), before)
    assert {str(finding.location) for finding in findings} == {"m/order.py:5", "m/order.py:8"}
    assert "grew from 1 to 2 places" in findings[0].message


def test_what_stays_inside_and_the_services_libraries_do_not_count(plan: Plan) -> None:
    stock = take_stock(program(("m.bill.api", "m.bill", 1), ("m.bill", LIBRARY, 2)), plan)
    assert stock.services == {"billing": ()}


def test_tests_cross_no_border(plan: Plan) -> None:
    analysis = program(("t", "m.bill", 1))
    modules = tuple(
        dataclasses.replace(module, roles=("tests",)) if module.name == "t" else module for module in analysis.modules
    )
    assert take_stock(dataclasses.replace(analysis, modules=modules), plan).services == {"billing": ()}


def test_a_baseline_survives_writing_and_reading(plan: Plan) -> None:
    baseline = take_stock(program(("m.order", "m.bill", 3)), plan).baseline()
    assert read_baseline(write_baseline(baseline), name="b") == baseline
    assert write_baseline(baseline) == write_baseline(baseline)


@pytest.mark.parametrize("text", ["<<<<<<< ours", "{}", "[]"])
def test_a_spoilt_baseline_is_refused(text: str) -> None:
    with pytest.raises(StranglerError, match="b"):
        read_baseline(text, name="b")


FINDING = Finding("RATCHET", "50% worse,\nnow", Location("m/a, b.py", 7), "call: the client", Severity.ERROR)


def test_sarif_holds_rule_level_and_place() -> None:
    log = json.loads(sarif([FINDING], "1.0"))
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"] == [{"id": "RATCHET"}]
    result = run["results"][0]
    assert result["level"] == "error"
    physical = result["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "m/a, b.py"}, "region": {"startLine": 7}}


def test_annotations_are_one_line_each_whatever_they_say() -> None:
    text = github_annotations([FINDING, Finding("X", "y")])
    assert text.splitlines() == [
        "::error file=m/a%2C b.py,line=7,title=RATCHET::50%25 worse,%0Anow. call: the client",
        "::error title=X::y. ",
    ]


def test_calls_through_a_generated_client_are_what_is_wanted(plan: Plan) -> None:
    before = take_stock(program(("m.order", "m.bill", 3)), plan).baseline()
    after = program(("m.order", "m.clients.bill", 3), ("m.clients.bill", "m.bill", 1), ("m.order", "m.bill.api", 8))
    found = compare(take_stock(after, plan, {"m/clients/bill.py"}), before)
    assert [str(finding.location) for finding in found] == ["m/order.py:8"]

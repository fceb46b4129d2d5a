from __future__ import annotations

import dataclasses
import importlib
import json
import re
import sys
from pathlib import Path

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.errors import StranglerError
from strangler.model import Severity
from strangler_scaffolds import ProofOptions
from strangler_scaffolds.proof import MutantResult, Phase, Proof, as_html, as_json, mutants_of
from strangler_scaffolds.proof.prove import route_regex


def phase(name: str, vector: dict[str, str], **ways: str) -> Phase:
    return Phase(name, name, vector, {t: frozenset({w}) for t, w in ways.items()}, {}, 0.0)


GOOD = {"t1": "passed", "t2": "failed"}
REACHED = {"t1": "local"}


def proof(*phases: Phase, **fields: float) -> Proof:
    return Proof("stock", (phase("A", GOOD), phase("A2", GOOD), *phases), **fields)  # type: ignore[arg-type]


def rules(made: Proof) -> list[str]:
    """What speaks against it; that t2 fails by itself informs only."""
    found = [finding for finding in made.findings() if finding.severity is Severity.ERROR]
    assert made.holds is (not found)
    return [finding.rule for finding in found]


def test_equal_vectors_hold_even_where_tests_fail() -> None:
    assert rules(proof(phase("B", GOOD), phase("D", GOOD, t1="remote"))) == []
    assert rules(proof(phase("B", GOOD, **REACHED))) == []


@pytest.mark.parametrize("vector", [{"t1": "failed", "t2": "failed"}, {"t1": "passed"}, {**GOOD, "t3": "passed"}])
def test_any_difference_of_a_vector_is_found(vector: dict[str, str]) -> None:
    assert rules(proof(phase("C", vector, **REACHED))) == ["PROOF-DIFFERS"]


def test_many_tests_that_change_alike_are_one_finding() -> None:
    many = {f"t{number}": "passed" for number in range(1, 8)}
    broken = {**dict.fromkeys(many, "failed"), "t7": "error"}
    made = Proof("stock", (phase("A", many), phase("A2", many), phase("C", broken, **REACHED)))
    assert [finding.message for finding in made.findings() if finding.rule == "PROOF-DIFFERS"] == [
        "C: t7 was passed and is error",
        "C: 6 tests were passed and are failed: t1, t2, t3 …",
    ]


def test_what_a_phase_printed_lies_where_the_finding_says() -> None:
    said = dataclasses.replace(phase("D", {**GOOD, "t1": "failed"}, t1="remote"), said="Traceback")
    made = proof(said)
    hint = next(finding.hint for finding in made.findings() if finding.rule == "PROOF-DIFFERS")
    assert hint == "what it printed: .strangler/proofs/stock/D.log"
    assert scaffolds.proof_pages(made)["D.log"] == "Traceback"


def test_a_test_that_differs_by_itself_is_named_and_left_out() -> None:
    differing = {**GOOD, "t1": "failed"}
    made = Proof("stock", (phase("A", GOOD), phase("A2", differing), phase("B", differing, **REACHED)))
    assert (made.flaky, rules(made)) == ({"t1"}, [])


def test_a_proof_in_which_nothing_reached_the_service_is_none() -> None:
    assert rules(proof(phase("D", GOOD))) == ["PROOF-BLIND"]
    assert rules(proof(phase("B", GOOD))) == ["PROOF-BLIND"]
    between_tests = phase("B", GOOD)
    assert rules(proof(dataclasses.replace(between_tests, ways={"": frozenset({"local"})}))) == ["PROOF-BLIND"]


def test_a_phase_says_how_it_ended_before_the_next_begins() -> None:
    other = phase("D", {"t1": "failed", "t2": "failed"}, **REACHED)
    made = proof(phase("B", GOOD), other)
    assert made.ended(made.baseline) == "A: 1 failed, 1 passed in 0 s"
    assert made.ended(made.phases[2]) == "B: 1 failed, 1 passed in 0 s"
    assert made.ended(other) == "D: 2 failed in 0 s; 1 not as in A: t1"
    assert made.ended(phase("C", {})).startswith("C: no test in 0 s; 2 not as in A: t1, t2")


def test_a_baseline_alone_proves_nothing() -> None:
    assert rules(proof()) == ["PROOF-ALONE"]


def test_tests_that_fail_anyway_are_named_and_a_suite_of_them_proves_nothing() -> None:
    (finding,) = proof(phase("B", GOOD, **REACHED)).findings()
    assert (finding.rule, finding.severity) == ("PROOF-RED", Severity.WARNING)
    assert "1 of 2 tests fail in the monolith as it is: t2" in finding.message
    red = {"t1": "error", "t2": "failed"}
    assert rules(Proof("stock", (phase("A", red), phase("A2", red), phase("B", red, **REACHED)))) == ["PROOF-RED"]


def test_too_many_tests_with_local_code_only_are_found() -> None:
    remote = phase("D", GOOD, t1="local-only", t2="remote")
    assert rules(proof(remote)) == ["PROOF-LOCAL"]
    assert rules(proof(remote, local_only_ceiling=0.5)) == []


def test_faults_that_nobody_notices_are_found() -> None:
    mutants = (MutantResult("a.py", 1, "x", ("t1",)), MutantResult("a.py", 2, "y", ()))
    made = dataclasses.replace(proof(phase("D", GOOD, t1="remote")), mutants=mutants)
    assert (made.kill_rate, rules(made)) == (0.5, ["PROOF-MUTANTS"])


def test_a_fault_in_code_that_no_test_runs_says_so() -> None:
    mutants = (
        MutantResult("a.py", 1, "x", ("t1",), 4),
        MutantResult("a.py", 2, "y", (), 3),
        MutantResult("b", 1, "z", ()),
    )
    assert [mutant.fate for mutant in mutants] == [
        "t1",
        "none of the 3 tests that run this code",
        "no test runs this code",
    ]


def test_no_test_at_all_is_found() -> None:
    assert "PROOF-EMPTY" in rules(Proof("stock", (phase("A", {}), phase("A2", {}))))


def test_the_reports_say_what_the_proof_says() -> None:
    made = proof(phase("B", {"t1": "failed <b>", "t2": "failed"}, **REACHED))
    assert as_json(made)["holds"] is False
    assert as_json(made)["phases"][2]["differences"] == [{"test": "t1", "before": "passed", "now": "failed <b>"}]
    assert "<b>" not in as_html(made)
    json.dumps(as_json(made))


SOURCE = b"""\
def f(a):
    if a < 1:
        raise ValueError("small")
    store.add(a)
    a.size = 2
    return Result(a=a, b=2)
"""


def test_faults_are_of_every_kind_and_drawn_the_same_each_time() -> None:
    drawn = mutants_of({"m.py": SOURCE}, {"m.py": [range(1, 7)]}, count=10, seed=1)
    assert {m.line for m in drawn} == {2, 3, 4, 5, 6}
    assert drawn == mutants_of({"m.py": SOURCE}, {"m.py": [range(1, 7)]}, count=10, seed=1)
    for mutant in drawn:
        compile(mutant.data, "m.py", "exec")
        assert mutant.data != SOURCE


def test_faults_lie_in_what_can_be_called_only() -> None:
    assert mutants_of({"m.py": SOURCE}, {"m.py": [range(2, 3)]}, count=10, seed=1)[0].line == 2
    assert mutants_of({"m.py": SOURCE}, {}, count=10, seed=1) == []


@pytest.mark.parametrize(
    ("template", "yes", "no"),
    [
        ("/api/stock/**", ["/api/stock", "/api/stock/", "/api/stock/a/b"], ["/api/stocks", "/api"]),
        ("/a/{id}", ["/a/1"], ["/a/1/2", "/a/"]),
        ("/a/*.json", ["/a/x.json"], ["/a/x/y.json", "/a/xjson"]),
    ],
)
def test_route_templates_are_understood(template: str, yes: list[str], no: list[str]) -> None:
    pattern = re.compile(route_regex(template))
    assert all(pattern.fullmatch(path) for path in yes)
    assert not any(pattern.fullmatch(path) for path in no)


TESTS = """\
from unittest.mock import patch

from shop.app import create_app
from shop.orders import service as orders
from shop.stock import service


def test_order():
    assert orders.order(["a", "bc"])[0] == [2, 3]


def test_missing():
    try:
        orders.order(["none"])
    except service.Missing as error:
        assert error.args == ("none",)
    else:
        raise AssertionError


def test_over_http():
    assert create_app().test_client().get("/api/stock/abc").get_json() == {"level": 4}


def test_a_held_clock():
    with patch("shop.clock.today", lambda: 10):
        assert orders.order(["a"])[0] == [11]


def test_a_mock():
    with patch("shop.stock.service.level", return_value=7):
        assert orders.order(["a"])[0] == [7]
"""


@pytest.fixture
def extracted(tmp_path: Path) -> Path:
    root = small.lay_out(tmp_path / "monolith")
    (root / "test_shop.py").write_text(TESTS)
    scaffolds.write(scaffolds.extract(small.analysis(), small.plan(), "stock", root), root, root / "services/stock")
    return root


def prove(root: Path, **options: object) -> Proof:
    test = f"{sys.executable} -m pytest -q -p no:cacheprovider"
    plan = small.plan(small.PLAN.replace("python -m pytest -q", test))
    return scaffolds.prove(plan, "stock", root, ProofOptions(python=sys.executable, **options), lambda text: None)  # type: ignore[arg-type]


def test_a_whole_proof_of_a_small_monolith(extracted: Path) -> None:
    made = prove(extracted, phases="ABCDH", mutants=3, local_only_ceiling=0.3)
    assert [f.message for f in made.findings()] == []
    assert [p.counts for p in made.phases] == [{"passed": 5}] * 5
    assert all(ways == {"local"} for phase in made.phases[2:4] for ways in phase.ways.values())
    assert [len(phase.ways) for phase in made.phases] == [0, 0, 5, 5, 5]
    assert made.remote is not None
    ways = {test.partition("::")[2]: set(way) for test, way in made.remote.ways.items()}
    assert ways == {
        "test_order": {"remote"},
        "test_missing": {"remote"},
        "test_over_http": {"remote"},
        "test_a_held_clock": {"remote-doubled"},
        "test_a_mock": {"local-only"},
    }
    assert made.kill_rate == 1.0
    assert {mutant.line: mutant.met_by for mutant in made.mutants}[9] == 4  # test_a_mock stays at home


def test_a_service_that_answers_otherwise_is_found(extracted: Path) -> None:
    path = extracted / "services/stock/stock_service/domain/shop/stock/service.py"
    path.write_text(path.read_text().replace("len(sku)", "9"))
    made = prove(extracted, phases="D")
    assert made.remote is not None
    differing = {test.partition("::")[2] for test, _, _ in made.differences(made.remote)}
    assert differing == {"test_order", "test_over_http", "test_a_held_clock"}
    assert "PROOF-DIFFERS" in rules(made)


def test_phases_without_the_service_need_no_environment_for_it(
    extracted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> str:
        raise AssertionError("asked for the service's Python")

    monkeypatch.setattr(importlib.import_module("strangler_scaffolds.proof.prove"), "service_python", none)
    assert prove(extracted, phases="B").holds


def test_a_service_that_was_not_extracted_cannot_be_proven(tmp_path: Path) -> None:
    with pytest.raises(StranglerError, match="was not extracted"):
        scaffolds.prove(small.plan(), "stock", tmp_path, ProofOptions(), lambda text: None)

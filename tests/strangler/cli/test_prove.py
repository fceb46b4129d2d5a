from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import strangler_scaffolds as scaffolds
from strangler_scaffolds.proof.verdict import Phase, Proof

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_it_wants_an_extraction(run: Run) -> None:
    status, said = run("prove", "stock")
    assert (status, said["error"]["hint"]) == (2, "strangler extract stock")


def test_it_knows_its_phases(run: Run) -> None:
    status, said = run("prove", "stock", "--phases", "ABX")
    assert (status, said["error"]["hint"]) == (2, "the phases are A, B, C, D and H")


@pytest.mark.parametrize(("outcome", "expected", "rules"), [("passed", 0, []), ("failed", 1, ["PROOF-DIFFERS"])])
def test_a_proof_that_does_not_hold_is_a_finding_and_a_page_either_way(
    outcome: str, expected: int, rules: list[str], run: Run, monolith: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def phase(name: str, outcome: str) -> Phase:
        return Phase(name, name, {"t": outcome}, {"t": frozenset({"remote"})}, {}, 1.0)

    made = Proof("stock", (phase("A", "passed"), phase("D", outcome)))
    monkeypatch.setattr(scaffolds, "prove", lambda *_: made)
    monkeypatch.setattr(scaffolds, "proof_stamp", lambda *_: {"proof.json": "{}"})
    status, said = run("prove", "stock", "--phases", "AD")
    assert (status, [finding["rule"] for finding in said["findings"]]) == (expected, rules)
    assert (monolith / ".strangler/proofs/stock/index.html").is_file()

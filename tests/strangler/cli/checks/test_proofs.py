from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from strangler.cli.checks import Wanted, proofs
from strangler.cli.checks.proofs import check_proofs
from strangler.cli.command import Session
from strangler.cli.output import Output
from strangler.cli.standing import Migration, Standing
from strangler.model import Severity, Stage
from strangler_scaffolds import Proven

TODAY = date.today()
GOOD = Proven(True, TODAY, True, "ABCD", None)


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, Severity]]]:
    """Checks one service with a proof and a weight; gives rules and severities."""
    path = tmp_path / "strangler.yaml"
    path.write_text("version: 1\nmonolith: {name: shop, packages: [m]}\nservices: {a: {modules: [m.a]}}\n")

    def run(proof: Proven | None, weight: float | None, **fields: object) -> list[tuple[str, Severity]]:
        values = {"stage": Stage.EXTRACTED, "moved": True, **fields}
        rest = {name: None for name in ("owner", "data", "rollout", "upstream", "crossings", "platform")}
        counts = {"modules": 1, "routes": 0, "waived": 0}
        one = Standing(name="a", weight=weight, proof=proof, next="", **rest, **counts, **values)  # type: ignore[arg-type]
        monkeypatch.setattr(proofs, "gather", lambda *_: Migration("shop", (one,), True, None))
        checked = check_proofs(Session(Output(quiet=True), path), Wanted())
        return [(finding.rule, finding.severity) for finding in checked.findings]

    return run


def test_a_proof_that_holds_and_is_of_today_is_enough(check: Callable[..., object]) -> None:
    assert check(GOOD, 50.0) == []


@pytest.mark.parametrize(
    ("proof", "rule"),
    [
        (None, "PROOF-MISSING"),
        (Proven(False, TODAY, True, "ABCD", None), "PROOF-FAILED"),
        (Proven(True, TODAY, False, "ABCD", None), "PROOF-STALE"),
        (Proven(True, date(2020, 1, 1), True, "ABCD", None), "PROOF-OLD"),
    ],
)
def test_what_is_missing_weighs_more_once_users_depend_on_it(
    check: Callable[..., object], proof: Proven | None, rule: str
) -> None:
    assert check(proof, None) == [(rule, Severity.WARNING)]
    assert check(proof, 1.0) == [(rule, Severity.ERROR)]


def test_what_was_not_moved_or_has_gone_owes_none(check: Callable[..., object]) -> None:
    assert check(None, 5.0, moved=False) == []
    assert check(None, 100.0, stage=Stage.RETIRED) == []

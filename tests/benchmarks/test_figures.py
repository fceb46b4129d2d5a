from __future__ import annotations

import json
from pathlib import Path

import figures
import pytest
from figures import MISSED, Figure, not_run, report, status


@pytest.mark.parametrize(
    ("value", "floor", "target", "higher", "verdict"),
    [
        (1, None, None, False, ""),
        (0, None, 0, False, "met"),
        (1, None, 0, False, "missed"),
        (4, 5, 3, False, "floor met"),
        (6, 5, 3, False, "missed"),
        (0.9, 0.8, 0.95, True, "floor met"),
        (0.95, 0.8, 0.95, True, "met"),
        (0.7, 0.8, None, True, "missed"),
    ],
)
def test_a_figure_is_held_against_target_then_floor(
    value: float, floor: float | None, target: float | None, higher: bool, verdict: str
) -> None:
    assert Figure("a", "b", value, floor=floor, target=target, higher=higher).verdict == verdict


def test_what_was_missed_is_the_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_missed", [])
    report(Figure("a", "met", 1, target=1))
    assert status() == 0
    report(Figure("a", "missed", 2, target=1))
    assert status() == MISSED


def test_figures_are_told_and_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(figures, "_missed", [])
    monkeypatch.setenv("STRANGLER_FIGURES", str(tmp_path / "kept"))
    report(Figure("a", "rate", 1234.5, "/s", "a peer", floor=1000, target=2000, higher=True))
    not_run("a", "no peer here")
    first, second = map(json.loads, (tmp_path / "kept").read_text().splitlines())
    assert (first["measure"], first["verdict"]) == ("rate", "floor met")
    assert second == {"area": "a", "not_run": "no peer here"}
    said = capsys.readouterr().out
    assert said == ("rate: 1,234 /s against a peer (floor ≥ 1000, target ≥ 2000: floor met)\nNOT RUN: no peer here\n")

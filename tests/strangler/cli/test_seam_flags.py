from __future__ import annotations

from pathlib import Path

import pytest

from strangler.analysis import Analysis, Module
from strangler.cli.seam_flags import seam_options
from strangler.errors import StranglerError

PROGRAM = Analysis(version="1", modules=(Module("m.a", "m/a.py"),))
NONE = {
    "no_names": False,
    "wanted": None,
    "size": None,
    "together": (),
    "apart": (),
    "pin": (),
    "tables": (),
    "cochange": False,
    "traces": (),
    "contexts": (),
}


def test_flags_win_over_the_plan(tmp_path: Path) -> None:
    plan = tmp_path / "strangler.yaml"
    plan.write_text("version: 1\nmonolith: {name: x, packages: [m]}\nservices: {planned: {modules: [m.a]}}\n")
    assert seam_options(tmp_path, PROGRAM, plan, None, NONE).constraints.pinned == {"m.a": "planned"}
    flags = {**NONE, "pin": ("m.a=mine",)}
    assert seam_options(tmp_path, PROGRAM, plan, None, flags).constraints.pinned == {"m.a": "mine"}


@pytest.mark.parametrize("value", ["m.a", "=x", "m.a="])
def test_a_pin_without_its_seam_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(StranglerError, match="NAME=SEAM"):
        seam_options(tmp_path, PROGRAM, None, None, {**NONE, "pin": (value,)})

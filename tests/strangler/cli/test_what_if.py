from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.analysis import Analysis, Edge, Evidence, Module, dumps
from strangler.cli import main
from strangler_analyzers import Constraints, SeamOptions, propose


@pytest.fixture
def document(tmp_path: Path) -> str:
    modules = tuple(Module(f"m.{name}", f"m/{name}.py") for name in ("a", "b", "c"))
    edges = (Edge("m.b", "m.c", "import", evidence=(Evidence("m/b.py", 6),)),)
    pinned = {"m.a": "one", "m.b": "one", "m.c": "two"}
    analysis = Analysis(version="1", modules=modules, edges=edges)
    proposed = propose(analysis, SeamOptions(constraints=Constraints(pinned=pinned)))
    (tmp_path / "a.json").write_text(dumps(proposed), encoding="utf-8")
    return str(tmp_path / "a.json")


def test_new_figures_are_shown_beside_the_old(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["what-if", "m.b", "--to", "two", "--analysis", document]) == 0
    printed = capsys.readouterr().out
    assert "1 → 0 (-1)" in printed
    assert "m/b.py:6" in printed


def test_machines_get_both_states(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["what-if", "m.b", "--to", "two", "--analysis", document, "--json"])
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert {change["seam"]: change["after"]["effort"] for change in changes} == {"one": 0, "two": 0}

from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.cli import main


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("import b\n\n\ndef f():\n    b.g()\n")
    (tmp_path / "b.py").write_text("def g(): ...\n")
    return tmp_path


def test_every_tie_is_shown_with_its_line(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "a", "b", "--root", str(shop)]) == 0
    shown = capsys.readouterr().out
    assert "a → b: 2 places in 2 edges" in shown
    assert "a.py:5  b:g" in shown


def test_the_ties_are_one_object_for_machines(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "a", "b", "--root", str(shop), "--json"]) == 0
    assert [edge["kind"] for edge in json.loads(capsys.readouterr().out)["there"]] == ["call", "import"]


def test_an_unknown_module_is_a_usage_error(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "a", "nothing", "--root", str(shop)]) == 2
    assert "nothing" in capsys.readouterr().err

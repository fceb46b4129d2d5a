from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.analysis import load
from strangler.cli import main


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").write_text("")
    (tmp_path / "shop/a.py").write_text("from shop import b\n\n\ndef f():\n    b.g()\n")
    (tmp_path / "shop/b.py").write_text("def g(): ...\n")
    return tmp_path


def test_the_document_is_written_where_it_is_wanted(shop: Path) -> None:
    assert main(["analyze", str(shop), "--format", "json", "-o", str(shop / "out.json")]) == 0
    assert [module.name for module in load(shop / "out.json").modules] == ["shop", "shop.a", "shop.b"]


def test_text_is_for_people_and_json_for_machines(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(shop), "--no-cache"]) == 0
    assert "3 modules" in capsys.readouterr().out
    assert main(["analyze", str(shop), "--no-cache", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "strangler.analysis/1"


def test_a_call_graph_alone_is_printed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(shop), "--callgraph"]) == 0
    assert json.loads(capsys.readouterr().out)["shop.a.f"] == ["shop.b.g"]


def test_the_second_run_finds_its_facts_beside_the_source(shop: Path) -> None:
    main(["analyze", str(shop), "-o", str(shop / "out.txt")])
    assert (shop / ".strangler/cache/facts.bin").exists()


def test_no_such_folder_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(tmp_path / "missing")]) == 2
    assert "no folder" in capsys.readouterr().err

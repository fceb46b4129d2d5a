from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.analysis import Analysis, Edge, Evidence, Module, dumps
from strangler.cli import main


def write_analysis(path: Path, *imports: tuple[str, str]) -> None:
    modules = tuple(Module(f"m.{name}", f"m/{name}.py") for name in ("a", "b", "c"))
    edges = tuple(
        Edge(f"m.{one}", f"m.{two}", "import", evidence=(Evidence(f"m/{one}.py", 4),)) for one, two in imports
    )
    path.write_text(dumps(Analysis(version="1", packages=("m",), modules=modules, edges=edges)), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plan = "version: 1\nmonolith: {name: shop, packages: [m]}\nservices:\n  alpha: {modules: [m.a]}\n"
    (tmp_path / "strangler.yaml").write_text(plan, encoding="utf-8")
    write_analysis(tmp_path / "a.json", ("a", "b"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


def test_the_first_check_writes_the_baseline_and_the_next_holds_it(project: Path) -> None:
    assert main(["check", "--analysis", "a.json"]) == 0
    assert (project / "strangler-ratchet.json").exists()
    assert main(["check", "--analysis", "a.json"]) == 0


def test_a_new_crossing_fails_the_check_with_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--analysis", "a.json"])
    write_analysis(project / "a.json", ("a", "b"), ("c", "a"))
    assert main(["check", "--analysis", "a.json", "--sarif", "out.sarif", "--github"]) == 1
    printed = capsys.readouterr()
    assert "m/c.py:4" in printed.err
    assert "::error file=m/c.py,line=4" in printed.out
    log = json.loads((project / "out.sarif").read_text(encoding="utf-8"))
    assert len(log["runs"][0]["results"]) == 1


def test_update_accepts_what_is_there(project: Path) -> None:
    main(["check", "--analysis", "a.json"])
    write_analysis(project / "a.json", ("c", "a"))
    assert main(["check", "--analysis", "a.json"]) == 1
    assert main(["check", "--analysis", "a.json", "--update"]) == 0
    assert main(["check", "--analysis", "a.json"]) == 0


def test_with_json_exactly_one_object_is_printed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--analysis", "a.json"])
    capsys.readouterr()
    write_analysis(project / "a.json", ("a", "b"), ("c", "a"))
    assert main(["check", "--analysis", "a.json", "--json", "--github"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["location"]["line"] == 4

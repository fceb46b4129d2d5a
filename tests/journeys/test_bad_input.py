"""Bad input of every kind: one clear error with a hint, exit 2, and nothing half written."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strangler.cli import main

PLAN = """\
version: 1
monolith: {name: shop, packages: [shop], upstream: "http://127.0.0.1:9"}
services:
  billing: {modules: [shop.billing], routes: ["/api/billing/**"], upstream: "http://127.0.0.1:9"}
"""


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "strangler.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return str(path)


@pytest.fixture
def taken() -> Iterator[str]:
    """An address on which somebody listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield f"127.0.0.1:{other.getsockname()[1]}"


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Run a command that must end with exit 2; its error."""
    assert main([*arguments, "--json"]) == 2
    error: dict[str, Any] = json.loads(capsys.readouterr().out)["error"]
    assert error["hint"]
    return error


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_no_such_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = _refused(capsys, "analyze", str(tmp_path / "absent"))
    assert "absent" in error["message"]


def test_no_python_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.txt").write_text("nothing here", encoding="utf-8")
    error = _refused(capsys, "analyze", str(tmp_path))
    assert "no Python" in error["message"]
    assert _files(tmp_path) == ["README.txt"]


def test_an_output_that_cannot_be_written_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "app.py").write_text("x = 1\n", encoding="utf-8")
    target = str(tmp_path / "absent" / "a.json")
    _refused(capsys, "analyze", str(source), "--format", "json", "-o", target, "--no-cache")
    assert _files(tmp_path) == ["src", "src/app.py"]


def test_a_folder_that_is_not_empty_is_not_written_into(
    tmp_path: Path, plan: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("keep", encoding="utf-8")
    _refused(capsys, "deploy", "render", "-o", str(tmp_path / "out"), "--plan", plan)
    assert _files(tmp_path / "out") == ["mine"]


@pytest.mark.parametrize("flag", ["--listen", "--admin"])
def test_a_port_that_is_taken(
    flag: str, taken: str, tmp_path: Path, plan: str, capsys: pytest.CaptureFixture[str]
) -> None:
    state = str(tmp_path / "state")
    free = "--admin" if flag == "--listen" else "--listen"
    error = _refused(capsys, "facade", "run", "--plan", plan, "--state", state, flag, taken, free, "127.0.0.1:0")
    assert "in use" in error["message"].lower()


def test_a_facade_that_does_not_run(plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    error = _refused(capsys, "facade", "status", "--plan", plan, "--admin", "127.0.0.1:9")
    assert "does not answer" in error["message"]


def test_a_service_or_seam_that_is_not_there(tmp_path: Path, plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path(plan).read_text(encoding="utf-8")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "billing.py").write_text("x = 1\n", encoding="utf-8")
    assert "nowhere" in _refused(capsys, "extract", "nowhere", "--plan", plan)["message"]
    assert "nowhere" in _refused(capsys, "plan", "accept", "nowhere", "--plan", plan)["message"]
    assert Path(plan).read_text(encoding="utf-8") == before

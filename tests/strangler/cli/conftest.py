"""A small monolith on disk, for the commands that take services out of one."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from strangler.analysis import dumps
from strangler.cli import main


def _small() -> ModuleType:
    path = Path(__file__).parents[2] / "scaffolds" / "small.py"
    spec = importlib.util.spec_from_file_location("small_monolith", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def monolith(tmp_path: Path) -> Path:
    """The folder of a monolith with a plan (one service, ``stock``) and its analysis."""
    small = _small()
    small.lay_out(tmp_path)
    (tmp_path / "strangler.yaml").write_text(small.PLAN)
    (tmp_path / "analysis.json").write_text(dumps(small.analysis()))
    return tmp_path


Said = tuple[int, dict[str, Any]]


@pytest.fixture
def run(monolith: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs a command on the monolith; gives exit status and what it said as JSON."""

    def command(*arguments: str, analysis: bool = False) -> Said:
        capsys.readouterr()
        flags = ["--plan", str(monolith / "strangler.yaml"), "--json"]
        document = ["--analysis", str(monolith / "analysis.json")] if analysis else []
        status = main([*arguments, *flags, *document])
        return status, json.loads(capsys.readouterr().out)

    return command

from __future__ import annotations

from pathlib import Path

import pytest

from strangler.demo.commands import Commands
from strangler.errors import StranglerError


def test_a_command_is_said_and_its_result_read(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").touch()
    said: list[str] = []
    result = Commands(tmp_path, said.append)("plan", "init", "--package", "shop", "--name", "shop")
    assert result == {"written": "strangler.yaml", "findings": []}
    assert said == ["$ strangler plan init --package shop --name shop"]


def test_a_command_that_cannot_go_on_says_why(tmp_path: Path) -> None:
    with pytest.raises(StranglerError, match="cannot read the plan"):
        Commands(tmp_path, lambda _: None)("plan", "validate")

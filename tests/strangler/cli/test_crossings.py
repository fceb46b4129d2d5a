from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from strangler.cli import main

Run = Callable[..., tuple[int, dict[str, Any]]]


def lean_on(monolith: Path, target: str) -> None:
    """Let the seam import ``target``, a module with tables that stays."""
    path = monolith / "analysis.json"
    document = json.loads(path.read_text())
    site = {"path": "shop/stock/service.py", "line": 2, "scope": "module"}
    edge = {"source": "shop.stock.service", "target": target, "kind": "import", "scope": ["module"], "evidence": [site]}
    document["edges"].append({**document["edges"][0], **edge})
    path.write_text(json.dumps(document))


def test_a_refusal_for_what_stays_comes_with_the_line_that_answers_all_of_them(
    monolith: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    lean_on(monolith, "shop.orders.models")
    status, said = run("extract", "stock", "--check", analysis=True)
    assert (status, said["library"]["modules"], said["library"]["left"]) == (1, ["shop.orders.models"], 0)
    flags = ["--plan", str(monolith / "strangler.yaml"), "--analysis", str(monolith / "analysis.json")]
    assert main(["extract", "stock", "--check", *flags]) == 1
    line = capsys.readouterr().out.splitlines()[-1]
    assert line == "  strangler plan set services.stock.shared '[shop.orders.models]'"
    assert main(["plan", "set", "services.stock.shared", "[shop.orders.models]", *flags[:2]]) == 0
    assert main(["extract", "stock", "--check", *flags]) == 0


def test_without_a_refusal_no_library_is_worked_out(run: Run) -> None:
    status, said = run("extract", "stock", "--check", analysis=True)
    assert (status, said["library"]) == (0, None)

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from strangler.cli import main

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_it_wants_a_command(run: Run) -> None:
    status, said = run("observe", analysis=True)
    assert (status, said["error"]["message"]) == (2, "no command was given")


def test_what_was_seen_is_written(monolith: Path) -> None:
    flags = ["--plan", str(monolith / "strangler.yaml"), "--analysis", str(monolith / "analysis.json"), "--json"]
    code = "from shop.orders import service; service.order(['a'])"
    assert main(["observe", *flags, "--", sys.executable, "-c", code]) == 0
    (function,) = json.loads((monolith / ".strangler/observed.json").read_text())
    assert function["ref"] == "shop.stock.service:level"

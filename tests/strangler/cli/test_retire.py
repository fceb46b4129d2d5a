from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_what_still_needs_the_code_is_named_and_nothing_is_deleted(monolith: Path, run: Run) -> None:
    status, said = run("retire", "stock", analysis=True)
    assert (status, said["deleted"], len(said["findings"])) == (1, [], 2)
    assert (monolith / "shop/stock/service.py").is_file()


def test_code_of_which_there_is_no_copy_is_not_deleted(monolith: Path, run: Run) -> None:
    document = monolith / "analysis.json"
    analysis = json.loads(document.read_text())
    inside = "shop.stock."
    analysis["edges"] = [edge for edge in analysis["edges"] if not edge["target"].startswith(inside)]
    analysis["calls"] = []
    document.write_text(json.dumps(analysis))
    status, said = run("retire", "stock", analysis=True)
    assert (status, said["error"]["message"]) == (2, "service 'stock' was not extracted")
    assert (monolith / "shop/stock/service.py").is_file()

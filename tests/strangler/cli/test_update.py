from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from strangler.analysis import Param, dumps, load

Run = Callable[..., tuple[int, dict[str, Any]]]


def test_what_was_added_by_hand_stays_and_the_monoliths_change_arrives(monolith: Path, run: Run) -> None:
    run("extract", "stock", analysis=True)
    (monolith / "services/stock/README.md").write_text("mine")
    source = monolith / "shop/clock.py"
    source.write_text(source.read_text() + "# later\n")
    status, said = run("update", "stock", analysis=True)
    assert (status, said["kept"], said["conflicts"]) == (0, ["README.md"], [])
    copy = monolith / "services/stock/stock_service/domain/shop/clock.py"
    assert copy.read_text().endswith("# later\n")


def test_a_conflict_is_a_finding(monolith: Path, run: Run) -> None:
    run("extract", "stock", analysis=True)
    for path in (monolith / "shop/clock.py", monolith / "services/stock/stock_service/domain/shop/clock.py"):
        path.write_text(path.read_text().replace("return 1", f"return {len(str(path))}"))
    status, said = run("update", "stock", analysis=True)
    assert (status, said["conflicts"]) == (1, ["stock_service/domain/shop/clock.py"])


def with_another_signature(monolith: Path, parameter: Param) -> None:
    """Another analysis: the function of the seam takes one more argument."""
    path = monolith / "analysis.json"
    document = load(path)
    level = next(f for f in document.functions if f.ref == "shop.stock.service:level")
    other = dataclasses.replace(level, params=(*level.params, parameter))
    functions = tuple(other if f is level else f for f in document.functions)
    path.write_text(dumps(dataclasses.replace(document, functions=functions)))


def test_the_client_in_the_monolith_follows(monolith: Path, run: Run) -> None:
    run("extract", "stock", analysis=True)
    with_another_signature(monolith, Param("depth", "keyword_only", "int", "1"))
    status, said = run("update", "stock", analysis=True)
    assert (status, said["conflicts"]) == (0, [])
    client = monolith / "shop/service_clients/stock/service.py"
    assert "depth: int = 1" in client.read_text()
    assert run("undo", "stock")[0] == 0
    assert not client.exists()


def test_a_change_that_breaks_callers_is_refused_until_it_is_wanted(monolith: Path, run: Run) -> None:
    run("extract", "stock", analysis=True)
    with_another_signature(monolith, Param("depth", "keyword_only", "int"))
    assert run("update", "stock", analysis=True) == (1, {"service": "stock", "written": False})
    assert run("update", "stock", "--break-api", analysis=True)[0] == 0


def test_an_extracted_monolith_is_analysed_through_its_client(monolith: Path, run: Run) -> None:
    """Analysed anew after the extraction, nothing has changed; and what is called next goes behind the client."""
    assert run("extract", "stock")[0] == 0
    tree = {path: path.read_bytes() for path in (monolith / "services").rglob("*") if path.is_file()}
    status, said = run("update", "stock")
    assert (status, said["conflicts"], said["kept"], said["changed"]) == (0, [], [], [])
    assert {path: path.read_bytes() for path in (monolith / "services").rglob("*") if path.is_file()} == tree
    (monolith / "services/stock/stock_service/app.py").write_text("# by hand\n")
    service = monolith / "shop/stock/service.py"
    service.write_text(service.read_text() + "\n\ndef more(sku: str) -> int:\n    return 2\n")
    caller = monolith / "shop/orders/service.py"
    caller.write_text(caller.read_text() + "\n\ndef much():\n    return stock.more('a')\n")
    status, said = run("update", "stock")
    assert (status, said["conflicts"], said["kept"]) == (0, [], ["stock_service/app.py"])
    assert "def more(sku: str) -> int: ..." in (monolith / "shop/service_clients/stock/service.py").read_text()
    assert "shop.stock.service/more" in (monolith / "services/stock/openapi.json").read_text()


def test_a_break_that_is_let_pass_is_noted_for_the_services_gate(monolith: Path, run: Run) -> None:
    run("extract", "stock", analysis=True)
    with_another_signature(monolith, Param("depth", "keyword_only", "int"))
    assert run("update", "stock", "--break-api", analysis=True)[0] == 0
    described = json.loads((monolith / "services/stock/openapi.json").read_text())
    (accepted,) = described["x-accepted-breaks"]
    assert accepted.endswith("argument depth is required now")
    manifest = json.loads((monolith / "services/stock/strangler.json").read_text())
    digest = sha256((monolith / "services/stock/openapi.json").read_bytes()).hexdigest()
    assert manifest["files"]["openapi.json"] == digest
    assert run("update", "stock", analysis=True)[0] == 0
    assert "x-accepted-breaks" in (monolith / "services/stock/openapi.json").read_text()

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from strangler.cli import main

Run = Callable[..., tuple[int, dict[str, Any]]]


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_service_is_written_and_the_call_sites_are_changed(monolith: Path, run: Run) -> None:
    status, said = run("extract", "stock", analysis=True)
    assert (status, said["written"], said["changed"]) == (0, True, ["shop/orders/service.py"])
    assert (monolith / "services/stock/stock_service/__main__.py").is_file()


def test_data_that_goes_along_is_said_by_folder(monolith: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (monolith / "shop/stock/seeds").mkdir()
    (monolith / "shop/stock/seeds/customers.csv").write_bytes(b"x" * 2500)
    flags = ["--plan", str(monolith / "strangler.yaml"), "--analysis", str(monolith / "analysis.json")]
    assert main(["extract", "stock", *flags]) == 0
    assert "data: shop/stock/seeds/customers.csv 1 file, 2.5 kB\n" in capsys.readouterr().out


def test_what_was_extracted_is_not_extracted_over(monolith: Path, run: Run) -> None:
    run("extract", "stock", analysis=True)
    before = tree(monolith)
    for flags in ((), ("--dry-run",)):
        status, said = run("extract", "stock", *flags, analysis=True)
        assert (status, said["error"]["message"].partition(",")[0]) == (2, "service 'stock' was extracted already")
        assert "update stock" in said["error"]["hint"] and "undo stock" in said["error"]["hint"]
    assert tree(monolith) == before
    assert run("undo", "stock")[0] == 0
    assert run("extract", "stock", analysis=True)[0] == 0


def test_check_and_dry_run_write_nothing(monolith: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(monolith)
    status, said = run("extract", "stock", "--check", analysis=True)
    assert (status, said["verdicts"]["todo"]) == (0, 1)
    flags = ["--plan", str(monolith / "strangler.yaml"), "--analysis", str(monolith / "analysis.json")]
    assert main(["extract", "stock", "--dry-run", *flags]) == 0
    assert "+from shop.service_clients.stock import service as stock" in capsys.readouterr().out
    assert tree(monolith) == before


def test_a_refusal_ends_with_1_and_writes_nothing(monolith: Path, run: Run) -> None:
    document = monolith / "analysis.json"
    document.write_text(document.read_text().replace('"is_generator":false', '"is_generator":true'))
    before = tree(monolith)
    status, said = run("extract", "stock", analysis=True)
    assert (status, said["written"]) == (1, False)
    assert {f["rule"] for f in said["findings"] if f["severity"] == "error"} == {"RESULT-ITERATOR"}
    assert tree(monolith) == before

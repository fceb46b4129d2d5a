from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.cli import main
from strangler.demo.processes import free_address


def _plan(folder: Path) -> str:
    services = "services:\n  billing: {modules: [shop.billing], owner: money}\n  search: {image: 'r.example/s:1'}\n"
    text = f"version: 1\nmonolith: {{name: shop, packages: [shop]}}\nfacade: {{admin: '{free_address()}'}}\n{services}"
    path = folder / "strangler.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_without_a_facade_the_files_say_where_services_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = _plan(tmp_path)
    assert main(["status", "--plan", plan, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["facade"] is False
    assert {service["name"]: service["stage"] for service in told["services"]} == {
        "billing": "planned",
        "search": "extracted",
    }


def test_a_service_whose_code_is_there_is_extracted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = _plan(tmp_path)
    (tmp_path / "services" / "billing").mkdir(parents=True)
    assert main(["status", "--plan", plan]) == 0
    assert "strangler facade shadow billing on" in capsys.readouterr().out

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
    said = capsys.readouterr().out
    assert "extracted" in said
    assert "next for billing: start it, and set services.billing.upstream" in said


def test_the_page_is_written_whole_and_keeps_its_words_to_itself(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    assert main(["status", "--plan", plan, "--format", "html", "-o", str(tmp_path / "s.html")]) == 0
    written = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert "0 of 2 planned services" in written
    assert "http" not in written.replace("<!doctype html>", "")

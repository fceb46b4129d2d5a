from __future__ import annotations

from pathlib import Path

import pytest

from strangler.analysis import Analysis, Edge, Module, dumps
from strangler.cli.checks import Wanted
from strangler.cli.checks.ratchet import check_code
from strangler.cli.command import Session
from strangler.cli.output import Output
from strangler.errors import StranglerError

HEAD = "version: 1\nmonolith: {name: shop, packages: [m]}\n"


def session(folder: Path, services: str) -> Session:
    (folder / "strangler.yaml").write_text(HEAD + services, encoding="utf-8")
    modules = (Module("m.a", "m/a.py"), Module("m.b", "m/b.py"))
    analysis = Analysis(version="1", modules=modules, edges=(Edge("m.b", "m.a", "import"),))
    (folder / "a.json").write_text(dumps(analysis), encoding="utf-8")
    return Session(Output(quiet=True), folder / "strangler.yaml")


def test_a_plan_without_services_has_nothing_to_hold(tmp_path: Path) -> None:
    checked = check_code(session(tmp_path, ""), Wanted(document=tmp_path / "a.json"))
    assert (checked.ran, checked.line) == (False, "the plan has no service with modules yet")
    assert not (tmp_path / "strangler-ratchet.json").exists()


def test_a_spoilt_baseline_is_an_error_and_not_a_pass(tmp_path: Path) -> None:
    ready = session(tmp_path, "services: {alpha: {modules: [m.a]}}\n")
    (tmp_path / "strangler-ratchet.json").write_bytes(b"\xff")
    with pytest.raises(StranglerError, match="cannot read"):
        check_code(ready, Wanted(document=tmp_path / "a.json"))


def test_the_baseline_may_lie_elsewhere(tmp_path: Path) -> None:
    ready = session(tmp_path, "services: {alpha: {modules: [m.a]}}\n")
    check_code(ready, Wanted(document=tmp_path / "a.json", baseline=tmp_path / "held.json"))
    assert "import m.b -> m.a" in (tmp_path / "held.json").read_text(encoding="utf-8")

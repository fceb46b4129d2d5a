from __future__ import annotations

from pathlib import Path

import pytest

from strangler.analysis import Analysis, Edge, Module, dumps
from strangler.cli.command import Session
from strangler.cli.output import Output
from strangler.cli.ratchet import check_ratchet
from strangler.errors import StranglerError

HEAD = "version: 1\nmonolith: {name: shop, packages: [m]}\n"


def session(folder: Path, services: str) -> Session:
    (folder / "strangler.yaml").write_text(HEAD + services, encoding="utf-8")
    modules = (Module("m.a", "m/a.py"), Module("m.b", "m/b.py"))
    analysis = Analysis(version="1", modules=modules, edges=(Edge("m.b", "m.a", "import"),))
    (folder / "a.json").write_text(dumps(analysis), encoding="utf-8")
    return Session(Output(quiet=True), folder / "strangler.yaml")


def test_a_plan_without_services_has_nothing_to_hold(tmp_path: Path) -> None:
    findings, line = check_ratchet(session(tmp_path, ""), tmp_path / "a.json", None, update=False)
    assert (findings, line) == ((), "ratchet: the plan has no service with modules yet")
    assert not (tmp_path / "strangler-ratchet.json").exists()


def test_a_spoilt_baseline_is_an_error_and_not_a_pass(tmp_path: Path) -> None:
    ready = session(tmp_path, "services: {alpha: {modules: [m.a]}}\n")
    (tmp_path / "strangler-ratchet.json").write_bytes(b"\xff")
    with pytest.raises(StranglerError, match="cannot read"):
        check_ratchet(ready, tmp_path / "a.json", None, update=False)


def test_the_baseline_may_lie_elsewhere(tmp_path: Path) -> None:
    ready = session(tmp_path, "services: {alpha: {modules: [m.a]}}\n")
    check_ratchet(ready, tmp_path / "a.json", tmp_path / "held.json", update=False)
    assert "import m.b -> m.a" in (tmp_path / "held.json").read_text(encoding="utf-8")

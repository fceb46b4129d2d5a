from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from strangler.analysis import Analysis, Edge, Evidence, Module, Table, TableUse, dumps, loads
from strangler.cli import main
from strangler.plan import first_plan, load
from strangler_analyzers import Constraints, SeamOptions, propose


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    modules = tuple(Module(f"m.{name}", f"m/{name}.py") for name in ("bill", "bill_api", "order", "order_api"))
    edges = tuple(
        Edge(f"m.{one}_api", f"m.{one}", "import", evidence=(Evidence(f"m/{one}_api.py", 1),))
        for one in ("bill", "order")
    )
    tables = (
        Table("bills", None, "m.bill"),
        Table("orders", None, "m.order", readers=(TableUse("m.bill", (Evidence("m/bill.py", 8),)),)),
    )
    analysis = Analysis(version="1", packages=("m",), modules=modules, edges=edges, tables=tables)
    pinned = {"m.bill": "billing", "m.bill_api": "billing", "m.order": "sales", "m.order_api": "sales"}
    proposed = propose(analysis, SeamOptions(constraints=Constraints(pinned=pinned)))
    (tmp_path / "a.json").write_text(dumps(proposed), encoding="utf-8")
    plan = first_plan("shop", ["m"], None).replace("services: {}", "services:   # ours\n  old: {image: x}\n# the end")
    (tmp_path / "strangler.yaml").write_text(plan, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_accepted_seam_is_in_the_plan_and_comments_stay(project: Path) -> None:
    assert main(["plan", "accept", "billing", "--as", "invoicing", "--analysis", "a.json"]) == 0
    text = (project / "strangler.yaml").read_text(encoding="utf-8")
    service = load(project / "strangler.yaml").services["invoicing"]
    assert service.modules == ("m.bill", "m.bill_api")
    assert service.tables == ("bills",)
    assert "services:   # ours" in text
    assert "# the end" in text


def test_what_is_the_whole_programs_is_left_out_and_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (project / "a.json").read_text(encoding="utf-8")
    analysis = loads(text)
    modules = [replace(one, roles=("entrypoint",)) if one.name == "m.bill_api" else one for one in analysis.modules]
    (project / "a.json").write_text(dumps(replace(analysis, modules=tuple(modules))), encoding="utf-8")
    assert main(["plan", "accept", "billing", "--analysis", "a.json"]) == 0
    assert load(project / "strangler.yaml").services["billing"].modules == ("m.bill",)
    assert "m.bill_api" in capsys.readouterr().out


def test_crossings_that_need_a_verdict_are_noted_in_the_plan(project: Path) -> None:
    main(["plan", "accept", "billing", "--analysis", "a.json"])
    text = (project / "strangler.yaml").read_text(encoding="utf-8")
    assert "# TABLE-FOREIGN m/bill.py:8" in text
    main(["plan", "accept", "sales", "--analysis", "a.json"])
    assert set(load(project / "strangler.yaml").services) == {"old", "billing", "sales"}


def test_accepting_twice_is_refused_and_nothing_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan", "accept", "billing", "--analysis", "a.json"])
    before = (project / "strangler.yaml").read_bytes()
    assert main(["plan", "accept", "billing", "--as", "bills", "--analysis", "a.json"]) == 2
    assert "belongs to 'billing' already" in capsys.readouterr().err
    assert (project / "strangler.yaml").read_bytes() == before


def test_an_unknown_seam_names_those_there_are(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "accept", "biling", "--analysis", "a.json"]) == 2
    assert "billing" in capsys.readouterr().err

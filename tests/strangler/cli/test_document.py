from __future__ import annotations

from pathlib import Path

import pytest

from strangler.analysis import Analysis, dumps
from strangler.cli.command import Session
from strangler.cli.document import analysis_for
from strangler.cli.output import Output
from strangler.errors import StranglerError


def test_the_document_that_is_named_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(dumps(Analysis(version="7")), encoding="utf-8")
    session = Session(Output(), tmp_path / "strangler.yaml")
    assert analysis_for(session, tmp_path / "a.json").version == "7"


def test_without_document_and_plan_the_folder_is_analysed(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "a.py").write_text("import shop\n", encoding="utf-8")
    found = analysis_for(Session(Output(quiet=True), tmp_path / "strangler.yaml"), None)
    assert "shop.a" in {module.name for module in found.modules}


def test_where_there_is_no_python_there_is_nothing_to_work_on(tmp_path: Path) -> None:
    with pytest.raises(StranglerError):
        analysis_for(Session(Output(quiet=True), tmp_path / "strangler.yaml"), None)

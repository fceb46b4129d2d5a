from __future__ import annotations

from pathlib import Path

import pytest

from strangler.cli.checks import Wanted
from strangler.cli.checks.traffic import check_traffic
from strangler.cli.command import Session
from strangler.cli.output import Output
from strangler.demo.processes import free_address
from strangler.errors import UpstreamError


@pytest.fixture
def session(tmp_path: Path) -> Session:
    text = f"version: 1\nmonolith: {{name: shop, packages: [m]}}\nfacade: {{admin: '{free_address()}'}}\n"
    (tmp_path / "strangler.yaml").write_text(text, encoding="utf-8")
    return Session(Output(quiet=True), tmp_path / "strangler.yaml")


def test_without_a_facade_there_is_nothing_to_compare(session: Session, tmp_path: Path) -> None:
    checked = check_traffic(session, Wanted(state=tmp_path))
    assert (checked.ran, list(checked.findings)) == (False, [])


def test_a_facade_that_was_named_must_answer(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UpstreamError):
        check_traffic(session, Wanted(state=tmp_path, admin=free_address()))

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from strangler.cli.command import Session
from strangler.cli.output import Output
from strangler.cli.standing import gather
from strangler.cli.standing.last_check import LastCheck, Tally, remember
from strangler.demo.processes import free_address
from strangler.model import Stage

DAY = date(2026, 5, 1)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    head = f"version: 1\nmonolith: {{name: shop, packages: [m]}}\nfacade: {{admin: '{free_address()}'}}\n"
    services = "services:\n  alpha: {modules: [m.a]}\n  beta: {image: 'r.example/b:1'}\n  gamma: {modules: [m.c]}\n"
    (tmp_path / "strangler.yaml").write_text(head + services, encoding="utf-8")
    return Session(Output(quiet=True), tmp_path / "strangler.yaml")


def test_files_say_what_was_extracted_and_what_was_written_by_hand(session: Session, tmp_path: Path) -> None:
    (tmp_path / "services" / "gamma").mkdir(parents=True)
    found = gather(session, None, tmp_path / "state")
    assert not found.facade
    assert [(one.name, one.stage, one.moved) for one in found.services] == [
        ("alpha", Stage.PLANNED, False),
        ("beta", Stage.EXTRACTED, False),
        ("gamma", Stage.EXTRACTED, False),
    ]


def test_crossings_come_from_the_ratchets_baseline(session: Session, tmp_path: Path) -> None:
    baseline = '{"schema": "strangler.ratchet/1", "services": {"alpha": {"import m.b -> m.a": 2, "call x": 1}}}'
    (tmp_path / "strangler-ratchet.json").write_text(baseline, encoding="utf-8")
    assert [one.crossings for one in gather(session, None, tmp_path).services] == [3, None, None]


def test_the_last_check_is_part_of_it(session: Session, tmp_path: Path) -> None:
    assert gather(session, None, tmp_path).checked is None
    outcome = LastCheck({"manifests": Tally(DAY, 1)}, {"beta": Tally(DAY, 0, 2)})
    remember(tmp_path, outcome)
    found = gather(session, None, tmp_path)
    assert found.checked == outcome
    assert [one.platform for one in found.services] == [None, Tally(DAY, 0, 2), None]


def test_without_a_facade_the_next_step_starts_one(session: Session, tmp_path: Path) -> None:
    path = session.plan_path
    lone = "beta: {image: 'r.example/b:1', upstream: 'http://127.0.0.1:1', routes: [/b/**]}"
    path.write_text(path.read_text(encoding="utf-8").replace("beta: {image: 'r.example/b:1'}", lone), encoding="utf-8")
    assert [one.next for one in gather(session, None, tmp_path).services][1] == "strangler facade run"

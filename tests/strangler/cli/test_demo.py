from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from strangler.cli import demo as demo_command
from strangler.cli import main
from strangler.demo.facts import AddedLatency, Facts, Manifests, Onboarding


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """The command takes over SIGTERM; give it back."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


FACTS = Facts(3, "metering", 2100, 800, 0, (), 1, {"monolith": 80.0, "metering": 20.0},
              {"compared": 60, "different": 0}, True, "errors", 1.1, 100, AddedLatency(0.2, 0.9), 40, Manifests(50, 0),
              Onboarding(2, 2, 0, "no", (0.5, 0.6)), 55.0,
              {"report": "report.html"})  # fmt: skip


def test_the_facts_are_printed_for_machines_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders: list[Path] = []

    def told(directory: Path, say: object, *, on_ready: object) -> Facts:
        folders.append(directory)
        (directory / "file").write_text("x", encoding="utf-8")
        return FACTS

    monkeypatch.setattr(demo_command, "tell", told)
    assert main(["demo", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["failed"], facts["manifests"]["findings"], "look_at" in facts) == (0, 0, False)
    assert not folders[0].exists()


def test_an_interrupt_leaves_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[Path] = []

    def told(directory: Path, say: object, *, on_ready: object) -> Facts:
        folders.append(directory)
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_command, "tell", told)
    assert main(["demo"]) == 130
    assert not folders[0].exists()

"""The whole story, told by the real programs: what the demonstration promises is what its processes measured."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("flask", reason="the sample monolith needs the demo extra")

DEMO = [sys.executable, "-m", "strangler", "demo", "--json"]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("demo")
    run = subprocess.run([*DEMO, "-o", str(folder / "out")], capture_output=True, text=True, check=False, cwd=folder)
    assert run.returncode == 0, run.stdout + run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_no_customer_notices(facts: dict[str, Any]) -> None:
    assert facts["requests"] >= 2000
    assert facts["failed"] == 0, facts["failures"]
    assert facts["writes"] >= 0.2 * facts["requests"]


def test_a_killed_service_at_half_of_the_users_sends_them_back(facts: dict[str, Any]) -> None:
    """Unkeyed writes in flight may be lost, at most one for each connection; none is sent twice."""
    assert facts["rolled_back"]
    assert facts["rolled_back_because"]
    assert facts["indeterminate"] <= 12


def test_it_ends_with_every_user_at_the_service(facts: dict[str, Any]) -> None:
    assert facts["final_weight"] == 100
    of_the_facade = {"-"} if facts["indeterminate"] else set()  # it answers itself for a write that was cut off
    assert facts["share"].keys() - of_the_facade == {"monolith", facts["service"]}


def test_the_shadow_finds_no_difference(facts: dict[str, Any]) -> None:
    assert facts["shadow"]["compared"] > 0
    assert facts["shadow"]["different"] == 0


def test_the_platform_is_rendered_without_findings(facts: dict[str, Any]) -> None:
    assert facts["manifests"]["documents"] > 20
    assert facts["manifests"]["findings"] == 0


def test_two_tenants_are_onboarded_by_a_commit_each_and_a_forbidden_wish_is_refused(facts: dict[str, Any]) -> None:
    told = facts["onboarding"]
    assert (told["tenants"], told["commits"], told["findings"]) == (2, 2, 0)
    assert "no-tenant-workload" in told["refused_because"]


def test_what_to_look_at_is_there(facts: dict[str, Any]) -> None:
    files = {name: Path(place) for name, place in facts["look_at"].items() if not place.startswith("http")}
    assert all(place.exists() for place in files.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_process_and_no_litter(number: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    # A shell without job control starts what runs in the background with interrupts ignored, and children inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    demo = subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path)
    signal.signal(signal.SIGINT, before)
    give_up = time.monotonic() + 60
    while not _has(tmp_path, "facade.log") and time.monotonic() < give_up and demo.poll() is None:
        time.sleep(0.1)
    demo.send_signal(number)
    demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert list(tmp_path.iterdir()) == []
    assert _with_environment(f"TMPDIR={tmp_path}") == []


def _has(folder: Path, name: str) -> bool:
    """Whether a file called so is anywhere in a folder, in which others are at work meanwhile."""
    return any(name in files for _, _, files in os.walk(folder))


def _with_environment(variable: str) -> list[int]:
    """The processes that have ``variable`` in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if variable.encode() in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found

"""A bounded command, in a process of its own: it ends all of its children."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CONTAINED = Path(__file__).parents[2] / "benchmarks/contained.py"
SLEEPS = "setsid sleep 600 & echo $!"


def _run(seconds: str, script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CONTAINED), seconds, "bash", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_status_is_the_commands(script: str, status: int) -> None:
    assert _run("60", script).returncode == status


def test_what_left_its_session_is_ended_too() -> None:
    done = _run("60", SLEEPS)
    assert done.returncode == 0
    assert "1 processes were left behind" in done.stderr
    assert not Path(f"/proc/{done.stdout.strip()}").exists()


def test_a_command_that_is_out_of_time_is_ended_with_its_children() -> None:
    done = _run("1", f"{SLEEPS}; sleep 600 & echo $!; wait")
    assert done.returncode == 124
    for pid in done.stdout.split():
        assert not Path(f"/proc/{pid}").exists()

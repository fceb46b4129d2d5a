"""The whole runner, on scripts that are made for it; in a process of its own, because it ends all of its children."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "benchmarks/run.py"
HEAD = "from figures import Figure, not_run, report, status\nimport os, subprocess, sys, time\n"
GOOD = 'report(Figure("facade", "rate", 2, "/s", "a peer", floor=1, target=3, higher=True))\nsys.exit(status())\n'
LEAVES = """\
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("left", child.pid, flush=True)
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def started(*words: str, **scripts: str) -> subprocess.CompletedProcess[str]:
        for name, text in scripts.items():
            (tmp_path / f"bench_{name}.py").write_text(HEAD + text)
        command = [sys.executable, str(RUN), "--folder", str(tmp_path), *words]
        environment = {**os.environ, "PYTHONPATH": str(RUN.parent)}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    return started


def test_figures_become_one_table(run: Run) -> None:
    done = run(one=GOOD, two='not_run("deploy", "no helm here")\n')
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-4:] == [
        "| area | measure | measured | against | floor | target |  |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| facade | rate | 2 /s | a peer | ≥ 1 | ≥ 3 | floor met |",
        "| deploy | *not run: no helm here* |  |  |  |  |  |",
    ]


def test_a_missed_figure_is_in_the_table_and_no_failure(run: Run) -> None:
    done = run(one='report(Figure("facade", "lost", 1, target=0))\nsys.exit(status())\n')
    assert done.returncode == 0
    assert "| facade | lost | 1 |  |  | ≤ 0 | missed |" in done.stdout


def test_a_script_that_breaks_fails_the_run_and_the_others_run(run: Run) -> None:
    done = run(a="raise SystemExit('broken')\n", b=GOOD)
    assert done.returncode == 1
    assert "failed: bench_a.py: exit status 1" in done.stderr
    assert "| facade | rate |" in done.stdout


def test_no_process_of_a_script_is_left(run: Run) -> None:
    done = run(one=LEAVES + GOOD)
    assert done.returncode == 1
    assert "failed: bench_one.py: left 1 processes behind" in done.stderr
    pid = int(done.stdout.partition("left ")[2].split()[0])
    assert not Path(f"/proc/{pid}").exists()


def test_a_script_that_is_out_of_time_may_tidy_up_and_is_ended(run: Run) -> None:
    tidies = 'try:\n    time.sleep(600)\nfinally:\n    print("tidied up", flush=True)\n'
    done = run("--seconds", "2", one=LEAVES + tidies)
    assert done.returncode == 1
    assert "tidied up" in done.stdout
    assert "failed: bench_one.py: ended after 2 s" in done.stderr
    assert not Path(f"/proc/{int(done.stdout.partition('left ')[2].split()[0])}").exists()


def test_the_page_says_counts_sources_and_times(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert run("--write", "--page", str(page), one=GOOD).returncode == 0
    text = page.read_text()
    assert "Of 1 figures with limits: 0 met, 1 floor met, 0 missed." in text
    assert "| `SALEOR` | saleor/saleor | `723cd4eba87d` |" in text
    assert "| `bench_one.py` |" in text


def test_only_chooses_scripts(run: Run) -> None:
    done = run("--only", "two", one=GOOD, two='not_run("deploy", "no helm here")\n')
    assert "bench_one" not in done.stdout
    assert "no helm here" in done.stdout

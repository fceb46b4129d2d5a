from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys, threading
if {by_tracing}:
    del sys.monitoring
from pathlib import Path
from strangler_scaffolds.probes.reached import Reached
reached = Reached(Path({root!r}), Path({root!r}) / "domain", {out!r})
sys.path.insert(0, {root!r} + "/domain")
import moved
with reached.during("one"):
    moved.choose(True)
with reached.during("two"):
    thread = threading.Thread(target=moved.choose, args=(False,))
    thread.start()
    thread.join()
with reached.during("two"):
    moved.choose(True)
try:
    with reached.during("three"):
        moved.fail()
except ZeroDivisionError:
    pass
"""
MOVED = "def choose(a):\n    if a:\n        return 1\n    return 2\n\n\ndef fail():\n    return [1 / n for n in [0]]\n"


@pytest.mark.parametrize("by_tracing", [False, True])
def test_the_lines_that_each_test_runs_are_noted(tmp_path: Path, by_tracing: bool) -> None:
    if not hasattr(sys, "monitoring"):
        by_tracing = False  # tracing is what is tested then
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain/moved.py").write_text(MOVED)
    program = PROGRAM.format(root=str(tmp_path), out=str(tmp_path), by_tracing=by_tracing)
    subprocess.run([sys.executable, "-c", program], check=True)
    (written,) = tmp_path.glob("*.jsonl")
    found: dict[str, set[int]] = {}
    for line in written.read_text().splitlines():
        record = json.loads(line)
        found.setdefault(record["test"], set()).update(record["lines"]["domain/moved.py"])
    inner = {name: {number for number in lines if number not in (1, 7)} for name, lines in found.items()}
    assert inner == {"one": {2, 3}, "two": {2, 3, 4}, "three": {8}}

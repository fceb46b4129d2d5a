from __future__ import annotations

import json
from pathlib import Path

import pytest

from strangler.demo.traffic import Traffic
from strangler.errors import StranglerError

CUSTOMERS = """\
import json, signal, threading
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
count = 0
while not stop.wait(0.01):
    count += 1
    print(json.dumps({"requests": count}), flush=True)
print(json.dumps({"requests": count, "done": True}), flush=True)
"""


def _sample(tmp_path: Path, program: str) -> Path:
    (tmp_path / "traffic.py").write_text(program, encoding="utf-8")
    return tmp_path


def test_totals_are_told_until_the_customers_are_asked_to_finish(tmp_path: Path) -> None:
    with Traffic(_sample(tmp_path, CUSTOMERS), "http://127.0.0.1:9", rate=1, connections=1, seconds=60) as traffic:
        assert traffic.until(lambda told: told["requests"] >= 3, seconds=20)
        assert not traffic.until(lambda told: False, seconds=0.1)
        totals = traffic.finish()
    assert totals["done"]
    assert totals["requests"] >= 3


def test_customers_that_go_away_are_an_error_with_their_last_words(tmp_path: Path) -> None:
    program = f"raise SystemExit({json.dumps('no such shop')})\n"
    with (
        Traffic(_sample(tmp_path, program), "http://127.0.0.1:9", rate=1, connections=1, seconds=60) as traffic,
        pytest.raises(StranglerError, match="no such shop"),
    ):
        traffic.until(lambda told: False, seconds=20)

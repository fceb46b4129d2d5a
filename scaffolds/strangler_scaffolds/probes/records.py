"""Where probes write what they saw: one file per process, one JSON object per line."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

_lock = threading.Lock()
#: The test that is running in this process, as its runner names it.
current_test = ""


def write(kind: str, **fields: Any) -> None:
    """Note something, with the test it happened in."""
    folder = os.environ.get("STRANGLER_PROBE_OUT")
    if folder:
        append(folder, {"kind": kind, "test": current_test, **fields})


def append(folder: str, record: dict[str, Any]) -> None:
    """Add a record to the file of this process in ``folder``."""
    line = json.dumps(record, sort_keys=True)
    with _lock, open(os.path.join(folder, f"{os.getpid()}.jsonl"), "a", encoding="utf-8") as stream:
        stream.write(line + "\n")


def begin_test(name: str) -> None:
    """A test starts."""
    global current_test
    current_test = name


def end_test(name: str, outcome: str) -> None:
    """A test has ended."""
    write("outcome", id=name, outcome=outcome)

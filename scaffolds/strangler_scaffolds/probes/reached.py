"""Which lines of the service's code each test ran: a fault is tried on the tests that meet it, and on no others."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Dict, List, Set, Tuple

from . import records

_TOOL = 4  # one of the numbers of sys.monitoring that nobody has spoken for


class Reached:
    """Follows the code below ``scope``; what was run is written into ``folder``, with paths below ``root``."""

    def __init__(self, root: Path, scope: Path, folder: str) -> None:
        self._root = str(root) + "/"
        self._folder = folder
        self._lines: Set[Tuple[str, int]] = set()
        self._test = ""
        watch = _by_monitoring if hasattr(sys, "monitoring") else _by_tracing
        self._again = watch(str(scope), self._lines)

    @contextlib.contextmanager
    def during(self, test: str) -> Iterator[None]:
        """What runs meanwhile is run for ``test``."""
        if test != self._test:
            self._test = test
            self._again()
        try:
            yield
        finally:
            self._write()

    def _write(self) -> None:
        lines = sorted(self._lines)
        self._lines.clear()
        found: Dict[str, List[int]] = {}
        for path, line in lines:
            found.setdefault(path[len(self._root) :], []).append(line)
        if found:
            records.append(self._folder, {"kind": "lines", "test": self._test, "lines": found})


def _by_monitoring(scope: str, lines: Set[Tuple[str, int]]) -> Any:
    """Follow by ``sys.monitoring``, which tells each line once; gives what makes it tell them again."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
    events = monitoring.events

    def begun(code: Any, offset: int) -> Any:
        if code.co_filename.startswith(scope):
            monitoring.set_local_events(_TOOL, code, events.LINE)
        return monitoring.DISABLE

    def line(code: Any, number: int) -> Any:
        lines.add((code.co_filename, number))
        return monitoring.DISABLE

    monitoring.use_tool_id(_TOOL, "strangler")
    monitoring.register_callback(_TOOL, events.PY_START, begun)
    monitoring.register_callback(_TOOL, events.LINE, line)
    monitoring.set_events(_TOOL, events.PY_START)
    return monitoring.restart_events


def _by_tracing(scope: str, lines: Set[Tuple[str, int]]) -> Any:
    """Follow by a trace function, in the threads that begin later as well; it tells every time."""

    def trace(frame: Any, event: str, argument: Any) -> Any:
        return within if frame.f_code.co_filename.startswith(scope) else None

    def within(frame: Any, event: str, argument: Any) -> Any:
        lines.add((frame.f_code.co_filename, frame.f_lineno))
        return within

    threading.settrace(trace)
    sys.settrace(trace)
    return lambda: None

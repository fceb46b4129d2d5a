"""The access log: one JSON object a line, gathered and written ten times a second.

The log is a convenience, the requests are not: a disk that is full loses lines, counted, and nothing else.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

from strangler.errors import StranglerError

_MOST_WAITING = 10_000


class AccessLog:
    """Writes to a file that is opened again on ``reopen`` (log rotation)."""

    def __init__(self, path: str) -> None:
        """Open the file.

        Raises:
            StranglerError: it cannot be written.
        """
        self._path = path
        self._waiting: list[str] = []
        try:
            self._file = self._open()
        except OSError as error:
            raise StranglerError(f"cannot write the access log {path}: {error.strerror}") from error
        self.lost = 0

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)

    def add(self, entry: dict[str, Any]) -> None:
        """Take an entry."""
        if len(self._waiting) >= _MOST_WAITING:
            self.lost += 1
            return
        entry["time"] = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._waiting.append(json.dumps(entry, ensure_ascii=True, separators=(",", ":")))

    def flush(self) -> None:
        """Write what has been gathered, in whole lines."""
        if not self._waiting:
            return
        data = ("\n".join(self._waiting) + "\n").encode()
        count = len(self._waiting)
        self._waiting.clear()
        try:
            os.write(self._file, data)
        except OSError:
            self.lost += count

    def reopen(self) -> None:
        """Go on in a new file of the same name."""
        self.flush()
        try:
            fresh = self._open()
        except OSError:
            return
        os.close(self._file)
        self._file = fresh

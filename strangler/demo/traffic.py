"""The customers of the demonstration: a program beside us that tells each second how they fare."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from strangler.errors import StranglerError

_END_SECONDS = 15.0


class Traffic:
    """Ordinary customers at ``base_url`` from entering the context until ``finish``, at ``rate`` requests a second."""

    def __init__(self, sample: Path, base_url: str, *, rate: int, connections: int, seconds: int) -> None:
        bounds = ["--rate", str(rate), "--connections", str(connections), "--seconds", str(seconds)]
        self._command = [sys.executable, "-m", "traffic", "--base-url", base_url, *bounds]
        self._sample = sample
        self._told: Mapping[str, Any] = {"requests": 0}
        self._error = b""

    def __enter__(self) -> Traffic:
        self._process = subprocess.Popen(
            self._command,
            cwd=self._sample,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._listener.join()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        with self._process.stdout as lines, self._process.stderr as errors:
            for line in lines:
                self._told = json.loads(line)
            self._error = errors.read()

    @property
    def told(self) -> Mapping[str, Any]:
        """The customers' running totals, at most a second old."""
        return self._told

    def until(self, reached: Callable[[Mapping[str, Any]], bool], *, seconds: float) -> bool:
        """Wait until ``reached(totals)``; False if ``seconds`` were over first.

        Raises:
            StranglerError: the customers have gone.
        """
        give_up = time.monotonic() + seconds
        while not reached(self._told):
            if self._process.poll() is not None:
                self._listener.join()  # it has the customers' last words
                raise StranglerError(f"the customers' program ended: {self._error.decode(errors='replace').strip()}")
            if time.monotonic() > give_up:
                return False
            time.sleep(0.05)
        return True

    def finish(self) -> Mapping[str, Any]:
        """Let every customer end the request it is at, and return the totals."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_END_SECONDS)
        self._listener.join()
        return self._told

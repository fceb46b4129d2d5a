"""Where the service stands, as told from outside: the facade's control plane, a file, or the environment.

One state per service decides for web traffic, calls and data alike; the client only obeys. What it was told last stays
true for a while when nobody answers, then calls are local again, as long as the code is still here.
"""

from __future__ import annotations

import json
import os
import pathlib
import threading
import time
import urllib.request
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

STAGES = ("planned", "extracted", "shadow", "canary", "live", "split", "retired")
_POLL_SECONDS = 2.0
_WAIT_SECONDS = 1.5
_PAUSE_SECONDS = 0.2
_TRUST_SECONDS = 60.0


class State(NamedTuple):
    """A stage, the share of users that a canary has (percent), and where the service answers."""

    stage: str = "extracted"
    percent: float = 0.0
    url: str = ""


class StateSource:
    """Knows the state of one service.

    It reads, in this order: ``STRANGLER_<SERVICE>_STAGE`` (and ``_PERCENT``, ``_URL``) in the environment;
    ``STRANGLER_STATE_FILE``, a JSON file that is read again when it changes; ``STRANGLER_STATE_URL``, which a thread
    asks all the time (with ``STRANGLER_STATE_TOKEN``, or what the file ``STRANGLER_STATE_TOKEN_FILE`` holds), and which
    answers as soon as something is new.
    Both have the form ``{"version": 7, "services": {"billing": {"stage": "live", "url": "http://..."}}}``.
    """

    def __init__(
        self, service: str, environ: Optional[Mapping[str, str]] = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._service = service
        self._environ = os.environ if environ is None else environ
        self._prefix = f"STRANGLER_{service.upper().replace('-', '_')}"
        self._clock = clock
        self._told = State()
        self._told_at = 0.0
        self._version: Any = None
        self._file_stamp: Any = None
        self._poller: Optional[threading.Thread] = None
        self._lock = threading.Lock()

    def current(self) -> State:
        """The state at this moment."""
        url = self._environ.get(f"{self._prefix}_URL", "")
        if self._environ.get(f"{self._prefix}_OFF"):
            return State("extracted", 0.0, url)  # the kill switch
        stage = self._environ.get(f"{self._prefix}_STAGE")
        if stage:
            return State(stage, float(self._environ.get(f"{self._prefix}_PERCENT", "0")), url)
        told = self._from_outside()
        return told if told.url else told._replace(url=url)

    def _from_outside(self) -> State:
        path = self._environ.get("STRANGLER_STATE_FILE")
        if path:
            self._read_file(path)
            return self._told
        if not self._environ.get("STRANGLER_STATE_URL"):
            return State()
        self._start_polling()
        if self._told_at and self._clock() - self._told_at > _TRUST_SECONDS:
            return State(url=self._told.url)
        return self._told

    def _read_file(self, path: str) -> None:
        try:
            found = pathlib.Path(path).stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if stamp != self._file_stamp:
                self.tell(json.loads(pathlib.Path(path).read_text(encoding="utf-8")))
                self._file_stamp = stamp
        except (OSError, ValueError):
            return  # being replaced, or gone: what was said last still holds

    def tell(self, message: Dict[str, Any]) -> None:
        """Take over what the control plane says."""
        self._version = message.get("version")
        said = message.get("services", {}).get(self._service)
        if isinstance(said, dict) and said.get("stage") in STAGES:
            self._told = State(said["stage"], float(said.get("percent", 0)), str(said.get("url", "")))
            self._told_at = self._clock()

    def _start_polling(self) -> None:
        with self._lock:
            if self._poller is None or not self._poller.is_alive():  # not alive: this is a forked child
                self._poll_once()
                self._poller = threading.Thread(target=self._poll, name=f"{self._service}-state", daemon=True)
                self._poller.start()

    def _poll(self) -> None:
        while True:
            started = self._clock()
            asked = self._poll_once()
            # One that answers only when there is news has made us wait already.
            if not asked or self._clock() - started < _WAIT_SECONDS / 2:
                time.sleep(_PAUSE_SECONDS if asked else _POLL_SECONDS)

    def _token(self) -> str:
        path = self._environ.get("STRANGLER_STATE_TOKEN_FILE")
        if path:
            try:
                return pathlib.Path(path).read_text(encoding="utf-8").strip()
            except OSError:
                return ""  # the facade has not made it yet
        return self._environ.get("STRANGLER_STATE_TOKEN", "")

    def _poll_once(self) -> bool:
        url = self._environ.get("STRANGLER_STATE_URL", "")
        if self._version is not None:
            url += f"{'&' if '?' in url else '?'}after={self._version}&wait={_WAIT_SECONDS}"
        token = self._token()
        try:
            request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
            with urllib.request.urlopen(request, timeout=_WAIT_SECONDS + _POLL_SECONDS) as answer:
                self.tell(json.load(answer))
        except (OSError, ValueError):
            return False
        return True

"""Starts the service for a test process, with the environment that the tests have set up, when it is first needed."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from typing import Any

_START_SECONDS = 180.0


class ServiceProcess:
    """One service process that lives as long as the test process does."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._url = ""
        self._owner = 0
        self._lock = threading.Lock()

    def url(self) -> str:
        """Where the service answers; starts it if this process has none yet."""
        with self._lock:
            if self._owner != os.getpid():
                self._owner = os.getpid()
                self._url = ""  # a start that fails is not tried again for each test
                self._url = self._start()
            if not self._url:
                raise RuntimeError("the service did not start")
            return self._url

    def _start(self) -> str:
        folder = tempfile.mkdtemp(prefix="strangler-service-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)  # last, when the process is ended
        path = os.path.join(folder, "port")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("STRANGLER_", "PYTEST_"))}
        environment["PYTHONPATH"] = os.pathsep.join([self._settings["service_root"], self._settings["probe_root"]])
        logs, package = self._settings["logs"], self._settings["package"]
        lines = logs if self._settings["follow_lines"] else ""
        command = [self._settings["service_python"], "-m", "strangler_probes.agent", package, path, lines]
        log = os.path.join(logs, f"service-{os.getpid()}.log")
        with open(log, "ab") as stream:
            process = subprocess.Popen(command, env=environment, cwd=folder, stdout=stream, stderr=stream)
        atexit.register(process.kill)
        return self._wait(process, path, log)

    def _wait(self, process: Any, path: str, log: str) -> str:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if os.path.exists(path):
                with open(path, encoding="utf-8") as stream:
                    url = f"http://127.0.0.1:{stream.read().strip()}"
                if _answers(url):
                    return url
            time.sleep(0.05)
        raise RuntimeError(f"the service did not start; its log is {log}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url + "/livez", timeout=2):
            return True
    except OSError:
        return False

"""Runs our own commands as a user would, and reads what they print for machines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strangler.errors import StranglerError


@dataclass(frozen=True)
class Commands:
    """The command line, run in ``directory``; each command is told to ``say`` before it runs."""

    directory: Path
    say: Callable[[str], None]

    def __call__(self, *arguments: str) -> dict[str, Any]:
        """Run ``strangler ARGUMENTS --json`` and return its object; findings (exit 1) are a result like any other.

        Raises:
            StranglerError: the command could not go on.
        """
        self.say(f"$ strangler {' '.join(arguments)}")
        run = subprocess.run(
            [sys.executable, "-m", "strangler", *arguments, "--json"],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode not in (0, 1):
            raise _failure(arguments, run)
        result: dict[str, Any] = json.loads(run.stdout)
        return result


def _failure(arguments: tuple[str, ...], run: subprocess.CompletedProcess[str]) -> StranglerError:
    try:
        error = json.loads(run.stdout)["error"]
        said = [error["message"], *(finding["message"] for finding in error.get("findings", ()))]
        return StranglerError(f"strangler {' '.join(arguments)}: {'; '.join(said)}", hint=error["hint"])
    except (ValueError, KeyError):
        return StranglerError(f"strangler {' '.join(arguments)} ended with {run.returncode}:\n{run.stderr[-800:]}")

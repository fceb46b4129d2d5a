"""Finds a Python that can run the service: the monolith's own where it has what the shell needs, else a new one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from strangler.errors import StranglerError


def service_python(directory: Path, monolith: str | None) -> str:
    """The interpreter for the service in ``directory``.

    Raises:
        StranglerError: there is none, and none could be made.
    """
    own = directory / ".venv/bin/python"
    for candidate in (str(own), monolith, shutil.which("python"), sys.executable):
        if candidate and _can_import(candidate, directory):
            return candidate
    return _install(directory, own, monolith or sys.executable)


# A setting that only the tests make may be missing here; what matters is whether the distributions are there.
_TRY = """
import fastapi, uvicorn, sys
sys.path.insert(0, {directory!r})
try:
    import {package}.host
except ImportError:
    raise
except Exception:
    pass
"""


def _can_import(python: str, directory: Path) -> bool:
    package = next((path.parent.name for path in directory.glob("*_service/contract.py")), "")
    code = _TRY.format(directory=str(directory), package=package)
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, timeout=60, check=False, cwd=directory.parent)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _install(directory: Path, python: Path, base: str) -> str:
    """An environment of the service's own, with the Python that the monolith runs on."""
    commands = (
        [base, "-m", "venv", str(directory / ".venv")],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(directory)],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            hint = "make an environment with the service's dependencies yourself, and name its python with --python"
            raise StranglerError(f"cannot install the service: {done.stderr.strip()[-300:]}", hint=hint)
    return str(python)

"""Finds a Python that can run the service: the monolith's own where it has what the shell needs, else a new one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
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
            raise StranglerError(f"cannot install the service: {_errors(done.stderr)}", hint=hint)
    return str(python)


def _errors(said: str) -> str:
    """What of an installer's words says what went wrong."""
    errors = [line.strip() for line in said.splitlines() if line.startswith("ERROR:")]
    return " ".join(errors) or said.strip()[-300:]


def require_framework(command: Sequence[str], framework: str, folder: Path) -> None:
    """See to it that the test command's Python has the monolith's framework, as far as its Python can be told.

    Raises:
        StranglerError: it has not; the tests, and the service after them, could only fail.
    """
    python = interpreter_of(command)
    if python is None or not framework:
        return
    done = subprocess.run([python, "-c", f"import {framework}"], capture_output=True, check=False, cwd=folder)
    if done.returncode:
        hint = f"name the monolith's Python: monolith.test: {Path('ENVIRONMENT/bin') / Path(command[0]).name} …"
        raise StranglerError(f"monolith.test runs {python}, in which '{framework}' is not installed", hint=hint)


def interpreter_of(command: Sequence[str]) -> str | None:
    """The Python that runs a command: itself, or the one that the first line of its script names; None if neither."""
    found = shutil.which(command[0])
    if found is None or Path(found).name.startswith("python"):
        return found
    with Path(found).open("rb") as stream:
        first = stream.readline(400)
    words = first[2:].decode(errors="replace").split()
    named = words[-1] if first.startswith(b"#!") and words else ""
    return shutil.which(named) if Path(named).name.startswith("python") else None

"""Compiles the twins of a group for the running Python, where mypyc and a C compiler are installed."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from strangler.errors import StranglerError
from strangler.files import write_file
from strangler.twins import MARK, Group, digest, source

_TEMPORARY = ".twins-"
_CORE = Path(__file__).parent.parent
_SETUP = """
import sys
from mypyc.build import mypycify
from setuptools import setup
group, out, *files = sys.argv[1:]
kind = ["--ignore-missing-imports", "--follow-imports=skip"]
quiet = ["--no-warn-unused-ignores", "--no-warn-return-any", "--cache-dir", "cache"]
twins = mypycify([*kind, *quiet, *files], opt_level="2", debug_level="0", group_name=group)
setup(name=group, ext_modules=twins, packages=[], script_args=["--quiet", "build_ext", "--build-lib", out])
"""


def build_twins(group: Group) -> Path:
    """Compile the modules of a group into its folder, whole or not at all; the folder.

    Raises:
        StranglerError: mypyc is not installed, or something could not be compiled.
    """
    for name in ("mypyc", "setuptools"):
        if importlib.util.find_spec(name) is None:
            raise StranglerError(f"{name} is not installed", hint="pip install 'strangler[compile]'")
    left_out = shutil.ignore_patterns("*.so", "__pycache__", f"{_TEMPORARY}*")
    with tempfile.TemporaryDirectory(dir=group.folder.parent, prefix=_TEMPORARY) as name:
        place, made = Path(name) / "sources", Path(name) / "made"
        for package in (group.package, _CORE):
            shutil.copytree(package, place / package.name, ignore=left_out)
        files = [str(source(group, module, Path(group.package.name))) for module in group.modules]
        _compile(place, [group.name, str(made), *files])
        write_file(made / MARK, digest(group, place / group.package.name))
        shutil.rmtree(group.folder, ignore_errors=True)
        made.rename(group.folder)
    return group.folder


def _compile(place: Path, arguments: Sequence[str]) -> None:
    command = [sys.executable, "-c", _SETUP, *arguments]
    run = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise StranglerError(f"mypyc failed:\n{(run.stdout + run.stderr).strip()[-4000:]}")


def main_of(group: Group) -> int:
    """Build, and say what; the exit status is 1 if that could not be."""
    try:
        sys.stdout.write(f"built {build_twins(group)}\n")
    except StranglerError as error:
        sys.stderr.write(f"not built: the twins: {error.message}\n")
        return 1
    return 0

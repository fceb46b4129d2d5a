"""Compiles what can be compiled for the running Python: the codec in C, and the twins, where mypyc is installed.

python -m strangler_facade.native.build
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import strangler
from strangler.errors import StranglerError
from strangler.files import write_file
from strangler_facade.native import FOLDER, GROUP, MARK, MODULES, PACKAGE, digest, source
from strangler_facade.plane.codecs.accelerate import build as build_codec

_TEMPORARY = ".twins-"
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


def build_twins(folder: Path = FOLDER, modules: Sequence[str] = MODULES) -> Path:
    """Compile ``modules`` into ``folder``, whole or not at all; the folder.

    Raises:
        StranglerError: mypyc is not installed, or something could not be compiled.
    """
    for name in ("mypyc", "setuptools"):
        if importlib.util.find_spec(name) is None:
            raise StranglerError(f"{name} is not installed", hint="pip install 'strangler[compile]'")
    left_out = shutil.ignore_patterns("*.so", "__pycache__", f"{_TEMPORARY}*")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=_TEMPORARY) as name:
        place, made = Path(name) / "sources", Path(name) / "made"
        for package in (PACKAGE, Path(strangler.__file__).parent):
            shutil.copytree(package, place / package.name, ignore=left_out)
        files = [str(source(module, Path(PACKAGE.name))) for module in modules]
        _compile(place, [GROUP, str(made), *files])
        write_file(made / MARK, digest(modules, place / PACKAGE.name))
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return folder


def _compile(place: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-c", _SETUP, *arguments]
    run = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise StranglerError(f"mypyc failed:\n{(run.stdout + run.stderr).strip()[-4000:]}")


def main() -> int:
    """Build, and say what; the exit status is 2 if not even the codec could be built."""
    try:
        sys.stdout.write(f"built {build_codec()}\n")
    except StranglerError as error:
        sys.stderr.write(f"error: {error.message}\n")
        return 2
    try:
        sys.stdout.write(f"built {build_twins()}\n")
    except StranglerError as error:
        sys.stderr.write(f"not built: the twins: {error.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

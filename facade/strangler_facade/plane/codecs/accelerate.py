"""Builds the compiled part of the codec for the running Python, where there is a C compiler: one file, one command.

python -m strangler_facade.plane.codecs.accelerate
"""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from strangler.errors import StranglerError
from strangler.files import write_file

SOURCE = Path(__file__).with_name("_heads.c")
MARK = "_heads.sha256"


def build(directory: Path = SOURCE.parent) -> Path:
    """Compile the codec into ``directory`` (where the package looks: beside its source); the path of the result.

    Raises:
        StranglerError: there is no compiler, or it could not compile.
    """
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")
    if shutil.which(compiler[0]) is None:
        raise StranglerError(f"there is no C compiler ({compiler[0]})", hint="the facade works without, slower")
    include = sysconfig.get_paths()["include"]
    if not (Path(include) / "Python.h").exists():
        raise StranglerError("Python's header files are missing", hint="on Debian: apt-get install python3-dev")
    place = directory / f"_heads{sysconfig.get_config_var('EXT_SUFFIX')}"
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / place.name
        options = ["-O3", "-fPIC", "-shared", "-fno-strict-aliasing", "-Wall", f"-I{include}"]
        command = [*compiler, *options, str(SOURCE), "-o", str(made)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise StranglerError(f"the C compiler failed:\n{run.stderr.strip()}")
        write_file(place, made.read_bytes())
        write_file(directory / MARK, digest())
    return place


def digest() -> str:
    """What the codec's source is, in 64 digits: what was built from another is not used."""
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()


def main() -> int:
    """Build, and say where; the exit status."""
    try:
        place = build()
    except StranglerError as error:
        sys.stderr.write(f"error: {error.message}\n")
        return 2
    sys.stdout.write(f"built {place}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

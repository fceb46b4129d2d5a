"""Compiles what can be compiled for the running Python: the codec in C, and the twins, where mypyc is installed.

python -m strangler_facade.native.build
"""

from __future__ import annotations

import sys

from strangler.errors import StranglerError
from strangler.twins.build import main_of
from strangler_facade.native import GROUP
from strangler_facade.plane.codecs.accelerate import build as build_codec


def main() -> int:
    """Build, and say what; the exit status is 2 if not even the codec could be built."""
    try:
        sys.stdout.write(f"built {build_codec()}\n")
    except StranglerError as error:
        sys.stderr.write(f"error: {error.message}\n")
        return 2
    return main_of(GROUP)


if __name__ == "__main__":
    raise SystemExit(main())

"""Compiles the abstract run for the running Python, where mypyc and a C compiler are installed.

python -m strangler_analyzers.native.build
"""

from __future__ import annotations

from strangler.twins.build import main_of
from strangler_analyzers.native import GROUP

if __name__ == "__main__":
    raise SystemExit(main_of(GROUP))

"""Runs the command line as ``python -m strangler``."""

import sys


def _forget_working_directory() -> None:
    """Drop the entry that ``-m`` puts first, so a user's own ``deploy.py`` can shadow nothing of ours."""
    if sys.path and sys.path[0] in ("", _working_directory()):
        del sys.path[0]


def _working_directory() -> str:
    from pathlib import Path

    return str(Path.cwd())


if __name__ == "__main__":
    _forget_working_directory()

    from strangler.cli import main

    raise SystemExit(main())

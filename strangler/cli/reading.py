"""How commands come by the analysis document: the file they are given, or an analysis made now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import strangler_analyzers as analyzers
from strangler.analysis import Analysis, load
from strangler.cli.command import Session

_HELP = "An analysis document (default: the monolith is analysed now)."


def analysis_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option ``--analysis FILE``."""
    return click.option("--analysis", type=click.Path(path_type=Path), metavar="FILE", help=_HELP)(function)


def read_analysis(session: Session, path: Path | None) -> Analysis:
    """The document at ``path``, or that of the plan's monolith as it is now.

    Raises:
        StranglerError: it cannot be read, or the monolith cannot be analysed.
    """
    if path is not None:
        return load(path)
    packages = session.plan().monolith.packages
    return analyzers.analyze(session.root, analyzers.Options(packages=packages))

"""The analysis a command works on: the document it was given, or a fresh one of the plan's monolith."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from strangler.analysis import Analysis, load
from strangler.cli.command import Session
from strangler.errors import StranglerError


def analysis_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The flag ``--analysis FILE``, given to the command as ``document``."""
    option = click.option(
        "--analysis",
        "document",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Use this analysis document (default: analyse the plan's monolith now).",
    )
    return option(function)


def analysis_for(session: Session, document: Path | None) -> Analysis:
    """The analysis in ``document``, or of the plan's monolith.

    Raises:
        StranglerError: the document cannot be read, or there is neither it nor a plan.
    """
    if document is not None:
        return load(document)
    raise StranglerError("no analysis given", hint="name one with --analysis FILE")

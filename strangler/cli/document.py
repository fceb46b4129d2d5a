"""The analysis a command works on: the document it was given, or a fresh one of the plan's monolith."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import strangler_analyzers as analyzers
from strangler.analysis import Analysis, load
from strangler.cli.command import Session


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
    """The analysis in ``document``, or of the plan's monolith, in which planned services are as planned.

    Raises:
        StranglerError: the document cannot be read, or there is neither it nor a plan.
    """
    if document is not None:
        return load(document)
    plan, root = session.plan(), session.root
    cache = root / ".strangler" / "cache"
    options = analyzers.Options(packages=plan.monolith.packages, cache=cache)
    session.out.note(f"analysing {root}")
    with session.out.progress(f"reading {root}"):
        surveyed = analyzers.survey(root, options)
        around = analyzers.look_around(root, surveyed, store=cache / "history.json")
        constraints = analyzers.constraints_of(plan, surveyed)
        return analyzers.propose(surveyed, analyzers.SeamOptions(constraints=constraints, surroundings=around))

"""The flags by which a user steers a proposal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import strangler_analyzers as analyzers
from strangler.analysis import Analysis
from strangler.errors import StranglerError
from strangler.plan import load

_PATH = click.Path(path_type=Path)
_FLAGS = (
    click.option("--no-names", is_flag=True, help="Propose seams without a look at names of files and folders."),
    click.option("--seams", "wanted", type=click.IntRange(min=1), metavar="N", help="About how many seams to propose."),
    click.option("--size", type=click.IntRange(min=1), metavar="N", help="About how many modules a seam should have."),
    click.option(
        "--together", nargs=2, multiple=True, metavar="A B", help="Two modules of one seam (a.* is all below a)."
    ),
    click.option("--apart", nargs=2, multiple=True, metavar="A B", help="Two modules of different seams."),
    click.option(
        "--pin", multiple=True, metavar="MODULE=SEAM", help="A module's seam; 'monolith' keeps it out of all."
    ),
    click.option("--table", "tables", multiple=True, metavar="TABLE=SEAM", help="The seam that owns a table."),
    click.option("--cochange", is_flag=True, help="Let files that change in the same commits tie."),
    click.option("--traces", type=_PATH, multiple=True, metavar="FILE", help="Spans as OTLP/JSON: who called whom."),
    click.option(
        "--contexts", type=_PATH, multiple=True, metavar="FILE", help="coverage json --show-contexts: who tests what."
    ),
)


def seam_flags(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these flags; it passes what it gets for them on to :func:`seam_options`."""
    for flag in reversed(_FLAGS):
        function = flag(function)
    return function


def seam_options(root: Path, analysis: Analysis, plan: Path | None, store: Path | None, flags: dict[str, Any]) -> Any:
    """The options of a proposal for the analysis of ``root``: what flags say, then what the plan says.

    Raises:
        StranglerError: a flag is not of the form NAME=SEAM, or a file cannot be read.
    """
    planned = analyzers.constraints_of(load(plan), analysis) if plan else analyzers.Constraints()
    constraints = analyzers.Constraints(
        together=flags["together"],
        apart=flags["apart"],
        pinned={**planned.pinned, **_pairs("--pin", flags["pin"])},
        tables={**planned.tables, **_pairs("--table", flags["tables"])},
    )
    around = analyzers.look_around(root, analysis, store=store, traces=flags["traces"], contexts=flags["contexts"])
    return analyzers.SeamOptions(
        names=not flags["no_names"],
        wanted=flags["wanted"],
        size=flags["size"],
        constraints=constraints,
        surroundings=around,
        cochange=flags["cochange"],
    )


def _pairs(flag: str, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        name, equals, seam = value.partition("=")
        if not (name and equals and seam):
            raise StranglerError(
                f"{flag} {value}: expected NAME=SEAM", hint=f"for example: {flag} {name or 'x'}=billing"
            )
        found[name] = seam
    return found

"""``strangler what-if``: move modules in thought, and see what it would do to the figures."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

import click
from rich.table import Table

import strangler_analyzers as analyzers
from strangler.cli.command import Session
from strangler.cli.command import command as _command
from strangler.cli.document import analysis_for
from strangler.cli.options import analysis_option
from strangler.cli.output import columns

_MOST_LISTED = 20


@_command("what-if", example="strangler what-if shop.orders.numbering --to billing --analysis analysis.json")
@click.argument("modules", nargs=-1, required=True, metavar="MODULE...")
@click.option("--to", "target", required=True, metavar="SEAM", help="Where they go; 'monolith': to no seam.")
@analysis_option
def command(session: Session, modules: tuple[str, ...], target: str, document: Path | None) -> None:
    """Move a module to another seam and see the new figures; nothing is clustered again, nothing is written."""
    question = analyzers.WhatIf(analysis_for(session, document))
    started = time.perf_counter()
    changes = question.move(modules, target)
    took = (time.perf_counter() - started) * 1000
    session.out.json({"changes": [_fields(change) for change in changes]})
    session.out.show(_table(changes), *_listed(changes))
    session.out.note(f"worked out in {took:.1f} ms")


def _table(changes: list[analyzers.Change]) -> Table:
    table = columns("before → after", "seam", "modules", "effort", "stays inside", "crossings")
    for change in changes:
        before, after = change.before, change.after
        table.add_row(
            change.seam,
            f"{before.modules} → {after.modules}",
            f"{before.effort} → {after.effort} ({after.effort - before.effort:+d})",
            f"{before.cohesion:.0%} → {after.cohesion:.0%}",
            f"{sum(before.crossings.values())} → {sum(after.crossings.values())}",
        )
    return table


def _listed(changes: list[analyzers.Change]) -> list[str]:
    lines = []
    for change in changes:
        for word, entries in (("newly crosses", change.gained), ("no longer crosses", change.lost)):
            if entries:
                lines.append(f"{change.seam}: {len(entries)} {word}")
                lines += [f"  {_line(entry)}" for entry in entries[:_MOST_LISTED]]
    return lines


def _line(entry: Any) -> str:
    place = f"{entry.evidence[0].path}:{entry.evidence[0].line}  " if entry.evidence else ""
    return f"{place}{entry.kind}  {entry.source} → {entry.target}  {entry.what}".rstrip()


def _fields(change: analyzers.Change) -> dict[str, Any]:
    return {
        "seam": change.seam,
        "before": dataclasses.asdict(change.before),
        "after": dataclasses.asdict(change.after),
        "gained": [dataclasses.asdict(entry) for entry in change.gained],
        "lost": [dataclasses.asdict(entry) for entry in change.lost],
    }

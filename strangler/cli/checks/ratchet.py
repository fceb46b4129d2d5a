"""Plan against code: a planned service's crossings may only become fewer."""

from __future__ import annotations

from pathlib import Path

import strangler_analyzers as analyzers
import strangler_scaffolds as scaffolds
from strangler.cli.checks import Checked, Wanted
from strangler.cli.command import Session
from strangler.cli.document import analysis_for
from strangler.cli.output import counted
from strangler.cli.standing.gather import BASELINE
from strangler.errors import StranglerError
from strangler.files import write_file

_NAME = "code"


def check_code(session: Session, wanted: Wanted) -> Checked:
    """Compare today's crossings with the baseline in git; the first run, and ``update``, write it."""
    plan = session.plan()
    path = wanted.baseline or session.plan_path.parent / BASELINE
    analysis = analysis_for(session, wanted.document)
    stock = analyzers.take_stock(analysis, plan, scaffolds.generated(session.root))
    if not stock.services:
        return Checked(_NAME, "the plan has no service with modules yet", ran=False)
    if wanted.update or not path.exists():
        write_file(path, analyzers.write_baseline(stock.baseline()))
        return Checked(_NAME, f"wrote {path}; commit it")
    known = analyzers.read_baseline(_text(path), name=str(path))
    findings = analyzers.compare(stock, known)
    crossings = sum(len(entries) for entries in stock.services.values())
    places = sum(sum(entries.values()) for entries in stock.baseline().services.values())
    held = f"{counted(len(stock.services), 'service')}, {counted(crossings, 'crossing')}"
    line = f"{held} in {counted(places, 'place')}, {len(findings)} new"
    if not findings and analyzers.improved(stock, known):
        line += "; it got better: strangler check --update holds that"
    return Checked(_NAME, line, findings)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StranglerError(f"cannot read {path}: {error}") from error

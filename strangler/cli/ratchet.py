"""The ratchet of ``strangler check``: a planned service's crossings may only become fewer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import strangler_analyzers as analyzers
from strangler.cli.command import Session
from strangler.cli.document import analysis_for
from strangler.errors import StranglerError
from strangler.files import write_file
from strangler.model import Finding

_FILE = "strangler-ratchet.json"


def check_ratchet(
    session: Session, document: Path | None, baseline: Path | None, *, update: bool
) -> tuple[Sequence[Finding], str]:
    """Compare today's crossings with the baseline in git; the first run, and ``update``, write it."""
    plan = session.plan()
    path = baseline or session.plan_path.parent / _FILE
    stock = analyzers.take_stock(analysis_for(session, document), plan)
    if not stock.services:
        return (), "ratchet: the plan has no service with modules yet"
    if update or not path.exists():
        write_file(path, analyzers.write_baseline(stock.baseline()))
        return (), f"ratchet: wrote {path}; commit it"
    known = analyzers.read_baseline(_text(path), name=str(path))
    findings = analyzers.compare(stock, known)
    crossings = sum(len(entries) for entries in stock.services.values())
    line = f"ratchet: {len(stock.services)} services, {crossings} crossings, {len(findings)} new places"
    if not findings and analyzers.improved(stock, known):
        line += "; it got better: strangler check --update holds that"
    return findings, line


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StranglerError(f"cannot read {path}: {error}") from error

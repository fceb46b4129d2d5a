"""The analysis a command works on: the document it was given, or a fresh one of the plan's monolith."""

from __future__ import annotations

from pathlib import Path

import strangler_analyzers as analyzers
from strangler.analysis import Analysis, load
from strangler.cli.command import Session
from strangler.plan import Plan


def analysis_for(session: Session, document: Path | None) -> Analysis:
    """The analysis in ``document``, or of the plan's monolith, in which planned services are as planned.

    Where there is no plan yet, the plan's folder is analysed as it is.

    Raises:
        StranglerError: the document or the plan cannot be read, or there is nothing to analyse.
    """
    if document is not None:
        return load(document)
    plan = session.plan() if session.plan_path.exists() else None
    root = session.root if plan else session.plan_path.parent
    cache = root / ".strangler" / "cache"
    options = analyzers.Options(packages=plan.monolith.packages if plan else (), cache=cache)
    session.out.note(f"analysing {root}")
    with session.out.progress(f"reading {root}"):
        beside = analyzers.beside(root, [session.plan_path] if plan else ())
        return analyzers.conclude(root, options, beside, lambda found: _seams(root, found, plan, cache))


def _seams(root: Path, surveyed: Analysis, plan: Plan | None, cache: Path) -> analyzers.SeamOptions:
    around = analyzers.look_around(root, surveyed, store=cache / "history.json")
    constraints = analyzers.constraints_of(plan, surveyed) if plan else analyzers.Constraints()
    return analyzers.SeamOptions(constraints=constraints, surroundings=around)

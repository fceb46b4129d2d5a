"""A document after a few files changed, made from that of the last run where it can be told what that comes to."""

from __future__ import annotations

from strangler.analysis import Analysis
from strangler_analyzers.assemble.moved import moved
from strangler_analyzers.cache import FactsCache
from strangler_analyzers.documents import Kept
from strangler_analyzers.facts import moves
from strangler_analyzers.gather import Gathered, before

# More changed files are another branch: looking at each costs more than it saves.
_MOST = 50


def again(kept: Kept, gathered: list[Gathered], cache: FactsCache) -> Analysis | None:
    """What a run from nothing gives now, if all files that changed since say the same on other lines; else None."""
    analysis: Analysis | None = kept.analysis
    changed = [one for one in gathered if kept.digests.get(one.source.path) != one.sha256]
    if len(gathered) != len(kept.digests) or len(changed) > _MOST:
        return None
    for one in changed:
        old = before(one.source, kept.digests.get(one.source.path, ""), cache)
        where = moves(old, one.facts) if old is not None else None
        if old is None or where is None or (old.names, old.tokens) != (one.facts.names, one.facts.tokens):
            return None
        analysis = moved(analysis, one, old, where) if analysis is not None else None
    return analysis

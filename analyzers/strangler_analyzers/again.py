"""A document after a few files changed, made from that of the last run where it can be told what that comes to."""

from __future__ import annotations

from strangler.analysis import Analysis
from strangler_analyzers.assemble.moved import moved
from strangler_analyzers.documents import Kept
from strangler_analyzers.facts import moves
from strangler_analyzers.gather import Gathering

# More changed files are another branch: looking at each costs more than it saves.
_MOST = 50


def again(kept: Kept, now: Gathering) -> Analysis | None:
    """What a run from nothing gives now, if all files that changed since say the same on other lines; else None."""
    analysis: Analysis | None = kept.analysis
    changed = [source for source in now.tree.sources if now.digests[source.path] != kept.digests.get(source.path)]
    if now.digests.keys() != kept.digests.keys() or len(changed) > _MOST:
        return None
    for source in changed:
        one, old = now.one(source), now.before(source, kept.digests[source.path])
        where = moves(old, one.facts) if old is not None else None
        if old is None or where is None or (old.names, old.tokens) != (one.facts.names, one.facts.tokens):
            return None
        analysis = moved(analysis, one, old, where) if analysis is not None else None
    return analysis

"""Evidence in the short form that seam details and reports use."""

from __future__ import annotations

from collections.abc import Iterable

from strangler.analysis import Evidence

_MOST = 5


def places(evidence: Iterable[Evidence]) -> list[str]:
    """The first few places as ``path:line``, each once, in order."""
    found = dict.fromkeys(f"{site.path}:{site.line}" for site in sorted(evidence, key=_key))
    return list(found)[:_MOST]


def _key(site: Evidence) -> tuple[str, int]:
    return (site.path, site.line)

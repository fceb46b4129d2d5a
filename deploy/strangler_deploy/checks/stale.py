"""Is the tree what the plan renders today?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from strangler.model import Finding, Location

_HINT = "render it again: strangler deploy render -o DIR"


def stale(tree: Mapping[str, str], rendered: Mapping[str, str]) -> Iterator[Finding]:
    """A finding for each file that is missing, changed, or not ours."""
    for path in sorted({*tree, *rendered}):
        if path not in tree:
            yield Finding("DEPLOY-STALE", "is not there, but the plan renders it", Location(path), _HINT)
        elif path not in rendered:
            yield Finding("DEPLOY-STALE", "is there, but the plan does not render it", Location(path), _HINT)
        elif tree[path] != rendered[path]:
            yield Finding(
                "DEPLOY-STALE", "is not what the plan renders", Location(path, _first(tree, rendered, path)), _HINT
            )


def _first(tree: Mapping[str, str], rendered: Mapping[str, str], path: str) -> int:
    """The first line that differs."""
    pairs = zip(tree[path].splitlines(), rendered[path].splitlines(), strict=False)
    return next((number for number, (old, new) in enumerate(pairs, 1) if old != new), 1)

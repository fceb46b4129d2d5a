"""Names of objects: within their limits, and never the same for two different things."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from strangler_deploy.blanks import Function, has_blank, later

_HASH = 8


def joined(*parts: str, limit: int = 63) -> str:
    """The parts with hyphens between them.

    A hash of the parts ends the name where the hyphens alone would not tell where a part ends (``a-b`` and ``c``
    against ``a`` and ``b-c``), or where it would be longer than ``limit``.
    """
    name = "-".join(parts)
    if has_blank(name):
        return later("joined", str(limit), *parts)
    if len(name) <= limit and not any("-" in part for part in parts[:-1]):
        return name
    return f"{name[: limit - _HASH - 1].rstrip('-.')}-{_digest(parts)}"


def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:_HASH]


def underscored(name: str) -> str:
    """A name for those who know no hyphens."""
    return later("underscored", name) if has_blank(name) else name.replace("-", "_")


def spread(key: str, among: tuple[str, ...]) -> str:
    """The one of ``among`` that ``key`` belongs to; another one added takes its share and moves nothing else."""
    if has_blank(key):
        return later("spread", key, *among)
    return max(among, key=lambda name: (hashlib.sha256(f"{name}/{key}".encode()).digest(), name))


# What may stand in a text with blanks, to be called when they are filled.
CALLS: Mapping[str, Function] = {
    "joined": lambda limit, *parts: joined(*parts, limit=int(limit)),
    "underscored": underscored,
    "spread": lambda key, *among: spread(key, among),
}

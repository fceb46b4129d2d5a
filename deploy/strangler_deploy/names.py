"""Names of objects: within their limits, and never the same for two different things."""

from __future__ import annotations

import hashlib

_HASH = 8


def joined(*parts: str, limit: int = 63) -> str:
    """The parts with hyphens between them.

    A hash of the parts ends the name where the hyphens alone would not tell where a part ends (``a-b`` and ``c``
    against ``a`` and ``b-c``), or where it would be longer than ``limit``.
    """
    name = "-".join(parts)
    if len(name) <= limit and not any("-" in part for part in parts[:-1]):
        return name
    return f"{name[: limit - _HASH - 1].rstrip('-.')}-{_digest(parts)}"


def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:_HASH]


def spread(key: str, among: tuple[str, ...]) -> str:
    """The one of ``among`` that ``key`` belongs to; another one added takes its share and moves nothing else."""
    return max(among, key=lambda name: (hashlib.sha256(f"{name}/{key}".encode()).digest(), name))

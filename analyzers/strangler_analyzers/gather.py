"""Sources → facts: from the cache, or by extraction in worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from strangler_analyzers.cache import FactsCache, digest
from strangler_analyzers.facts import Facts, extract
from strangler_analyzers.options import Options
from strangler_analyzers.sources import Source, Tree, read

# Below this many bytes of new source, starting workers takes longer than the work.
_WORTH_WORKERS = 2_000_000


class Gathered(NamedTuple):
    """A source with the hash of its bytes and its facts."""

    source: Source
    sha256: str
    facts: Facts


class _Job(NamedTuple):
    key: str
    path: str
    light: bool


def gather(tree: Tree, options: Options) -> list[Gathered]:
    """The facts of every source of ``tree``, in its order; files that cannot be read have empty ones."""
    cache = FactsCache(options.cache)
    keys: dict[str, str] = {}
    missing: list[_Job] = []
    total = 0
    for source in tree.sources:
        data = read(tree.root, source.path)
        key = digest(data) + ("-light" if source.is_light else "") if data is not None else ""
        keys[source.path] = key
        if data is not None and cache.get(key) is None:
            missing.append(_Job(key, source.path, source.is_light))
            total += len(data)
    cache.put(_extract_all(tree.root, missing, total, options))
    cache.save()
    return [_gathered(source, keys[source.path], cache) for source in tree.sources]


def _gathered(source: Source, key: str, cache: FactsCache) -> Gathered:
    data = cache.get_used(key) if key else None
    if data is None:
        facts = Facts("light", 0, (), (_NO_SCOPE,), (), None, (), (("unreadable", "cannot be read", 0),), {}, {})
        return Gathered(source, "", facts)
    return Gathered(source, key.partition("-")[0], Facts.load(data))


_NO_SCOPE = extract(b"").scopes[0]


def _extract_all(root: Path, jobs: list[_Job], total: int, options: Options) -> Iterator[tuple[str, bytes]]:
    processes = options.processes or os.cpu_count() or 1
    if processes == 1 or total < _WORTH_WORKERS:
        yield from _extract(root, jobs)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for found in pool.map(_extract, [root] * len(jobs), list(_chunks(jobs, processes))):
            yield from found


def _chunks(jobs: list[_Job], processes: int) -> Iterator[list[_Job]]:
    size = max(1, min(64, len(jobs) // (processes * 8)))
    for start in range(0, len(jobs), size):
        yield jobs[start : start + size]


def _extract(root: Path, jobs: list[_Job]) -> list[tuple[str, bytes]]:
    """Runs in a worker: reads, parses, lets go of the tree, hands back bytes."""
    found = []
    for job in jobs:
        # A file may have gone or changed since it was hashed: what is there now is what counts.
        data = read(root, job.path)
        found.append((job.key, extract(data or b"", light=job.light).dump()))
    return found

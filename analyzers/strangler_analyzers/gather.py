"""Sources → facts: from the cache, or by extraction in worker processes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from strangler_analyzers.aside import may_fork
from strangler_analyzers.cache import FactsCache
from strangler_analyzers.facts import Facts, extract
from strangler_analyzers.options import Options
from strangler_analyzers.signatures import digest
from strangler_analyzers.sources import Source, Tree, read

# Below this many bytes of new source, starting workers takes longer than the work.
_WORTH_WORKERS = 2_000_000


class Gathered(NamedTuple):
    """A source with the hash of its bytes and its facts."""

    source: Source
    sha256: str
    facts: Facts


class _Job(NamedTuple):
    path: str
    light: bool


def gather(tree: Tree, digests: dict[str, str], options: Options, cache: FactsCache) -> list[Gathered]:
    """The facts of every source of ``tree``, in its order; files that cannot be read have empty ones.

    ``digests`` has the hash of each; where a file has changed since, its new hash is put there.
    """
    missing = [
        _Job(source.path, source.is_light)
        for source in tree.sources
        if digests[source.path] and cache.get(_key(digests[source.path], source.is_light)) is None
    ]
    fresh: dict[str, Facts] = {}
    for job, now, facts, data in _extract_all(tree.root, missing, options):
        digests[job.path] = now
        if facts is not None:
            key = _key(now, job.light)
            fresh[key] = facts
            if cache.is_kept:
                cache.put(key, data or facts.dump())
    cache.save()
    return [_gathered(source, digests[source.path], cache, fresh) for source in tree.sources]


def before(source: Source, digest: str, cache: FactsCache) -> Facts | None:
    """The facts of ``source`` when its hash was ``digest``, if an earlier run left them."""
    data = cache.get(_key(digest, source.is_light)) if digest else None
    return Facts.load(data) if data is not None else None


def _key(digest: str, is_light: bool) -> str:
    return f"{digest}-light" if is_light else digest


def _gathered(source: Source, digest: str, cache: FactsCache, fresh: dict[str, Facts]) -> Gathered:
    if not digest:
        facts = Facts("light", 0, (), (_NO_SCOPE,), (), None, (), (("unreadable", "cannot be read", 0),), {}, {})
        return Gathered(source, "", facts)
    key = _key(digest, source.is_light)
    found = fresh.get(key)
    return Gathered(source, digest, found if found is not None else Facts.load(cache.used[key]))


_NO_SCOPE = extract(b"").scopes[0]


class _Found(NamedTuple):
    """The facts of a file as it is now, and the hash of that (empty: it cannot be read); as bytes from a worker."""

    job: _Job
    digest: str
    facts: Facts | None
    data: bytes = b""


def _extract_all(root: Path, jobs: list[_Job], options: Options) -> Iterator[_Found]:
    processes = options.workers
    if processes == 1 or not _is_much(root, jobs):
        yield from _extract(root, jobs)
        return
    # A fork starts at once, where it is safe.
    with ProcessPoolExecutor(processes, mp_context=get_context("fork" if may_fork() else "spawn")) as pool:
        for found in pool.map(_extract_for_another, [root] * len(jobs), list(_chunks(jobs, processes))):
            yield from (one._replace(facts=Facts.load(one.data)) if one.data else one for one in found)


def _is_much(root: Path, jobs: list[_Job]) -> bool:
    total = 0
    for job in jobs:
        with contextlib.suppress(OSError):
            total += (root / job.path).stat().st_size
        if total >= _WORTH_WORKERS:
            return True
    return False


def _chunks(jobs: list[_Job], processes: int) -> Iterator[list[_Job]]:
    size = max(1, min(64, len(jobs) // (processes * 8)))
    for start in range(0, len(jobs), size):
        yield jobs[start : start + size]


def _extract_for_another(root: Path, jobs: list[_Job]) -> list[_Found]:
    """Runs in a worker: what is handed back is bytes."""
    found = _extract(root, jobs)
    return [one._replace(facts=None, data=one.facts.dump()) if one.facts is not None else one for one in found]


def _extract(root: Path, jobs: list[_Job]) -> Iterator[_Found]:
    """Reads, parses, lets go of the tree."""
    for job in jobs:
        # A file may have gone or changed since it was hashed: what is there now is what counts.
        data = read(root, job.path)
        if data is None:
            yield _Found(job, "", None)
        else:
            yield _Found(job, digest(data), extract(data, light=job.light))

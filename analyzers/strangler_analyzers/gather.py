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
from strangler_analyzers.stand_ins import seen_through

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


class Gathering:
    """The facts of the files of a tree, as they are now and as an earlier run left them.

    ``digests`` has the hash of each file; where a file has changed since, its new hash is put there.
    """

    def __init__(self, tree: Tree, digests: dict[str, str], options: Options) -> None:
        self.tree = tree
        self.digests = digests
        self._cache = FactsCache(options.cache)
        self._fresh: dict[str, Facts] = {}
        self._extract(options)

    def all(self) -> list[Gathered]:
        """Every source with its facts, in the order of the tree; files that cannot be read have empty ones."""
        return [self.one(source) for source in self.tree.sources]

    def one(self, source: Source) -> Gathered:
        """One source with its facts."""
        digest = self.digests[source.path]
        if not digest:
            facts = Facts("light", 0, (), (_NO_SCOPE,), (), None, (), (("unreadable", "cannot be read", 0),), {}, {})
            return Gathered(source, "", facts)
        key = _key(digest, source.is_light)
        found = self._fresh.get(key)
        return Gathered(source, digest, found if found is not None else Facts.load(self._cache.used[key]))

    def before(self, source: Source, digest: str) -> Facts | None:
        """The facts ``source`` had when its hash was ``digest``, if the last run left them."""
        data = self._cache.get(_key(digest, source.is_light)) if digest else None
        return Facts.load(data) if data is not None else None

    def _extract(self, options: Options) -> None:
        missing = [
            _Job(source.path, source.is_light)
            for source in self.tree.sources
            if self.digests[source.path] and self._cache.get(_key(self.digests[source.path], source.is_light)) is None
        ]
        for job, now, facts, data in _extract_all(self.tree.root, missing, options):
            self.digests[job.path] = now
            if facts is not None:
                key = _key(now, job.light)
                self._fresh[key] = facts
                if self._cache.is_kept:
                    self._cache.put(key, data or facts.dump())
        self._cache.save()


def _key(digest: str, is_light: bool) -> str:
    return f"{digest}-light" if is_light else digest


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
            yield _Found(job, digest(data), extract(seen_through(data), light=job.light))

"""Brings a tree into a cluster: tried dry as a whole, then wave by wave, each waited for before the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from strangler.errors import StranglerError
from strangler_deploy.documents import Document
from strangler_deploy.live.changes import Action, Change, changes, prunings
from strangler_deploy.live.cluster import Cluster, Conflict, Refused
from strangler_deploy.live.objects import Key, key_of, labelled, waves
from strangler_deploy.live.readiness import READY, Health, State, state

_POLL = 1.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as it passes; tests have one of their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done, or is waited for: ``wave`` 1 of ``of``."""

    wave: int
    of: int
    key: Key
    what: str


_CLOCK = Clock()


def apply(
    cluster: Cluster,
    documents: Sequence[Document],
    product: str,
    *,
    prune: bool = False,
    force: bool = False,
    timeout: float = 600.0,
    clock: Clock = _CLOCK,
) -> Iterator[Step]:
    """Apply ``documents``; each step is told as it is taken.

    Args:
        cluster: where to.
        documents: the objects of this one cluster.
        product: the value of the label by which we know our own.
        prune: delete what we brought once and is no more in the tree, never data.
        force: take over fields that others own.
        timeout: seconds that one wave may take to be ready.
        clock: what waiting is measured by.

    Raises:
        StranglerError: the dry run says that something would fail (then nothing was written), or a wave is not ready
            in time or fails (then the waves before it are in).
    """
    ordered = waves(documents)
    flat = [document for wave in ordered for document in wave]
    _refuse_unless_clean(changes(cluster, flat, product, prune=False), force=force)
    for number, wave in enumerate(ordered, 1):
        for document in wave:
            yield Step(number, len(ordered), _put(cluster, document, product, force=force), "applied")
        yield from _wait(cluster, wave, number, len(ordered), timeout, clock)
    if prune:
        for change in prunings(cluster, flat, product):
            if change.action is Action.PRUNE:
                cluster.delete(change.key)
            what = "pruned" if change.action is Action.PRUNE else f"kept: {change.reason}"
            yield Step(len(ordered), len(ordered), change.key, what)


def _refuse_unless_clean(found: Iterator[Change], *, force: bool) -> None:
    bad = [c for c in found if c.action is Action.REFUSED or (c.action is Action.CONFLICT and not force)]
    if bad:
        shown = "; ".join(f"{change.key}: {change.reason}" for change in bad[:5])
        more = f" (and {len(bad) - 5} more)" if len(bad) > 5 else ""
        hint = "strangler deploy diff shows them all; --force-conflicts takes over what others own"
        raise StranglerError(f"nothing was applied, the dry run fails: {shown}{more}", hint=hint)


def _put(cluster: Cluster, document: Document, product: str, *, force: bool) -> Key:
    key = key_of(document.data)
    try:
        cluster.apply(labelled(document, product), force=force)
    except (Conflict, Refused) as error:
        raise StranglerError(f"{key} is not taken: {error}", hint=f"it comes from {document.path}") from error
    return key


def _wait(
    cluster: Cluster, wave: Sequence[Document], number: int, of: int, timeout: float, clock: Clock
) -> Iterator[Step]:
    """Wait until a wave is ready; a step for every reason that is new."""
    waiting = {key_of(document.data): State(Health.WAITING) for document in wave}
    deadline = clock.now() + timeout
    while waiting:
        for key, told in list(waiting.items()):
            now = state(cluster.get(key))
            if now.health is Health.FAILED:
                raise StranglerError(f"{key} failed: {now.reason}", hint=f"wave {number} of {of}; those before are in")
            if now == READY:
                del waiting[key]
            elif now != told:
                waiting[key] = now
                yield Step(number, of, key, f"waiting: {now.reason}")
        if waiting and clock.now() >= deadline:
            key, last = next(iter(waiting.items()))
            hint = f"wave {number} of {of}; strangler deploy status shows how it stands"
            raise StranglerError(f"{key} is not ready after {timeout:.0f} s: {last.reason}", hint=hint)
        if waiting:
            clock.sleep(_POLL)


def status(cluster: Cluster, documents: Sequence[Document]) -> list[tuple[Key, State]]:
    """How every object of the tree stands in the cluster."""
    return [(key_of(document.data), state(cluster.get(key_of(document.data)))) for document in documents]

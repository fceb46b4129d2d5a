"""What an apply would change: asked of the server itself, by a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from strangler_deploy.documents import Document
from strangler_deploy.live.cluster import Cluster, Conflict, Refused
from strangler_deploy.live.objects import Key, is_data, key_of, labelled, plain


class Action(StrEnum):
    """What would happen to an object."""

    CREATE = "create"
    CHANGE = "change"
    KEEP = "keep"
    PRUNE = "prune"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One object: what would happen, and field by field from what to what."""

    key: Key
    action: Action
    fields: tuple[tuple[str, Any, Any], ...] = ()
    reason: str = ""
    path: str = ""


def changes(cluster: Cluster, documents: Sequence[Document], product: str, *, prune: bool) -> Iterator[Change]:
    """What applying ``documents`` would do, in their order; then what would be pruned."""
    new_namespaces = _new_namespaces(cluster, documents)
    for document in documents:
        yield _change(cluster, document, product, new_namespaces)
    if prune:
        yield from prunings(cluster, documents, product)


def _new_namespaces(cluster: Cluster, documents: Sequence[Document]) -> set[str]:
    """Namespaces that the apply itself will make: no dry run can look into them before."""
    wanted = [d for d in documents if d.kind == "Namespace" and not d.group]
    return {d.name for d in wanted if cluster.get(key_of(d.data)) is None}


def _change(cluster: Cluster, document: Document, product: str, new_namespaces: set[str]) -> Change:
    key = key_of(document.data)
    if key.namespace in new_namespaces:
        return Change(key, Action.CREATE, path=document.path, reason="in a namespace that is new, too")
    before = cluster.get(key)
    try:
        after = cluster.apply(labelled(document, product), dry_run=True)
    except Conflict as error:
        return Change(key, Action.CONFLICT, reason=str(error), path=document.path)
    except Refused as error:
        return Change(key, Action.REFUSED, reason=str(error), path=document.path)
    if before is None:
        return Change(key, Action.CREATE, path=document.path)
    fields = tuple(differences(plain(before), plain(after)))
    return Change(key, Action.CHANGE if fields else Action.KEEP, fields, path=document.path)


def prunings(cluster: Cluster, documents: Sequence[Document], product: str) -> Iterator[Change]:
    """What we brought once and the tree has no more; data is named, and kept."""
    present = {(k.api.rpartition("/")[0], k.kind, k.namespace, k.name) for k in (key_of(d.data) for d in documents)}
    gone = {key_of(o) for o in cluster.owned(product)}
    for key in sorted(gone):
        if (key.api.rpartition("/")[0], key.kind, key.namespace, key.name) not in present:
            kept = is_data(key)
            yield Change(key, Action.KEEP if kept else Action.PRUNE, reason="data is never pruned" if kept else "")


def differences(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The fields in which two objects differ: path, old value, new value (None: not there)."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif before != after:
        yield path, before, after

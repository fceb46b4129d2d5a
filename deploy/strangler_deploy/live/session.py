"""One cluster of a tree: its objects, and the way to its API server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from strangler.errors import StranglerError
from strangler.model import Finding
from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy.check import clusters
from strangler_deploy.checks.documents import read
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.live.cluster import Cluster


@contextmanager
def connect(context: str | None) -> Iterator[Cluster]:
    """The API server of a kubeconfig context (None: the current one, or the one this runs in).

    Raises:
        StranglerError: there is no way to it.
    """
    from strangler_deploy.live.server import LiveCluster  # the client is slow to import, and rarely needed

    cluster = LiveCluster(context)
    try:
        yield cluster
    finally:
        cluster.close()


def objects_of(
    tree: Mapping[str, str],
    plan: Plan,
    tenants: Mapping[str, Tenant],
    cluster: str | None,
    kinds: Sequence[str] = (),
) -> tuple[str, list[Document]]:
    """The name of a cluster and the objects that it gets; ``cluster`` None is the only one there is.

    Raises:
        StranglerError: the tree has no such cluster, or several and none is named, or a file holds no object.
    """
    folders = clusters(Estate(plan), tenants)
    names = sorted(set(folders.values()))
    chosen = cluster or (names[0] if len(names) == 1 else "")
    if chosen not in names:
        hint = f"name one with --cluster: {', '.join(names)}"
        raise StranglerError(f"there is no cluster '{chosen}'" if chosen else "there are several clusters", hint=hint)
    broken: list[Finding] = []
    documents = [d for d in read(tree, broken) if folders.get(d.folder) == chosen]
    if broken:
        raise StranglerError("the tree has files without objects", hint="strangler deploy check shows them")
    return chosen, [d for d in documents if not kinds or d.kind in kinds]

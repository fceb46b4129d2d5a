from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from strangler_deploy.documents import Document
from strangler_deploy.network.endpoints import Pod
from strangler_deploy.network.kinds import read
from strangler_deploy.network.world import World

MakeWorld = Callable[..., World]


def pod(namespace: str, name: str, engine: str = "vpc", address: str | None = None, **labels: str) -> Pod:
    return Pod(
        namespace=namespace,
        name=name,
        labels={"app": name, **labels},
        namespace_labels={"kubernetes.io/metadata.name": namespace, "saas/tenant": namespace},
        engine="cilium" if engine == "cilium" else "vpc",
        address=address,
        ports={"http": 8080},
    )


def policy(
    namespace: str, spec: Mapping[str, Any], kind: str = "NetworkPolicy", api: str = "networking.k8s.io/v1"
) -> Document:
    metadata = {"name": "policy", "namespace": namespace} if namespace else {"name": "policy"}
    return Document("p.yaml", {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec})


@pytest.fixture
def world() -> MakeWorld:
    def make(pods: list[Pod], *documents: Document, networks: tuple[Any, ...] = ()) -> World:
        return World(pods, [rules for document in documents for rules in read(document)], networks)

    return make

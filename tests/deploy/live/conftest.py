from __future__ import annotations

from typing import Any

from strangler_deploy.documents import Document

WAVE = "argocd.argoproj.io/sync-wave"


def config_map(name: str, wave: int = 0, **values: str) -> Document:
    metadata: dict[str, Any] = {"name": name, "namespace": "shop"}
    if wave:
        metadata["annotations"] = {WAVE: str(wave)}
    data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": values}
    return Document(f"{name}.yaml", data, cluster="main")


def namespace(name: str = "shop") -> Document:
    return Document(
        f"{name}.yaml", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, cluster="main"
    )


def deployment(name: str, wave: int = 0) -> Document:
    document = config_map(name, wave)
    data = {**document.data, "apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 2}}
    data.pop("data")
    return Document(f"{name}.yaml", data, cluster="main")

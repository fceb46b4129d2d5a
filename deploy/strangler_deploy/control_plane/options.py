"""How a control plane is to run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What ``strangler control-plane run`` is told.

    ``state`` holds the clone, and the key unless ``key`` names another file; ``database`` is a URL (default: SQLite in
    ``state``), signed in to as ``login`` says; ``repository`` is where commits go (default: the clone itself);
    ``issuer`` is an OIDC issuer beside the local key; ``follow`` says to ask the cluster of the current context how far
    Argo CD is.
    """

    plan: Path
    state: Path
    listen: str = "127.0.0.1:8090"
    key: Path | None = None
    database: str | None = None
    login: str = "password"
    repository: str | None = None
    branch: str = "main"
    review: bool = False
    issuer: str | None = None
    audience: str = "strangler-control-plane"
    tenant_claim: str = "tenant"
    role_claim: str = "roles"
    follow: bool = False

"""Runs services in containers as they are meant to be run: no root, a read-only root file system, no capabilities."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from docker.errors import NotFound
from docker.models.containers import Container

from strangler.errors import UpstreamError
from strangler_scaffolds.containers.engine import engine

_LABEL = "strangler.service"


@dataclass(frozen=True)
class Running:
    """A container that answers: its name and the address on this machine."""

    name: str
    url: str


def up(
    name: str, image: str, environment: Mapping[str, str], volumes: Mapping[str, str], *, wait: float = 30
) -> Running:
    """Start a service and wait until it is alive; one of that name is replaced.

    Args:
        name: the container's name.
        image: what it runs.
        environment: settings it gets.
        volumes: folder on this machine → folder in the container, both writable for its user.
        wait: seconds until it must answer.

    Raises:
        UpstreamError: it does not answer in time, or has ended; its last words are the hint.
    """
    down(name)
    mounts = {source: {"bind": target, "mode": "rw"} for source, target in volumes.items()}
    with engine() as client:
        container = client.containers.run(
            image,
            name=name,
            detach=True,
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            tmpfs={"/tmp": "rw,noexec,nosuid,size=64m"},
            environment=dict(environment),
            volumes=mounts,
            ports={"8000/tcp": ("127.0.0.1", 0)},
            labels={_LABEL: name},
        )
        return Running(name, _wait(container, wait))


def _wait(container: Container, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        container.reload()
        if container.status == "exited":
            break
        ports = container.ports.get("8000/tcp") or []
        if ports and container.exec_run(_PROBE).exit_code == 0:
            return f"http://127.0.0.1:{ports[0]['HostPort']}"
        time.sleep(0.2)
    words = container.logs(tail=10).decode("utf-8", "replace").strip()
    raise UpstreamError(f"{container.name} does not answer ({container.status})", hint=words[-400:])


_PROBE = ["/venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]


def down(name: str) -> None:
    """Stop and remove a container, if it is there."""
    with engine() as client:
        try:
            container = client.containers.get(name)
        except NotFound:
            return
        container.stop(timeout=25)
        container.remove(force=True)

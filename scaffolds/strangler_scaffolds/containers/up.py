"""Runs a stack in containers as it is meant to be run: no root, a read-only root file system, no capabilities."""

from __future__ import annotations

import contextlib
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, NotFound
from docker.models.containers import Container

from strangler.errors import UpstreamError
from strangler_scaffolds.containers.build import build
from strangler_scaffolds.containers.engine import engine
from strangler_scaffolds.containers.stack import Stack, Unit

_LABEL = "strangler.project"
_CONFLICT = 409


@dataclass(frozen=True)
class Running:
    """A container that answers: its name and the address on this machine."""

    name: str
    url: str


def up(
    stack: Stack, root: Path, tell: Callable[[str], None], *, base: str | None = None, wait: float = 60
) -> list[Running]:
    """Build and start every unit and wait until it is alive; what ran before under that name is replaced.

    Args:
        stack: what runs.
        root: the monolith's folder, with the files of the stack in it.
        tell: is told each step.
        base: another base image than the Dockerfiles'.
        wait: seconds until each unit must answer.

    Raises:
        UpstreamError: there is no engine, or a unit does not answer in time or has ended; its last words are the hint.
        StranglerError: an image cannot be built.
    """
    for unit in stack.units:
        build(root / unit.context, unit.image, tell, base=base, dockerfile=unit.dockerfile)
    down(stack.project)
    with engine() as client:
        client.networks.create(stack.project, labels={_LABEL: stack.project})
        return [_started(client, unit, stack, root, tell, wait) for unit in stack.units]


def _started(
    client: docker.DockerClient, unit: Unit, stack: Stack, root: Path, tell: Callable[[str], None], wait: float
) -> Running:
    tell(f"starting {unit.name}")
    container = client.containers.run(unit.image, detach=True, **_settings(client, unit, stack, root))
    return Running(unit.name, _wait(container, unit, wait))


def _settings(client: docker.DockerClient, unit: Unit, stack: Stack, root: Path) -> dict[str, Any]:
    known_as = client.api.create_endpoint_config(aliases=[unit.name])
    return {
        "name": f"{stack.project}-{unit.name}",
        "command": list(unit.command) or None,
        "read_only": unit.read_only,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "tmpfs": {"/tmp": "rw,noexec,nosuid,size=64m"},
        "environment": dict(unit.environment),
        "volumes": _mounts(unit.volumes, stack, root),
        "ports": {f"{inside}/tcp": ("127.0.0.1", outside) for outside, inside in unit.ports},
        "network": stack.project,
        "networking_config": {stack.project: known_as},
        "labels": {_LABEL: stack.project},
    }


def _mounts(volumes: Mapping[str, str], stack: Stack, root: Path) -> list[str]:
    named = {name: f"{stack.project}-{name}" for name in stack.volumes}
    return [f"{named.get(source) or (root / source).resolve()}:{target}" for source, target in volumes.items()]


def _wait(container: Container, unit: Unit, seconds: float) -> str:
    """The address that its first port is published at, as soon as it answers there; any answer is a sign of life."""
    deadline = time.monotonic() + seconds
    port, path = unit.alive
    while time.monotonic() < deadline:
        container.reload()
        if container.status == "exited":
            break
        published = {inside: container.ports.get(f"{inside}/tcp") or [] for inside in (port, unit.ports[0][1])}
        if all(published.values()) and _answers(f"{_url(published[port])}{path}"):
            return _url(published[unit.ports[0][1]])
        time.sleep(0.2)
    words = container.logs(tail=10).decode("utf-8", "replace").strip()
    raise UpstreamError(f"{container.name} does not answer ({container.status})", hint=words[-400:])


def _url(published: list[dict[str, str]]) -> str:
    return f"http://127.0.0.1:{published[0]['HostPort']}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False


def down(project: str) -> list[str]:
    """Stop and remove all containers of a project and their network; gives their names."""
    with engine() as client:
        found = client.containers.list(all=True, filters={"label": f"{_LABEL}={project}"})
        for container in found:
            with _gone():
                container.stop(timeout=25)
                container.remove(force=True)
        with contextlib.suppress(NotFound):
            client.networks.get(project).remove()
        return sorted(str(container.name) for container in found)


@contextlib.contextmanager
def _gone() -> Iterator[None]:
    """Somebody else may be removing the same container: then it goes as well."""
    try:
        yield
    except NotFound:
        return
    except APIError as error:
        if error.status_code != _CONFLICT:
            raise

"""A stack as a compose file, for those who run containers with Docker Compose."""

from __future__ import annotations

from typing import Any

import yaml

from strangler_scaffolds.containers.stack import Stack, Unit

_HEAD = """\
# Written by `strangler up --compose`: monolith, services and facade, as `strangler up` runs them.
# Customers come in at http://127.0.0.1:8080; the facade's page is http://127.0.0.1:8081, its token in its volume.
"""


def compose(stack: Stack) -> str:
    """The text of the compose file, which belongs into the monolith's folder."""
    content = {
        "name": stack.project,
        "services": {unit.name: _service(unit) for unit in stack.units},
        "volumes": {name: {} for name in stack.volumes},
    }
    return _HEAD + yaml.safe_dump(content, sort_keys=False, width=120)


def _service(unit: Unit) -> dict[str, Any]:
    described: dict[str, Any] = {
        "image": unit.image,
        "build": {"context": _path(unit.context), "dockerfile": unit.dockerfile},
        "command": list(unit.command),
        "environment": dict(unit.environment),
        "volumes": [f"{_source(source)}:{target}" for source, target in unit.volumes.items()],
        "ports": [f"127.0.0.1:{outside or ''}:{inside}" for outside, inside in unit.ports],
        "depends_on": list(unit.after),
        "read_only": unit.read_only,
        "tmpfs": ["/tmp:rw,noexec,nosuid,size=64m"],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "restart": "unless-stopped",
    }
    return {key: value for key, value in described.items() if value not in ([], {}, False)}


def _path(path: str) -> str:
    return path if path == "." else f"./{path}"


def _source(source: str) -> str:
    """A folder as compose tells it from the name of a volume."""
    return source if "/" not in source or source.startswith("/") else f"./{source}"

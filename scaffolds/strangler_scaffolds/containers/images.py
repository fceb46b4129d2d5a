"""What the images of the monolith and of the facade are built from, where they bring nothing themselves."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from strangler.plan import Plan

BASE = "python:3.12-slim-bookworm@sha256:a116514e19457bcb7af7efe9c3dd0b9b71e85b317694e7882a1c52aa15a78134"
_PACKAGES = ("strangler", "strangler_facade")
_EXTRAS = ("facade", "fast")
_HEAD = "# Written by `strangler up`. Tests and mirrors override BASE and nothing else.\n"
# What no image of the monolith needs, in the form of a .dockerignore.
_IGNORED = ".git\n.strangler\nservices\n**/.venv\n**/node_modules\n**/__pycache__\n**/.*_cache\n"
_LAST = "USER 10001:10001\nENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1\n"


def monolith_files(run: str, port: int) -> dict[str, bytes]:
    """An image of the monolith: its dependencies as it states them, its code as it is, started by ``run``."""
    dockerfile = (
        f"{_HEAD}ARG BASE={BASE}\nFROM ${{BASE}} AS build\nRUN python3 -m venv /venv\nWORKDIR /app\nCOPY . .\n"
        "RUN if [ -f requirements.txt ]; then /venv/bin/python -m pip install --no-cache-dir -r requirements.txt;"
        " else /venv/bin/python -m pip install --no-cache-dir .; fi\n\n"
        "FROM ${BASE}\nCOPY --from=build /venv /venv\nCOPY --from=build /app /app\nWORKDIR /app\n"
        f"{_LAST}ENV PATH=/venv/bin:$PATH\nEXPOSE {port}\nCMD {json.dumps(shlex.split(run))}\n"
    )
    return {"monolith/Dockerfile": dockerfile.encode(), "monolith/Dockerfile.dockerignore": _IGNORED.encode()}


def facade_files() -> dict[str, bytes]:
    """An image of this very Strangler, with the facade as what it runs."""
    files = {f"facade/site/{path}": data for path, data in _own_code()}
    files["facade/requirements.txt"] = ("\n".join(_requirements()) + "\n").encode()
    dockerfile = (
        f"{_HEAD}ARG BASE={BASE}\nFROM ${{BASE}} AS build\nRUN python3 -m venv /venv\nCOPY requirements.txt .\n"
        "RUN /venv/bin/python -m pip install --no-cache-dir -r requirements.txt\n\n"
        "FROM ${BASE}\nCOPY --from=build /venv /venv\nCOPY site /site\nRUN mkdir /state && chown 10001:10001 /state\n"
        f"{_LAST}ENV PYTHONPATH=/site\nWORKDIR /tmp\nEXPOSE 8080 8081\n"
        'ENTRYPOINT ["/venv/bin/python", "-m", "strangler"]\n'
    )
    files["facade/Dockerfile"] = dockerfile.encode()
    return files


def _own_code() -> Iterator[tuple[str, bytes]]:
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None and spec.origin is not None, package
        folder = Path(spec.origin).parent
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"{package}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _requirements() -> list[str]:
    """What a facade of this Strangler needs (its extras and no other), at the versions that are installed here."""
    stated = [text for text in importlib.metadata.requires("strangler") or () if _is_wanted(text)]
    names = {match.group() for text in stated if (match := re.match(r"[\w.-]+", text))}
    return sorted(f"{name}=={importlib.metadata.version(name)}" for name in names if _is_here(name))


def _is_wanted(requirement: str) -> bool:
    extra = re.search(r"""extra == ['"]([^'"]+)""", requirement)
    return extra is None or extra[1] in _EXTRAS


def _is_here(distribution: str) -> bool:
    """Whether it is installed: what only makes the facade faster need not be."""
    return any(importlib.metadata.distributions(name=distribution))


def facade_plan(plan: Plan, monolith: str, services: Mapping[str, str]) -> bytes:
    """The plan as the facade's container reads it: the addresses are those of the containers."""
    content = plan.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    content["monolith"]["upstream"] = monolith
    for name, url in services.items():
        content["services"][name]["upstream"] = url
    return yaml.safe_dump(content, sort_keys=False).encode()

"""What the monolith's image is built from where it brings nothing itself, and the plan that the facade is given."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

import yaml

from strangler.plan import Plan
from strangler_scaffolds.services.tree import BASE

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


def facade_plan(plan: Plan, monolith: str, services: Mapping[str, str]) -> bytes:
    """The plan as the facade's container reads it: the addresses are those of the containers."""
    content = plan.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    content["monolith"]["upstream"] = monolith
    for name, url in services.items():
        content["services"][name]["upstream"] = url
    return yaml.safe_dump(content, sort_keys=False).encode()

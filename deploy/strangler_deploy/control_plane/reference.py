"""The reference page of the control plane: its endpoints come from the OpenAPI document, so that none is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from strangler_deploy.control_plane.api.app import create_app
from strangler_deploy.control_plane.identity.tokens import Claims, Verifier
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.tenants.stages import EVENTS

_PAGE = Path(__file__).with_name("reference.md")


def control_plane_reference() -> str:
    """The page."""
    events = sorted({name for names in EVENTS.values() for name in names})
    more = ["billingSuccess", "tenantUserCreated", "tenantUserDeleted"]
    text = _PAGE.read_text(encoding="utf-8")
    told = ", ".join(f"`{name}`" for name in sorted([*events, *more]))
    return text.replace("{events}", told).replace("{endpoints}", "\n".join(_endpoints()))


def _endpoints() -> Iterator[str]:
    for path, item in sorted(_document()["paths"].items()):
        for method, operation in item.items():
            said = " ".join(operation.get("description", "").split())
            yield f"| `{method.upper()} {path}` | {said} | {', '.join(sorted(operation['responses']))} |"


def _document() -> dict[str, Any]:
    """The OpenAPI document, which needs no store and no key."""
    plane = Plane(None, Verifier([], Claims()), lambda: datetime.now(UTC))  # type: ignore[arg-type]
    return create_app(plane).openapi()

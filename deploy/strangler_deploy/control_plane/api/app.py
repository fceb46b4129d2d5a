"""The application: every router, one shape of trouble, the witness around it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from strangler import __version__
from strangler_deploy.control_plane.api import trouble
from strangler_deploy.control_plane.api.bell import Bell
from strangler_deploy.control_plane.api.routes import audit, billing, health, page, requests, tenants, usage, users
from strangler_deploy.control_plane.api.witness import Witness
from strangler_deploy.control_plane.plane import Plane

_ROUTERS = (
    tenants.router,
    requests.router,
    users.router,
    usage.router,
    billing.router,
    audit.router,
    health.router,
    page.router,
)


def create_app(plane: Plane) -> FastAPI:
    """The API of a control plane; ``app.state.bell`` is to be rung when a request has moved on."""
    app = FastAPI(
        title="Strangler control plane",
        version=__version__,
        description="Tenants from sign-up to isolated: each request is one commit, checked before it is made.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.plane, app.state.bell = plane, Bell()
    for router in _ROUTERS:
        app.include_router(router)
    trouble.install(app)
    app.add_middleware(Witness, plane=plane)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the shape of a refusal into the OpenAPI document, where every endpoint points to it."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        document = describe()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        shape = trouble.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(shape.pop("$defs", {}))
        schemas["Problem"] = shape
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return document

    app.openapi = described  # type: ignore[method-assign]

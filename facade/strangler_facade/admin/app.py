"""The admin application: endpoints, page and metrics around one control plane."""

from __future__ import annotations

from fastapi import FastAPI

from strangler import __version__
from strangler_facade.admin import metrics, page, records, services, trouble
from strangler_facade.admin.tokens import Tokens
from strangler_facade.control.plane import ControlPlane


def create_app(control: ControlPlane, tokens: Tokens) -> FastAPI:
    """The application; its OpenAPI document is at ``/openapi.json``."""
    app = application()
    app.state.control, app.state.tokens = control, tokens
    return app


def application() -> FastAPI:
    """The application without anything behind it, enough for its document."""
    app = FastAPI(title="Strangler facade", version=__version__, docs_url=None, redoc_url=None)
    trouble.install(app)
    for part in (services, records, metrics, page):
        app.include_router(part.router)
    return app

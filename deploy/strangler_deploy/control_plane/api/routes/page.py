"""Serves the operators' page; all it shows it asks the API for, with the operator's own token."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter
from fastapi.responses import Response

router = APIRouter(include_in_schema=False)

_TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _file(name: str) -> Response:
    body = (resources.files("strangler_deploy.control_plane.page") / name).read_bytes()
    headers = {"content-security-policy": _POLICY, "x-content-type-options": "nosniff", "cache-control": "no-cache"}
    return Response(body, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


@router.get("/")
def index() -> Response:
    """The page."""
    return _file("index.html")


@router.get("/page.css")
def style() -> Response:
    """Its style."""
    return _file("page.css")


@router.get("/page.js")
def script() -> Response:
    """Its script."""
    return _file("page.js")

"""Serves the page for people: three files, nothing from elsewhere."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter
from fastapi.responses import Response

router = APIRouter(include_in_schema=False)

_TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'"
)


def _file(name: str) -> Response:
    body = (resources.files("strangler_facade.admin") / "assets" / name).read_bytes()
    headers = {"content-security-policy": _POLICY, "x-content-type-options": "nosniff", "cache-control": "no-cache"}
    return Response(body, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


@router.get("/")
async def index() -> Response:
    """The page."""
    return _file("index.html")


@router.get("/page.css")
async def style() -> Response:
    """Its style."""
    return _file("page.css")


@router.get("/page.js")
async def script() -> Response:
    """Its script."""
    return _file("page.js")

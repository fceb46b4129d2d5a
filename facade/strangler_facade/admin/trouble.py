"""Every refusal as the same JSON: ``{"error": {"code", "message", "hint"}}``."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from strangler.errors import StranglerError
from strangler_facade.control.controller import Outdated, Unknown
from strangler_facade.control.stages import IllegalMove
from strangler_facade.control.store import StoreError

_STATUS: tuple[tuple[type[StranglerError], int, str], ...] = (
    (Unknown, 404, "unknown"),
    (IllegalMove, 409, "illegal-move"),
    (Outdated, 412, "outdated"),
    (StoreError, 507, "not-stored"),
)


class Refused(StranglerError):
    """The request lacks a token, or its holder lacks the role."""

    def __init__(self, status: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status, self.code = status, code


def shape(code: str, message: str, hint: str = "") -> dict[str, dict[str, str]]:
    """The body of a refusal."""
    return {"error": {"code": code, "message": message, "hint": hint}}


def install(app: FastAPI) -> None:
    """Make every exception of ``app`` answer in this shape."""
    app.add_exception_handler(StranglerError, _strangler_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _strangler_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StranglerError)
    status, code = 400, "refused"
    if isinstance(error, Refused):
        status, code = error.status, error.code
    for kind, kind_status, kind_code in _STATUS:
        if isinstance(error, kind):
            status, code = kind_status, kind_code
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(shape(code, error.message, error.hint), status, headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
    return JSONResponse(shape("invalid", "; ".join(problems), "see /openapi.json"), 422)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "unknown", 405: "method"}.get(error.status_code, "refused")
    return JSONResponse(shape(code, str(error.detail)), error.status_code, error.headers)

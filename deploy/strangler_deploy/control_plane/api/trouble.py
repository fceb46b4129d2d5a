"""Every refusal as ``application/problem+json`` (RFC 9457): ``title``, ``detail``, and what is wrong where."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from strangler.errors import StranglerError, UpstreamError
from strangler_deploy.control_plane.billing.invoices import NoPrices
from strangler_deploy.control_plane.identity.caller import Forbidden, Hidden, Unauthenticated
from strangler_deploy.control_plane.store.store import StoreError
from strangler_deploy.control_plane.tenants.requests import Conflict, Outdated
from strangler_deploy.control_plane.tenants.wish import InvalidWish

MEDIA_TYPE = "application/problem+json"


class Unconditional(StranglerError):
    """A change was asked for without saying which version it is based on."""


class Reused(StranglerError):
    """An idempotency key came again with something else to do."""


class Mistake(BaseModel):
    """One thing that is wrong, and where in the request."""

    location: str
    message: str


class Problem(BaseModel):
    """Why something was refused (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    hint: str = ""
    errors: list[Mistake] = []


# What each kind of refusal is answered with; a kind stands before those that it is a special case of.
_ANSWERS: tuple[tuple[type[StranglerError], int, str], ...] = (
    (Unauthenticated, 401, "Not authenticated"),
    (Forbidden, 403, "Not allowed"),
    (Hidden, 404, "Not found"),
    (NoPrices, 409, "No price list"),
    (Conflict, 409, "Not possible now"),
    (Outdated, 412, "Changed in the meantime"),
    (InvalidWish, 422, "Not a valid request"),
    (Reused, 422, "Idempotency key used before"),
    (Unconditional, 428, "If-Match is required"),
    (StoreError, 503, "Store not available"),
    (UpstreamError, 503, "Identity provider not available"),
)


_BY_HTTP = {400: "Not readable", 404: "Not found", 405: "Method not allowed", 413: "Too large"}


def install(app: FastAPI) -> None:
    """Make every exception of ``app`` answer in this shape."""
    app.add_exception_handler(StranglerError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def problem(status: int, title: str, detail: str, *, hint: str = "", errors: list[Mistake] | None = None) -> Problem:
    """The body of a refusal."""
    return Problem(title=title, status=status, detail=detail, hint=hint, errors=errors or [])


def answer(body: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """The refusal as a response."""
    return JSONResponse(body.model_dump(), body.status, headers, media_type=MEDIA_TYPE)


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of an endpoint, as its OpenAPI description has them."""
    titles = {**_BY_HTTP, 422: "Not a valid request"}
    titles.update({status: title for _, status, title in reversed(_ANSWERS)})
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": titles[status], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses}


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StranglerError)
    status, title = next(((status, title) for kind, status, title in _ANSWERS if isinstance(error, kind)), (500, "Bug"))
    mistakes = []
    if isinstance(error, InvalidWish):
        mistakes = [Mistake(location=f"body.{key}", message=message) for key, message in error.problems]
    request.state.reason = error.message
    headers = {401: {"www-authenticate": "Bearer"}, 503: {"retry-after": "1"}}.get(status)
    return answer(problem(status, title, error.message, hint=error.hint, errors=mistakes), headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    mistakes = [
        Mistake(
            location=".".join(str(step) for step in detail["loc"]), message=detail["msg"].removeprefix("Value error, ")
        )
        for detail in error.errors()
    ]
    detail = "; ".join(f"{mistake.location}: {mistake.message}" for mistake in mistakes[:5])
    request.state.reason = detail
    body = problem(422, "Not a valid request", detail, hint="see /openapi.json", errors=mistakes[:100])
    return answer(body)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = {400: "Not readable", 404: "Not found", 405: "Method not allowed", 413: "Too large"}.get(
        error.status_code, "Refused"
    )
    request.state.reason = str(error.detail)
    return answer(problem(error.status_code, title, str(error.detail)), dict(error.headers or {}))

"""One family of exceptions; the API answers each as a JSON problem object."""

import logging

from flask import jsonify, render_template, request
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)


class ShopError(Exception):
    status = 400
    code = "bad_request"
    title = "The request cannot be carried out"

    def __init__(self, detail: str = "", **extra):
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra

    def to_problem(self) -> dict:
        problem = {"type": f"urn:shop:problem:{self.code}", "title": self.title}
        problem.update(status=self.status, code=self.code, detail=self.detail, **self.extra)
        return problem


class ValidationFailed(ShopError):
    status = 422
    code = "validation_failed"
    title = "The request has wrong or missing fields"


class Unauthenticated(ShopError):
    status = 401
    code = "unauthenticated"
    title = "Log in first"


class Forbidden(ShopError):
    status = 403
    code = "forbidden"
    title = "Not allowed"


class NotFound(ShopError):
    status = 404
    code = "not_found"
    title = "No such thing"


class Conflict(ShopError):
    status = 409
    code = "conflict"
    title = "This does not fit the current state"


class TooMany(ShopError):
    status = 429
    code = "too_many"
    title = "Slow down"


class TenantRequired(ShopError):
    status = 400
    code = "tenant_required"
    title = "Name the tenant in the X-Tenant header, or log in"


class Busy(ShopError):
    status = 503
    code = "busy"
    title = "The store is busy, try again"


def problem_response(error: ShopError):
    response = jsonify(error.to_problem())
    response.status_code = error.status
    response.content_type = "application/problem+json"
    if error.status == 503:
        response.headers["Retry-After"] = "1"
    return response


def _answer(error: ShopError):
    if request.path.startswith("/api/") or request.path == "/healthz":
        return problem_response(error)
    return render_template("error.html", error=error), error.status


def _http_error(error: HTTPException):
    if error.code is None or error.code < 400:
        return error
    problem = ShopError(error.description or "")
    problem.status = error.code
    problem.code = error.name.lower().replace(" ", "_")
    problem.title = error.name
    response = _answer(problem)
    allowed = getattr(error, "valid_methods", None)
    if allowed and hasattr(response, "headers"):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _store_error(error: OperationalError):
    text = str(error.orig).lower()
    if "locked" in text or "lock timeout" in text:
        log.warning("store busy on %s %s", request.method, request.path)
        return _answer(Busy())
    return _unexpected(error)


def _integrity_error(error: IntegrityError):
    """Two requests created the same thing at once; the database let one of them."""
    log.warning("conflict on %s %s: %s", request.method, request.path, error.orig)
    return _answer(Conflict("Somebody else was a moment faster; look again."))


def _unexpected(error: Exception):
    log.exception("unhandled error on %s %s", request.method, request.path, exc_info=error)
    problem = ShopError("The error has been written to the log.")
    problem.status, problem.code, problem.title = 500, "internal_error", "Something went wrong"
    return _answer(problem)


def register(app) -> None:
    app.register_error_handler(ShopError, _answer)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _store_error)
    app.register_error_handler(IntegrityError, _integrity_error)
    app.register_error_handler(Exception, _unexpected)

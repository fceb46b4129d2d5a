"""Reading JSON bodies and query strings, with one kind of complaint for all of them."""

from flask import request

from shop import clock
from shop.errors import ValidationFailed


def read_json() -> dict:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ValidationFailed("The body must be a JSON object.")
    return body


def text(body: dict, name: str, default=None, max_length: int = 200) -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or not value.strip():
        raise ValidationFailed(f"{name} must be a non-empty string.", field=name)
    if len(value) > max_length:
        raise ValidationFailed(f"{name} is longer than {max_length}.", field=name)
    return value.strip()


def integer(body: dict, name: str, default=None, minimum: int = 0, maximum: int = 10**12) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationFailed(f"{name} must be a whole number.", field=name)
    if not minimum <= value <= maximum:
        raise ValidationFailed(f"{name} must be from {minimum} to {maximum}.", field=name)
    return value


def instant(body: dict, name: str):
    """An optional ISO 8601 instant."""
    value = body.get(name)
    if value is None:
        return None
    try:
        return clock.parse_instant(value)
    except (ValueError, AttributeError, TypeError):
        raise ValidationFailed(f"{name} must be an ISO 8601 instant.", field=name) from None


def query_day(name: str, default):
    value = request.args.get(name)
    if value is None:
        return default
    try:
        return clock.parse_day(value)
    except ValueError:
        raise ValidationFailed(f"{name} must be a date like 2025-01-31.", field=name) from None


def query_period(default_start, default_end):
    """`from` and `to` (exclusive) of the query string."""
    start, end = query_day("from", default_start), query_day("to", default_end)
    if start >= end:
        raise ValidationFailed("from must be before to.", field="from")
    return start, end


def query_page(default_limit: int = 50, max_limit: int = 200) -> tuple[int, int]:
    limit = request.args.get("limit", default_limit, type=int)
    offset = request.args.get("offset", 0, type=int)
    return max(1, min(limit, max_limit)), max(0, offset)

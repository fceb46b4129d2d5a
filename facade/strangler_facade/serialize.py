"""The route table as JSON, and the check that a table does not contradict itself."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from strangler.errors import StranglerError
from strangler_facade.table import Condition, Route, RouteTable

FORMAT = "strangler-route-table/1"

_ADAPTER: TypeAdapter[RouteTable] = TypeAdapter(RouteTable)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\Z")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")


class TableError(StranglerError):
    """A route table that cannot be used; ``problems`` holds every reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the route table cannot be used: " + "; ".join(problems))
        self.problems = tuple(problems)


def to_json(table: RouteTable) -> dict[str, Any]:
    """The table as JSON values, without what is at its default; the same table gives the same bytes."""
    document: dict[str, Any] = {"format": FORMAT}
    document.update(_ADAPTER.dump_python(table, mode="json", exclude_defaults=True))
    return document


def from_json(document: Mapping[str, Any]) -> RouteTable:
    """The table a JSON document describes.

    Raises:
        TableError: with every problem: unknown keys, wrong types, and what ``problems`` finds.
    """
    values = dict(document)
    if values.pop("format", FORMAT) != FORMAT:
        raise TableError([f"format: must be {FORMAT!r}"])
    try:
        table = _ADAPTER.validate_python(values)
    except ValidationError as error:
        raise TableError([_sentence(item["loc"], item["msg"]) for item in error.errors()]) from error
    return checked(table)


def checked(table: RouteTable) -> RouteTable:
    """The table itself.

    Raises:
        TableError: it contradicts itself.
    """
    found = list(problems(table))
    if found:
        raise TableError(found)
    return table


def problems(table: RouteTable) -> Iterator[str]:
    """Everything that is wrong with a table, each with the place."""
    names = [target.name for target in table.targets]
    yield from (f"targets: {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1}))
    for target in table.targets:
        yield from _target(target.name, target.url)
    if table.default not in names:
        yield f"default: there is no target {table.default!r}"
    routes = [route.name for route in table.routes]
    yield from (f"routes: {name} is there twice" for name in sorted({n for n in routes if routes.count(n) > 1}))
    for route in table.routes:
        yield from (f"route {route.name}: {problem}" for problem in _route(route, frozenset(names)))
    for network in table.forwarding.trusted:
        yield from _network(network, "forwarding.trusted")
    if table.forwarding.served_by and not _TOKEN.match(table.forwarding.served_by):
        yield "forwarding.served_by: must be the name of a header"


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(str(part) for part in place)}: {message}"


def _target(name: str, url: str) -> Iterator[str]:
    if not _NAME.match(name):
        yield f"targets: {name!r} is no name (letters, digits, '.', '_', ':' and '-')"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        yield f"target {name}: its url must look like http://127.0.0.1:8000"


def _network(text: str, place: str) -> Iterator[str]:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        yield f"{place}: {error}"


def _route(route: Route, targets: frozenset[str]) -> Iterator[str]:
    if not _NAME.match(route.name):
        yield "its name must be of letters, digits, '.', '_', ':' and '-'"
    yield from (f"path {path!r} must begin with '/'" for path in route.match.paths if not path.startswith("/"))
    match = route.match
    for condition in (*match.headers, *match.cookies, *match.query, *match.claims):
        yield from _condition(condition)
    yield from (problem for network in match.clients for problem in _network(network, "clients"))
    yield from _shares(route)
    wanted = [route.split.rest, *(share.target for share in route.split.shares)]
    wanted += [route.fallback] if route.fallback else []
    wanted += [route.mirror.target] if route.mirror else []
    yield from (f"there is no target {name!r}" for name in wanted if name not in targets)


def _shares(route: Route) -> Iterator[str]:
    shares = route.split.shares
    if any(not 0 <= share.percent <= 100 for share in shares) or sum(share.percent for share in shares) > 100:
        yield "its shares must be between 0 and 100 percent, together too"


def _condition(condition: Condition) -> Iterator[str]:
    if condition.test == "regex":
        try:
            re.compile(condition.value)
        except re.error as error:
            yield f"the regex {condition.value!r} of {condition.name} is wrong: {error}"

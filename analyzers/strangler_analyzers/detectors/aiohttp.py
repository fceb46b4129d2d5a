"""aiohttp's server: route tables, ``add_get`` and its like, sub-applications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from strangler.analysis import Route
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.mounts import Mounts, kind_of, receiver_of
from strangler_analyzers.detectors.paths import from_braces, methods_of, route_id, unique
from strangler_analyzers.detectors.world import World, argument, flat, ref_of, text
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.values import Made, Member, Value, Values

_VERBS = ("get", "post", "put", "patch", "delete", "view", "route")
_HOLDERS = ("web.Application", "RouteTableDef")


class _Entry(NamedTuple):
    event: Event
    holder: Value
    path: str
    method: str | None
    handlers: Values


def detect(world: World) -> Found:
    """The routes of every application."""
    mounts = _mounts(world)
    routes: list[Route] = []
    for entry in [*_decorated(world), *_added(world), *_listed(world)]:
        paths = mounts.paths(entry.holder, entry.path, _HOLDERS[:1])
        refs = [ref for handler in entry.handlers if (ref := ref_of(handler)) is not None]
        routes.extend(_route(world, entry, path, ref) for ref in refs for path in paths)
    return Found(routes=tuple(unique(routes)))


def _route(world: World, entry: _Entry, path: str, ref: str) -> Route:
    methods = methods_of([entry.method]) if entry.method and entry.method != "*" else None
    plain = from_braces(path)
    where = (world.evidence(entry.event.func.module, entry.event.line),)
    identity = route_id(methods, plain)
    return Route(identity, "aiohttp", methods, plain, ref, ref.partition(":")[0], entry.path, None, where)


def _is_holder(value: Value | None) -> bool:
    return value is not None and kind_of(value).startswith("aiohttp") and kind_of(value).endswith(_HOLDERS)


def _mounts(world: World) -> Mounts:
    mounts = Mounts()
    for event in world.named("add_subapp"):
        for child in argument(event.made, 1, "subapp"):
            mounts.hang(child, receiver_of(event.made), text(argument(event.made, 0, "prefix")) or "")
    for event in world.named("add_routes"):
        for table in argument(event.made, 0, "routes"):
            if _is_holder(table):
                mounts.hang(table, _application(event), "")
    return mounts


def _application(event: Event) -> Value | None:
    """The application of ``app.add_routes`` and of ``app.router.add_get``."""
    receiver = receiver_of(event.made)
    return receiver.base if isinstance(receiver, Member) and receiver.attr == "router" else receiver


def _verb(tail: str, call: Made) -> tuple[str | None, int]:
    """The method of a route, and the place of its path among the arguments."""
    if tail == "route":
        return (text(argument(call, 0, "method")), 1)
    return (None if tail == "view" else tail, 0)


def _decorated(world: World) -> Iterator[_Entry]:
    for event in world.named(*_VERBS):
        decorator = event.made.callee
        holder = receiver_of(decorator) if isinstance(decorator, Made) else None
        if isinstance(decorator, Made) and holder is not None and _is_holder(holder):
            method, place = _verb(event.name.rpartition(".")[2], decorator)
            path = text(argument(decorator, place, "path"))
            if path is not None:
                yield _Entry(event, holder, path, method, argument(event.made, 0))


def _added(world: World) -> Iterator[_Entry]:
    for event in world.named(*(f"add_{verb}" for verb in _VERBS)):
        resource = receiver_of(event.made)
        if isinstance(resource, Made) and resource.callee.dotted.endswith(".add_resource"):
            yield from _of_resource(event, resource)
            continue
        holder = _application(event)
        method, place = _verb(event.name.rpartition("add_")[2], event.made)
        path = text(argument(event.made, place, "path"))
        if holder is not None and _is_holder(holder) and path is not None:
            yield _Entry(event, holder, path, method, argument(event.made, place + 1, "handler"))


def _of_resource(event: Event, resource: Made) -> Iterator[_Entry]:
    """``app.router.add_resource("/orders").add_route("GET", orders)``."""
    holder, path = _application(event._replace(made=resource)), text(argument(resource, 0, "path"))
    if holder is not None and _is_holder(holder) and path is not None:
        yield _Entry(event, holder, path, text(argument(event.made, 0, "method")), argument(event.made, 1, "handler"))


def _listed(world: World) -> Iterator[_Entry]:
    """``app.add_routes([web.get("/", home)])``."""
    for event in world.named("add_routes"):
        holder = _application(event)
        for one in flat(argument(event.made, 0, "routes")):
            if holder is not None and isinstance(one, Made) and one.callee.dotted.startswith("aiohttp.web."):
                method, place = _verb(one.callee.dotted.rpartition(".")[2], one)
                path = text(argument(one, place, "path"))
                if path is not None:
                    made_at = event._replace(func=one.by, line=one.line)
                    yield _Entry(made_at, holder, path, method, argument(one, place + 1, "handler"))


DETECTOR = Detector(
    "aiohttp",
    "aiohttp's server: `RouteTableDef`, `add_get` and its like, lists of routes, sub-applications.",
    detect,
    (
        Example(
            "a table, a list, a resource and a sub-application",
            {
                "app.py": (
                    "from aiohttp import web\n\nroutes = web.RouteTableDef()\n\n\n"
                    "@routes.get('/orders/{id}')\nasync def show(request): ...\n\n\nasync def place(request): ...\n\n\n"
                    "async def stats(request): ...\n\n\napp = web.Application()\nadmin = web.Application()\n"
                    "app.add_routes(routes)\napp.add_routes([web.post('/orders', place)])\n"
                    "app.router.add_resource('/health').add_route('GET', stats)\n"
                    "admin.router.add_get('/stats', stats)\napp.add_subapp('/admin', admin)\n"
                ),
            },
            (
                "GET /admin/stats -> app:stats",
                "GET /health -> app:stats",
                "POST /orders -> app:place",
                "GET /orders/{id} -> app:show",
            ),
        ),
    ),
)

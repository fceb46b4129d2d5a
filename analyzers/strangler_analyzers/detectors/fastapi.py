"""FastAPI and Starlette: decorated endpoints, routers with prefixes, mounts, route lists."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Route
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.mounts import Mounts, kind_of, receiver_of
from strangler_analyzers.detectors.paths import from_braces, methods_of, route_id, unique
from strangler_analyzers.detectors.world import World, argument, flat, ref_of, text, texts
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.values import Made, Member, Value, Values

_VERBS = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
_APPLICATIONS = ("FastAPI", "Starlette")
_HOLDERS = (*_APPLICATIONS, "APIRouter", "routing.Router")


def detect(world: World) -> Found:
    """The routes of every application."""
    mounts = _mounts(world)
    found = [route for one in _endpoints(world) for route in _routes(world, mounts, *one)]
    applications = {kind_of(event.made) for event in world.named(*_APPLICATIONS)}
    if applications:
        found = [(holder, route) for holder, route in found if mounts.is_reachable(holder, _HOLDERS[:2])]
    found.extend(_lists(world))
    return Found(routes=tuple(unique([route for _, route in found])))


def _is_holder(value: Value) -> bool:
    return kind_of(value).endswith(_HOLDERS)


def _mounts(world: World) -> Mounts:
    mounts = Mounts()
    for event in world.named("APIRouter"):
        mounts.own(event.made, text(argument(event.made, -1, "prefix")) or "")
    for made in _internal_holders(world):
        mounts.own(made, text(argument(made, -1, "prefix")) or "")
    _included(world, mounts)
    return mounts


def _included(world: World, mounts: Mounts) -> None:
    for event in world.named("include_router"):
        above = _holder_of(event.made)
        given = argument(event.made, -1, "prefix")
        for child in argument(event.made, 0, "router") if above is not None else ():
            mounts.hang(child, above, text(given) or "", is_known="prefix" not in event.made.kwargs or bool(given))
    for event in world.named("mount"):
        above = _holder_of(event.made)
        for child in argument(event.made, 1, "app") if above is not None and _is_holder(above) else ():
            given = argument(event.made, 0, "path")
            mounts.hang(child, above, text(given) or "", is_known=text(given) is not None)


def _holder_of(made: Made) -> Value | None:
    """The application or router whose method ``made`` calls, also by way of ``app.router``."""
    receiver = receiver_of(made)
    return receiver.base if isinstance(receiver, Member) and receiver.attr == "router" else receiver


def _internal_holders(world: World) -> Iterator[Made]:
    """Objects of classes of the program that derive from a holder."""
    seen = set()
    for event in world.events:
        holder = receiver_of(event.made)
        if isinstance(holder, Made) and holder.instance is not None and holder not in seen and _is_holder(holder):
            seen.add(holder)
            yield holder


Endpoint = tuple[Event, Value, Made, list[str] | None, Values]


def _endpoints(world: World) -> Iterator[Endpoint]:
    """(event, holder, the call with the path, methods, handlers)."""
    for event in world.named(*_VERBS, "api_route", "route", "websocket", "websocket_route"):
        decorator = event.made.callee
        if isinstance(decorator, Made) and isinstance(event.made, Made):
            holder = _holder_of(decorator)
            name = event.name.rpartition(".")[2]
            if holder is not None and _is_holder(holder):
                methods = [name] if name in _VERBS else texts(argument(decorator, -1, "methods")) or None
                yield (event, holder, decorator, methods, argument(event.made, 0))
    for event in world.named("add_api_route", "add_route", "add_websocket_route", "add_api_websocket_route"):
        holder = _holder_of(event.made)
        if holder is not None and _is_holder(holder):
            methods = texts(argument(event.made, 2, "methods")) or (["get"] if "api_route" in event.name else None)
            yield (event, holder, event.made, methods, argument(event.made, 1, "endpoint", "route"))


def _routes(
    world: World, mounts: Mounts, event: Event, holder: Value, call: Made, methods: list[str] | None, handlers: Values
) -> Iterator[tuple[Value, Route]]:
    raw = text(argument(call, 0, "path"))
    for handler in handlers:
        ref = ref_of(handler)
        if ref is not None and raw is not None:
            for path in mounts.paths(holder, raw, _APPLICATIONS):
                yield (holder, _route(world, event, raw, path, methods, ref, text(argument(call, -1, "name"))))


def _route(
    world: World, event: Event, raw: str, path: str, methods: list[str] | None, ref: str, name: str | None
) -> Route:
    taken = methods_of(methods) if methods else None
    plain = from_braces(path)
    where = (world.evidence(event.func.module, event.line),)
    name = name or ref.rpartition(":")[2].rpartition(".")[2]
    return Route(route_id(taken, plain), "fastapi", taken, plain, ref, ref.partition(":")[0], raw, name, where)


def _lists(world: World) -> Iterator[tuple[Value, Route]]:
    """``Starlette(routes=[Route("/a", a), Mount("/b", routes=[…])])``."""
    for event in world.named("Starlette", "Router", "FastAPI"):
        if kind_of(event.made).startswith(("starlette", "fastapi")):
            yield from _listed(world, event, argument(event.made, -1, "routes"), "")


def _listed(world: World, event: Event, values: Values, prefix: str) -> Iterator[tuple[Value, Route]]:
    for one in flat(values):
        if not isinstance(one, Made):
            continue
        tail = one.callee.dotted.rpartition(".")[2]
        path = prefix + (text(argument(one, 0, "path")) or "")
        if tail == "Mount":
            yield from _listed(world, event, argument(one, 1, "routes", "app"), path)
        elif tail in ("Route", "WebSocketRoute"):
            for handler in argument(one, 1, "endpoint"):
                ref = ref_of(handler)
                if ref is not None:
                    methods = texts(argument(one, -1, "methods")) or None
                    made_at = event._replace(func=one.by, line=one.line)
                    yield (one, _route(world, made_at, path, path, methods, ref, text(argument(one, -1, "name"))))


DETECTOR = Detector(
    "fastapi",
    "FastAPI and Starlette: decorated endpoints (also methods of class-based controllers), nested routers and their "
    "prefixes, mounts, `add_api_route`, lists of `Route` and `Mount`.",
    detect,
    (
        Example(
            "routers within routers",
            {
                "shop/app.py": (
                    "from fastapi import FastAPI\nfrom shop.api import router\n\n"
                    "app = FastAPI()\napp.include_router(router, prefix='/api')\n"
                ),
                "shop/api.py": (
                    "from fastapi import APIRouter\nfrom shop import orders\n\n"
                    "router = APIRouter(prefix='/v1')\nrouter.include_router(orders.router)\n"
                ),
                "shop/orders.py": (
                    "from fastapi import APIRouter\n\nrouter = APIRouter(prefix='/orders')\n\n\n"
                    "@router.get('/{order_id}')\nasync def show(order_id: int): ...\n\n\n"
                    "@router.post('')\nasync def place(): ...\n"
                ),
            },
            ("POST /api/v1/orders -> shop.orders:place", "GET /api/v1/orders/{order_id} -> shop.orders:show"),
        ),
        Example(
            "routes listed for Starlette",
            {
                "app.py": (
                    "from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\n\n\n"
                    "async def home(request): ...\n\n\nasync def user(request): ...\n\n\n"
                    "app = Starlette(routes=[Route('/', home), Mount('/users', routes=[Route('/{name:str}', user)])])\n"
                ),
            },
            ("* / -> app:home", "* /users/{name} -> app:user"),
        ),
    ),
)

"""Django Ninja: operations of an API and of its routers, and the controllers of classes that Ninja Extra adds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from strangler_analyzers.detectors.drf import RouterRoute
from strangler_analyzers.detectors.kinds import Example
from strangler_analyzers.detectors.mounts import kind_of, receiver_of
from strangler_analyzers.detectors.paths import methods_of
from strangler_analyzers.detectors.world import World, argument, ref_of, text, texts
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.values import Class, Const, Func, Made, Value, Values, unwrapped

_VERBS = ("get", "post", "put", "patch", "delete")
_PARAMETER = re.compile(r"\{(?:[^{}:]+:)?([^{}:]+)\}")
_DEEPEST = 12


def is_api(value: Value) -> bool:
    """Whether ``value`` is an API, whose ``urls`` a URLconf takes in."""
    kind = kind_of(value)
    return kind.startswith("ninja") and kind.endswith("API")


def api_routes(world: World, api: Value) -> Iterator[RouterRoute]:
    """The routes of everything that hangs below ``api``, relative to where its urls are included."""
    yield from _below(world, api, "", 0)
    for event in world.named("register_controllers"):
        if receiver_of(event.made) is api:
            for cls in (one for values in event.made.args for one in values if isinstance(one, Class)):
                yield from _controller(world, cls)
    if any(receiver_of(event.made) is api for event in world.named("auto_discover_controllers")):
        for cls in world.classes:
            yield from _controller(world, cls)


def _below(world: World, holder: Value, prefix: str, depth: int) -> Iterator[RouterRoute]:
    for event in world.named(*_VERBS, "api_operation"):
        decorator = event.made.callee
        if isinstance(decorator, Made) and receiver_of(decorator) is holder:
            yield from _operation(event, decorator, prefix)
    for event in world.named("add_router") if depth <= _DEEPEST else ():
        if receiver_of(event.made) is holder:
            below = f"{prefix}/{text(argument(event.made, 0, 'prefix')) or ''}"
            for child in _routers(world, argument(event.made, 1, "router")):
                yield from _below(world, child, below, depth + 1)


def _routers(world: World, values: Values) -> Iterator[Value]:
    """Routers, also those named by text."""
    for value in values:
        if isinstance(value, Const) and isinstance(value.value, str):
            path, _, name = value.value.rpartition(".")
            yield from world.modules[path].env.get(name, ()) if path in world.modules else ()
        else:
            yield value


def _operation(event: Event, decorator: Made, prefix: str) -> Iterator[RouterRoute]:
    tail = event.name.rpartition(".")[2]
    is_general = tail == "api_operation"
    methods = methods_of(texts(argument(decorator, 0, "methods")) if is_general else [tail])
    path = text(argument(decorator, 1 if is_general else 0, "path"))
    for handler in argument(event.made, 0):
        ref = ref_of(handler)
        if ref is not None and path is not None:
            name = text(argument(decorator, -1, "url_name")) or ref.rpartition(":")[2]
            yield RouterRoute(_path(prefix, path), methods, ref, name, event.func.module, event.line)


def _path(*parts: str) -> str:
    """Ninja puts a slash between the parts that are there, and makes one of many."""
    joined = re.sub("/+", "/", "/".join(part for part in parts if part))
    return _PARAMETER.sub(r"{\1}", joined.lstrip("/"))


def _controller(world: World, cls: Class) -> Iterator[RouterRoute]:
    """The methods of a class that ``@api_controller`` makes a controller."""
    marks = [one for values in cls.decorators for one in values if isinstance(one, Made)]
    mark = next((one for one in marks if one.callee.dotted.endswith("api_controller")), None)
    if mark is None:
        return
    prefix = text(argument(mark, 0, "prefix_or_class", "prefix")) or ""
    for name in sorted(cls.members):
        for func in map(unwrapped, cls.members[name]):
            for made in _marks(func):
                tail = made.callee.dotted.rpartition(".")[2].removeprefix("http_")
                path = text(argument(made, 0, "path"))
                if tail in _VERBS and path is not None and isinstance(func, Func):
                    yield RouterRoute(_path(prefix, path), methods_of([tail]), func.ref, name, cls.module, made.line)


def _marks(func: Value) -> list[Made]:
    if not isinstance(func, Func):
        return []
    return [one for values in func.decorators for one in values if isinstance(one, Made)]


EXAMPLE = Example(
    "Django Ninja: an API, a router named by text, a controller",
    {
        "shop/urls.py": (
            "from django.urls import path\nfrom shop.api import api\n\nurlpatterns = [path('api/', api.urls)]\n"
        ),
        "shop/api.py": (
            "from ninja_extra import NinjaExtraAPI, api_controller, http_get\n\napi = NinjaExtraAPI()\n"
            "api.add_router('/orders/', 'shop.orders.router')\n\n\n"
            "@api.get('/health')\ndef health(request): ...\n\n\n"
            "@api_controller('/users')\nclass Users:\n    @http_get('/{int:pk}')\n    def show(self, pk): ...\n\n\n"
            "api.register_controllers(Users)\n"
        ),
        "shop/orders.py": (
            "from ninja import Router\n\nrouter = Router()\n\n\n"
            "@router.api_operation(['PUT', 'PATCH'], '/{uuid:order}')\ndef change(request, order): ...\n"
        ),
    },
    (
        "GET /api/health -> shop.api:health",
        "PATCH,PUT /api/orders/{order} -> shop.orders:change",
        "GET /api/users/{pk} -> shop.api:Users.show",
    ),
)

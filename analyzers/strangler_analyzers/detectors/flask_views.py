"""Classes whose exposed methods are routes: Flask-AppBuilder's views and APIs, Flask-Admin's views."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Route
from strangler_analyzers.detectors.kinds import Example
from strangler_analyzers.detectors.mounts import kind_of, receiver_of
from strangler_analyzers.detectors.paths import from_angles, join, methods_of, route_id
from strangler_analyzers.detectors.world import World, argument, flat, said, text, texts
from strangler_analyzers.resolve.hierarchy import inherited, linearised, outside
from strangler_analyzers.resolve.objects import class_behind
from strangler_analyzers.resolve.values import Class, Const, Func, Made, Value, unwrapped

_LIBRARIES = ("flask_appbuilder", "flask_admin")
_REGISTERS = ("add_view", "add_view_no_menu", "add_api", "add_views")


def exposed_routes(world: World) -> Iterator[Route]:
    """The routes of every view that an application builder or administration is handed."""
    for holder, view in (*_registered(world), *_indexes(world)):
        cls = _class_of(view)
        if cls is not None:
            yield from _methods(world, cls, _start(cls, view, holder))


def _registered(world: World) -> Iterator[tuple[Value, Value]]:
    for event in world.named(*_REGISTERS):
        holder = receiver_of(event.made)
        if holder is not None and _is_of_library(holder):
            yield from ((holder, view) for values in event.made.args for view in values)


def _is_of_library(holder: Value) -> bool:
    return (kind_of(holder) or holder.dotted).startswith(_LIBRARIES)


def _indexes(world: World) -> Iterator[tuple[Value, Value]]:
    """The view of the first page: given to the builder, or set on it."""
    for event in world.named("AppBuilder", "Admin"):
        if _is_of_library(event.made):
            yield from ((event.made, view) for view in argument(event.made, -1, "indexview", "index_view"))
    for func in world.functions:
        for record in world.records(func):
            for owner, attr, values, _, _ in record.writes:
                if attr == "indexview" and _is_of_library(owner):
                    yield from ((owner, view) for view in values)


def _class_of(view: Value) -> Class | None:
    cls = class_behind(view)
    is_view = isinstance(cls, Class) and any(base.dotted.startswith(_LIBRARIES) for base in outside(cls))
    return cls if is_view and isinstance(cls, Class) else None


def _start(cls: Class, view: Value, holder: Value) -> str:
    """Where the paths of a view begin: what the class says, or its name in lower case below what its kind says."""
    if (kind_of(holder) or holder.dotted).startswith("flask_admin"):
        return _of_admin(cls, view, holder)
    base = said(cls, "route_base")
    if base is not None:
        return base
    if any(one.dotted.endswith("IndexView") for one in outside(cls)):
        return ""
    if not any(one.dotted.endswith("Api") for one in outside(cls)):
        return f"/{cls.scope.name.lower()}"
    return f"/api/{said(cls, 'version') or 'v1'}/{(said(cls, 'resource_name') or cls.scope.name).lower()}"


def _of_admin(cls: Class, view: Value, holder: Value) -> str:
    above = text(argument(holder, 2, "url")) if isinstance(holder, Made) else None
    if any(base.dotted.endswith("AdminIndexView") for base in outside(cls)):
        return above or "/admin"
    given = argument(view, -1, "url") or argument(view, -1, "endpoint") if isinstance(view, Made) else ()
    name = text(given) or cls.scope.name.lower()
    return name if name.startswith("/") else f"{above or '/admin'}/{name}"


def _methods(world: World, cls: Class, start: str) -> Iterator[Route]:
    seen: set[str] = set()
    included = _names(cls, "include_route_methods")
    excluded = _names(cls, "exclude_route_methods") or set()
    for one in linearised(cls)[0]:
        for name in sorted(set(one.members) - seen):
            seen.add(name)
            is_left_out = name in excluded or (included is not None and name not in included)
            for value in () if is_left_out else one.members[name]:
                func = unwrapped(value)
                if isinstance(func, Func):
                    yield from _exposed(world, cls, func, start)


def _names(cls: Class, name: str) -> set[str] | None:
    """The names in a set that the class has as ``name``, where all of it is known."""
    held = flat(inherited(cls, name))
    return set(texts(tuple(held))) if held and all(isinstance(one, Const) for one in held) else None


def _exposed(world: World, cls: Class, func: Func, start: str) -> Iterator[Route]:
    for values in func.decorators:
        for mark in values:
            if isinstance(mark, Made) and mark.callee.dotted.endswith(".expose"):
                raw = text(argument(mark, 0, "url")) or "/"
                path = from_angles(join(start.rstrip("/") + "/" + raw.lstrip("/")))
                methods = methods_of(texts(argument(mark, 1, "methods")) or ["GET"])
                where = (world.evidence(func.module, mark.line),)
                name = f"{cls.scope.name}.{func.scope.name}"
                identity = route_id(methods, path)
                yield Route(identity, "flask", methods, path, func.ref, func.module.name, raw, name, where)


EXAMPLE = Example(
    "views and APIs of Flask-AppBuilder",
    {
        "app.py": (
            "from flask import Flask\n"
            "from flask_appbuilder import AppBuilder, BaseView, IndexView, ModelRestApi, expose\n\n"
            "appbuilder = AppBuilder()\n\n\n"
            "class Report(BaseView):\n    @expose('<int:day>')\n    def show(self, day): ...\n\n\n"
            "class Home(IndexView):\n    @expose('/hello')\n    def hello(self): ...\n\n\n"
            "class Base(ModelRestApi):\n    @expose('/related')\n    def related(self): ...\n\n\n"
            "class OrderApi(Base):\n    resource_name = 'order'\n    include_route_methods = {'get'} | {'ship'}\n\n"
            "    @expose('/<pk>/ship', methods=['POST'])\n    def ship(self, pk): ...\n\n\n"
            "def create_app():\n    app = Flask(__name__)\n    appbuilder.indexview = Home\n"
            "    appbuilder.init_app(app)\n"
            "    appbuilder.add_view(Report, 'Reports')\n    appbuilder.add_api(OrderApi)\n    return app\n"
        ),
    },
    (
        "POST /api/v1/order/{pk}/ship -> app:OrderApi.ship",
        "GET /hello -> app:Home.hello",
        "GET /report/{day} -> app:Report.show",
    ),
)

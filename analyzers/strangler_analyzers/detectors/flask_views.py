"""Classes whose exposed methods are routes: Flask-AppBuilder's views and APIs, Flask-Admin's views."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Route
from strangler_analyzers.detectors.kinds import Example
from strangler_analyzers.detectors.mounts import kind_of, receiver_of
from strangler_analyzers.detectors.paths import from_angles, join, methods_of, route_id
from strangler_analyzers.detectors.world import World, argument, text, texts
from strangler_analyzers.resolve.hierarchy import linearised, member, outside
from strangler_analyzers.resolve.holders import object_of
from strangler_analyzers.resolve.values import Class, Func, Made, Value, unwrapped

_LIBRARIES = ("flask_appbuilder", "flask_admin")
_REGISTERS = ("add_view", "add_view_no_menu", "add_api", "add_views")


def exposed_routes(world: World) -> Iterator[Route]:
    """The routes of every view that an application builder or administration is handed."""
    for event in world.named(*_REGISTERS):
        holder = receiver_of(event.made)
        if holder is None or not (kind_of(holder) or holder.dotted).startswith(_LIBRARIES):
            continue
        for values in event.made.args:
            for view in values:
                cls = _class_of(view)
                if cls is not None:
                    yield from _methods(world, cls, _start(cls, view, holder))


def _class_of(view: Value) -> Class | None:
    instance = object_of(view)
    cls = instance.cls if instance is not None else view
    is_view = isinstance(cls, Class) and any(base.dotted.startswith(_LIBRARIES) for base in outside(cls))
    return cls if is_view and isinstance(cls, Class) else None


def _start(cls: Class, view: Value, holder: Value) -> str:
    """Where the paths of a view begin: what the class says, or its name in lower case below what its kind says."""
    if (kind_of(holder) or holder.dotted).startswith("flask_admin"):
        return _of_admin(cls, view, holder)
    base = _said(cls, "route_base")
    if base is not None:
        return base
    if not any(one.dotted.endswith("Api") for one in outside(cls)):
        return f"/{cls.scope.name.lower()}"
    return f"/api/{_said(cls, 'version') or 'v1'}/{(_said(cls, 'resource_name') or cls.scope.name).lower()}"


def _of_admin(cls: Class, view: Value, holder: Value) -> str:
    above = text(argument(holder, 2, "url")) if isinstance(holder, Made) else None
    if any(base.dotted.endswith("AdminIndexView") for base in outside(cls)):
        return above or "/admin"
    given = argument(view, -1, "url") or argument(view, -1, "endpoint") if isinstance(view, Made) else ()
    name = text(given) or cls.scope.name.lower()
    return name if name.startswith("/") else f"{above or '/admin'}/{name}"


def _said(cls: Class, name: str) -> str | None:
    found = member(cls, name)
    return text(found[1]) if found is not None else None


def _methods(world: World, cls: Class, start: str) -> Iterator[Route]:
    seen: set[str] = set()
    for one in linearised(cls)[0]:
        for name in sorted(set(one.members) - seen):
            seen.add(name)
            for value in one.members[name]:
                func = unwrapped(value)
                if isinstance(func, Func):
                    yield from _exposed(world, cls, func, start)


def _exposed(world: World, cls: Class, func: Func, start: str) -> Iterator[Route]:
    for values in func.decorators:
        for mark in values:
            if isinstance(mark, Made) and mark.callee.dotted.endswith(".expose"):
                raw = text(argument(mark, 0, "url")) or "/"
                path = from_angles(join(start + raw))
                methods = methods_of(texts(argument(mark, 1, "methods")) or ["GET"])
                where = (world.evidence(func.module, mark.line),)
                name = f"{cls.scope.name}.{func.scope.name}"
                identity = route_id(methods, path)
                yield Route(identity, "flask", methods, path, func.ref, func.module.name, raw, name, where)


EXAMPLE = Example(
    "views and APIs of Flask-AppBuilder",
    {
        "app.py": (
            "from flask import Flask\nfrom flask_appbuilder import AppBuilder, BaseView, ModelRestApi, expose\n\n"
            "appbuilder = AppBuilder()\n\n\n"
            "class Report(BaseView):\n    @expose('/<int:day>')\n    def show(self, day): ...\n\n\n"
            "class OrderApi(ModelRestApi):\n    resource_name = 'order'\n\n"
            "    @expose('/<pk>/ship', methods=['POST'])\n    def ship(self, pk): ...\n\n\n"
            "def create_app():\n    app = Flask(__name__)\n    appbuilder.init_app(app)\n"
            "    appbuilder.add_view(Report, 'Reports')\n    appbuilder.add_api(OrderApi)\n    return app\n"
        ),
    },
    ("POST /api/v1/order/{pk}/ship -> app:OrderApi.ship", "GET /report/{day} -> app:Report.show"),
)

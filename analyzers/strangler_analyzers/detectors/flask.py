"""Flask: decorated views, blueprints within blueprints, view classes, RESTful and RESTX resources."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from strangler.analysis import Route
from strangler_analyzers.detectors.flask_classful import EXAMPLE as CLASSFUL
from strangler_analyzers.detectors.flask_classful import View, classful_views
from strangler_analyzers.detectors.flask_views import EXAMPLE as EXPOSED
from strangler_analyzers.detectors.flask_views import exposed_routes
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.mounts import Mounts, kind_of, receiver_of
from strangler_analyzers.detectors.paths import from_angles, methods_of, route_id, unique
from strangler_analyzers.detectors.world import World, argument, ref_of, text, texts
from strangler_analyzers.resolve.hierarchy import linearised, member
from strangler_analyzers.resolve.values import Class, Made, Member, Value

_VERBS = ("get", "post", "put", "patch", "delete")
_APPLICATIONS = ("Flask", "Quart", "APIFlask", "OpenAPI")
_HOLDERS = (*_APPLICATIONS, "Blueprint", "APIBlueprint", "Api", "Namespace", "Api.namespace")


def detect(world: World) -> Found:
    """The routes of every application."""
    mounts = _mounts(world)
    routes = []
    for view in [*_decorated(world), *_rules(world), *_resources(world), *classful_views(world)]:
        # Below the prefix of a blueprint a rule need not begin with a slash.
        rule = view.rule if view.rule.startswith("/") or not view.rule else f"/{view.rule}"
        for path in mounts.paths(view.holder, rule, _APPLICATIONS):
            plain = from_angles(path)
            where = (world.evidence(view.event.func.module, view.event.line),)
            module = view.handler.partition(":")[0]
            identity = route_id(view.methods, plain)
            name = _name(view)
            routes.append(Route(identity, "flask", view.methods, plain, view.handler, module, view.rule, name, where))
    routes.extend(exposed_routes(world))
    return Found(routes=tuple(unique(routes)))


def _name(view: View) -> str:
    blueprint = text(argument(view.holder, 0, "name")) if isinstance(view.holder, Made) else None
    is_application = kind_of(view.holder).endswith(_APPLICATIONS)
    return view.name if is_application or not blueprint else f"{blueprint}.{view.name}"


def _is_holder(value: Value | None) -> bool:
    return value is not None and kind_of(value).endswith(_HOLDERS)


def _mounts(world: World) -> Mounts:
    mounts = Mounts()
    for event in world.named("Blueprint", "APIBlueprint"):
        mounts.own(event.made, text(argument(event.made, -1, "url_prefix")) or "")
    for event in world.named("register_blueprint", "register_api"):
        above = receiver_of(event.made)
        for child in argument(event.made, 0, "blueprint"):
            given = text(argument(event.made, -1, "url_prefix"))
            if above is not None and given is not None:
                # The prefix given on registration takes the place of the blueprint's own.
                mounts.own(child, "")
            mounts.hang(child, above, given or "")
    _api_mounts(world, mounts)
    return mounts


def _api_mounts(world: World, mounts: Mounts) -> None:
    for event in world.named("Api"):
        mounts.own(event.made, text(argument(event.made, -1, "prefix")) or "")
        for above in argument(event.made, 0, "app"):
            mounts.hang(event.made, above, "")
    for event in world.named("init_app"):
        api = receiver_of(event.made)
        for above in argument(event.made, 0, "app"):
            if _is_holder(above) and api is not None and kind_of(api).endswith(".Api"):
                mounts.hang(api, above, "")
    _namespaces(world, mounts)


def _namespaces(world: World, mounts: Mounts) -> None:
    for event in world.named("namespace"):
        # ``api.namespace("orders")`` makes one and adds it.
        mounts.hang(event.made, receiver_of(event.made), "")
    for event in world.named("Namespace", "namespace"):
        name = text(argument(event.made, 0, "name"))
        path = text(argument(event.made, -1, "path"))
        mounts.own(event.made, path if path is not None else f"/{name}" if name else "")
    for event in world.named("add_namespace"):
        for child in argument(event.made, 0, "ns"):
            given = text(argument(event.made, 1, "path"))
            if given is not None:
                mounts.own(child, "")
            mounts.hang(child, receiver_of(event.made), given or "")


def _decorated(world: World) -> Iterator[View]:
    for event in world.named("route", *_VERBS):
        decorator = event.made.callee
        if not isinstance(decorator, Made):
            continue
        holder = receiver_of(decorator)
        tail = event.name.rpartition(".")[2]
        for handler in argument(event.made, 0):
            ref = ref_of(handler)
            if ref is None or holder is None or not _is_holder(holder):
                continue
            methods = _methods(decorator, tail, handler)
            name = text(argument(decorator, -1, "endpoint")) or ref.rpartition(":")[2]
            for rule in _rules_of(decorator):
                yield View(event, holder, rule, methods, ref, name)


def _rules_of(call: Made) -> list[str]:
    return [rule for values in call.args for rule in texts(values)] or texts(argument(call, -1, "rule", "urls"))


def _methods(call: Made, tail: str, handler: Value) -> tuple[str, ...] | None:
    if tail in _VERBS:
        return methods_of([tail])
    if isinstance(handler, Class):
        return class_methods(handler)
    return methods_of(texts(argument(call, -1, "methods")) or ["GET"])


def class_methods(cls: Class) -> tuple[str, ...] | None:
    """The HTTP methods a view class answers: those it, or a class of the program it derives from, defines."""
    names = {name for one in linearised(cls)[0] for name in one.members}
    declared = member(cls, "methods")
    given = texts(declared[1]) if declared else []
    return methods_of(given or [verb for verb in _VERBS if verb in names])


def _rules(world: World) -> Iterator[View]:
    """``add_url_rule(rule, endpoint, view)``."""
    for event in world.named("add_url_rule"):
        holder = receiver_of(event.made)
        views = argument(event.made, 2, "view_func")
        # Several rules and several views would be paired by chance.
        rules = texts(argument(event.made, 0, "rule"))[: 1 if len(views) > 1 else None]
        if holder is None or not _is_holder(holder):
            continue
        for rule, view in itertools.product(rules, views):
            cls = _viewed_class(view)
            ref = ref_of(cls or view)
            if ref is not None:
                given = methods_of(texts(argument(event.made, -1, "methods")))
                methods = given or (class_methods(cls) if cls else ("GET",))
                name = text(argument(event.made, 1, "endpoint")) or ref.rpartition(":")[2]
                yield View(event, holder, rule, methods, ref, name)


def _viewed_class(view: Value) -> Class | None:
    """The class behind ``View.as_view("name")``."""
    callee = view.callee if isinstance(view, Made) else None
    if isinstance(callee, Member) and callee.attr == "as_view" and isinstance(callee.base, Class):
        return callee.base
    return None


def _resources(world: World) -> Iterator[View]:
    """``api.add_resource(Resource, "/a", "/b")``."""
    for event in world.named("add_resource"):
        holder = receiver_of(event.made)
        for cls in argument(event.made, 0, "resource"):
            if isinstance(cls, Class) and holder is not None:
                for rule in [rule for values in event.made.args[1:] for rule in texts(values)]:
                    yield View(event, holder, rule, class_methods(cls), cls.ref, cls.scope.name.lower())


DETECTOR = Detector(
    "flask",
    "Flask (and Quart): decorated views, `add_url_rule`, `MethodView`, nested blueprints, plug-ins, Flask-RESTful and "
    "Flask-RESTX resources and namespaces, Flask-AppBuilder's and Flask-Admin's exposed methods, Flask-Classful's "
    "views.",
    detect,
    (
        Example(
            "blueprints registered by a factory",
            {
                "shop/__init__.py": (
                    "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n"
                    "    from shop.orders import bp\n    app.register_blueprint(bp)\n    return app\n"
                ),
                "shop/orders.py": (
                    "from flask import Blueprint\n\nbp = Blueprint('orders', __name__, url_prefix='/orders')\n\n\n"
                    "@bp.route('/<int:order_id>', methods=['GET', 'DELETE'])\ndef show(order_id): ...\n\n\n"
                    "@bp.post('/')\ndef place(): ...\n"
                ),
            },
            ("POST /orders/ -> shop.orders:place", "DELETE,GET /orders/{order_id} -> shop.orders:show"),
        ),
        Example(
            "plug-ins found by scanning a folder, with a helper that puts paths together",
            {
                "shop/__init__.py": (
                    "import os\nfrom importlib import import_module\nfrom flask import Flask\n\n\n"
                    "def serve(app, folder):\n    def asset(path): ...\n\n"
                    "    app.add_url_rule(rule='/' + folder.strip('/') + '/<path:path>', view_func=asset)\n\n\n"
                    "class Shop(Flask): ...\n\n\ndef create_app():\n    app = Shop(__name__)\n"
                    "    for name in os.listdir('plugins'):\n"
                    "        import_module('.' + name, package='shop.plugins').load(app)\n    return app\n"
                ),
                "shop/plugins/__init__.py": "",
                "shop/plugins/maps.py": "from shop import serve\n\n\ndef load(app):\n    serve(app, '/maps/')\n",
                "shop/plugins/mail.py": "from shop import serve\n\n\ndef load(app):\n    serve(app, 'mail')\n",
            },
            ("GET /mail/{path} -> shop:serve.asset", "GET /maps/{path} -> shop:serve.asset"),
        ),
        Example(
            "a view class and a resource",
            {
                "app.py": (
                    "from flask import Flask\nfrom flask.views import MethodView\n"
                    "from flask_restful import Api, Resource\n\napp = Flask(__name__)\napi = Api(app, prefix='/api')\n"
                    "\n\nclass Users(MethodView):\n    def get(self): ...\n    def post(self): ...\n\n\n"
                    "class Item(Resource):\n    def delete(self, name): ...\n\n\n"
                    "app.add_url_rule('/users', view_func=Users.as_view('users'))\n"
                    "api.add_resource(Item, '/items/<string:name>')\n"
                ),
            },
            ("DELETE /api/items/{name} -> app:Item", "GET,POST /users -> app:Users"),
        ),
        EXPOSED,
        CLASSFUL,
    ),
)

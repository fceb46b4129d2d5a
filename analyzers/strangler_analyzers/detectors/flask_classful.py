"""Flask-Classful's views: a class whose public methods are routes, registered with an application or blueprint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from strangler_analyzers.detectors.kinds import Example
from strangler_analyzers.detectors.mounts import receiver_of
from strangler_analyzers.detectors.paths import angle_names, join, methods_of
from strangler_analyzers.detectors.world import World, argument, said, text, texts
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.hierarchy import inherited, linearised, outside
from strangler_analyzers.resolve.values import Class, Const, Func, Made, Value, unwrapped

_LIBRARIES = ("flask_classful", "flask_classy")
_VERBS = {"index": "GET", "get": "GET", "put": "PUT", "patch": "PATCH", "post": "POST", "delete": "DELETE"}


class View(NamedTuple):
    """A rule of an application or blueprint (``holder``), and what answers it."""

    event: Event
    holder: Value
    rule: str
    methods: tuple[str, ...] | None
    handler: str
    name: str


def classful_views(world: World) -> Iterator[View]:
    """The rules of every ``FlaskView`` that is registered."""
    for event in world.named("register"):
        cls = receiver_of(event.made)
        if isinstance(cls, Class) and any(base.dotted.startswith(_LIBRARIES) for base in outside(cls)):
            for holder in argument(event.made, 0, "app"):
                yield from _views(event, holder, cls)


def _views(event: Event, holder: Value, cls: Class) -> Iterator[View]:
    start = _option(event, cls, "route_prefix") + "/" + _base(event, cls)
    left_out = _listed(cls, "excluded_methods")
    for name in sorted({name for one in linearised(cls)[0] for name in one.members} - left_out):
        is_view = not name.startswith(("_", "before_", "after_"))
        for func in map(unwrapped, inherited(cls, name)) if is_view else ():
            if isinstance(func, Func) and func.binding in ("", "static"):
                for rule, methods in _rules(cls, func, start):
                    yield View(event, holder, rule, methods, func.ref, f"{cls.scope.name}:{name}")


def _option(event: Event, cls: Class, name: str) -> str:
    return text(argument(event.made, -1, name)) or said(cls, name) or ""


def _base(event: Event, cls: Class) -> str:
    """What the class or who registers it says, or the name of the class, its words parted by dashes."""
    given = text(argument(event.made, 1, "route_base"))
    given = said(cls, "route_base") if given is None else given
    if given is not None:
        return given
    words = re.sub("(.)([A-Z][a-z]+)", r"\1-\2", cls.scope.name.removesuffix("View"))
    return re.sub("([a-z0-9])([A-Z])", r"\1-\2", words).lower()


def _rules(cls: Class, func: Func, start: str) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    own = list(_marked(func, "route"))
    for mark in own:
        rule = text(argument(mark, 0, "rule")) or ""
        path = _joined(start, rule) if rule else _joined(start)
        yield (path, methods_of(texts(argument(mark, -1, "methods")) or ["GET"]))
    if own:
        return
    name = func.scope.name
    verbs = [_VERBS[name]] if name in _VERBS else [verb for one in _marked(func, "method") for verb in _first(one)]
    tail = "" if name in _VERBS else name.replace("_", "-") if _is(cls, "method_dashified", True) else name
    parts = [f"<{one}>" for one in _arguments(cls, func, start)]
    slash = "" if _is(cls, "trailing_slash", False) else "/"
    yield (_joined(start, tail, *parts).rstrip("/") + slash, methods_of(verbs or ["GET"]))


def _joined(*parts: str) -> str:
    return re.sub("/+", "/", join("/".join(parts)))


def _marked(func: Func, mark: str) -> Iterator[Made]:
    for value in (value for values in func.decorators for value in values):
        dotted = value.callee.dotted if isinstance(value, Made) else ""
        if isinstance(value, Made) and dotted.startswith(_LIBRARIES) and dotted.endswith(f".{mark}"):
            yield value


def _first(mark: Made) -> list[str]:
    return texts(argument(mark, 0, "method"))


def _arguments(cls: Class, func: Func, start: str) -> list[str]:
    """The parameters that become parts of the path: those that must be given and are not in it already."""
    known = {"self", *_listed(cls, "base_args"), *angle_names(start)}
    needed = (name for name in func.layout.places if name not in func.layout.defaulted)
    return [] if _is(cls, "inspect_args", False) else [name for name in needed if name not in known]


def _listed(cls: Class, name: str) -> set[str]:
    return set(texts(inherited(cls, name)))


def _is(cls: Class, name: str, given: bool) -> bool:
    return any(isinstance(value, Const) and value.value is given for value in inherited(cls, name))


EXAMPLE = Example(
    "views of Flask-Classful, registered through a base of the program's own",
    {
        "app.py": (
            "from flask import Blueprint, Flask\nfrom flask_classful import FlaskView, route\n\n\n"
            "class Base(FlaskView):\n    route_prefix = '/v1/ws/<workspace>'\n    base_args = ['workspace']\n\n"
            "    @classmethod\n    def register(cls, app, *args):\n        super().register(app, *args)\n\n"
            "    def index(self, workspace): ...\n\n    def _hidden(self): ...\n\n\n"
            "class OrderLinesView(Base):\n    def get(self, workspace, key, full=False): ...\n\n"
            "    @route('/<int:key>/ship', methods=['POST'])\n    def ship(self, workspace, key): ...\n\n"
            "    def open(self, workspace): ...\n\n\n"
            "bp = Blueprint('orders', __name__)\nOrderLinesView.register(bp)\n"
            "app = Flask(__name__)\napp.register_blueprint(bp, url_prefix='/api')\n"
        ),
    },
    (
        "GET /api/v1/ws/{workspace}/order-lines/ -> app:Base.index",
        "GET /api/v1/ws/{workspace}/order-lines/open/ -> app:OrderLinesView.open",
        "GET /api/v1/ws/{workspace}/order-lines/{key}/ -> app:OrderLinesView.get",
        "POST /api/v1/ws/{workspace}/order-lines/{key}/ship -> app:OrderLinesView.ship",
    ),
)

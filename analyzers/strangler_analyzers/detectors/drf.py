"""Django REST framework: routers, viewsets and their extra actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from strangler_analyzers.detectors.paths import from_angles, from_regex, methods_of
from strangler_analyzers.detectors.world import World, argument, text, texts
from strangler_analyzers.resolve.hierarchy import linearised, member
from strangler_analyzers.resolve.values import Class, Func, Items, Made, Member, Module

_LIST = {"list": "get", "create": "post"}
_DETAIL = {"retrieve": "get", "update": "put", "partial_update": "patch", "destroy": "delete"}
# The actions an outside base brings.
_BROUGHT = {
    "ModelViewSet": (*_LIST, *_DETAIL),
    "ReadOnlyModelViewSet": ("list", "retrieve"),
    "ListModelMixin": ("list",),
    "CreateModelMixin": ("create",),
    "RetrieveModelMixin": ("retrieve",),
    "UpdateModelMixin": ("update", "partial_update"),
    "DestroyModelMixin": ("destroy",),
}


class RouterRoute(NamedTuple):
    """A route a router makes, relative to where its urls are included."""

    path: str
    methods: tuple[str, ...] | None
    handler: str
    name: str
    module: Module
    line: int


def router_routes(world: World, router: Made) -> Iterator[RouterRoute]:
    """The routes of everything registered with ``router``."""
    slash = "" if any(getattr(v, "value", None) is False for v in argument(router, -1, "trailing_slash")) else "/"
    for event in world.named("register"):
        callee = event.made.callee
        if isinstance(callee, Member) and callee.base is router:
            prefix = text(argument(event.made, 0, "prefix"))
            for viewset in argument(event.made, 1, "viewset"):
                if isinstance(viewset, Class) and prefix is not None:
                    base = text(argument(event.made, 2, "basename", "base_name")) or prefix
                    for path, methods, handler, name in _viewset(viewset, from_regex(prefix), base, slash):
                        yield RouterRoute(path, methods, handler, name, event.func.module, event.line)


_Route = tuple[str, tuple[str, ...] | None, str, str]


def _viewset(cls: Class, prefix: str, base: str, slash: str) -> Iterator[_Route]:
    actions = _actions(cls)
    start = f"{prefix}/" if prefix else ""
    listed = [verb for action, verb in _LIST.items() if action in actions]
    if listed:
        yield (f"{prefix}{slash}" if prefix else "", methods_of(listed), cls.ref, f"{base}-list")
    lookup = "{" + _lookup(cls) + "}"
    yield from _extra(cls, start, lookup, base, slash)
    detailed = [verb for action, verb in _DETAIL.items() if action in actions]
    if detailed:
        yield (f"{start}{lookup}{slash}", methods_of(detailed), cls.ref, f"{base}-detail")


def _actions(cls: Class) -> set[str]:
    order, outside = linearised(cls)
    found = {name for one in order for name in one.members if name in _LIST or name in _DETAIL}
    for base in outside:
        found.update(_BROUGHT.get(base.dotted.rpartition(".")[2], ()))
    return found


def _lookup(cls: Class) -> str:
    for name in ("lookup_url_kwarg", "lookup_field"):
        defined = member(cls, name)
        given = text(defined[1]) if defined else None
        if given:
            return given
    return "pk"


def _extra(cls: Class, start: str, lookup: str, base: str, slash: str) -> Iterator[_Route]:
    """Methods decorated with ``@action(detail=…)``."""
    seen = set()
    for one in linearised(cls)[0]:
        for name in sorted(one.members):
            for func in one.members[name]:
                made = _action_of(func) if isinstance(func, Func) and name not in seen else None
                if made is None or not isinstance(func, Func):
                    continue
                seen.add(name)
                detail = any(getattr(value, "value", None) is True for value in argument(made, -1, "detail"))
                url = text(argument(made, -1, "url_path")) or name
                path = start + (f"{lookup}/" if detail else "") + from_angles(from_regex(url)) + slash
                yield (path, methods_of(texts(argument(made, 0, "methods")) or ["get"]), func.ref, f"{base}-{name}")


def _action_of(func: Func) -> Made | None:
    for values in func.decorators:
        for value in values:
            tail = value.callee.dotted.rpartition(".")[2] if isinstance(value, Made) else ""
            if isinstance(value, Made) and tail in ("action", "detail_route", "list_route"):
                return value
    return None


def viewset_methods(view: Made) -> tuple[str, ...] | None:
    """The methods in ``ViewSet.as_view({"get": "list"})``."""
    for value in view.args[0] if view.args else ():
        if isinstance(value, Items):
            return methods_of([key for key in value.keyed if isinstance(key, str)])
    return None

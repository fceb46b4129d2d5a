"""Django REST framework: routers, viewsets and their extra actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from strangler_analyzers.detectors.drf_layouts import Template, layout_of
from strangler_analyzers.detectors.paths import from_angles, from_regex, methods_of
from strangler_analyzers.detectors.world import World, argument, said, text, texts
from strangler_analyzers.resolve.hierarchy import inherited, linearised, member
from strangler_analyzers.resolve.values import Class, Func, Items, Made, Member, Module, Value, Values, unwrapped

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


class _Registered(NamedTuple):
    """A viewset at a prefix of a router."""

    prefix: str
    viewset: Class
    base: str | None
    module: Module
    line: int


_Route = tuple[str, tuple[str, ...] | None, str, str]


def router_routes(world: World, router: Made) -> Iterator[RouterRoute]:
    """The routes of everything registered with ``router``, or below what is registered with it."""
    slash = "" if any(getattr(v, "value", None) is False for v in argument(router, -1, "trailing_slash")) else "/"
    start = _nested_start(world, router)
    own = router.instance.cls if router.instance is not None else None
    layout = layout_of(own) if own is not None else []
    for one in (*_registered(world, router, ""), *_registered_by_own(world, router)):
        yield from _routes_of(one._replace(prefix=start + one.prefix), slash, layout)
    for view in _root_views(world, router):
        if isinstance(view, Class):
            yield RouterRoute("", ("GET",), view.ref, "api-root", router.module, router.line)


def _root_views(world: World, router: Made) -> Values:
    """The view at the root of a router: what was set on it, or what its class says."""
    found = world.program.noted("root views", lambda: dict(_set_on_routers(world)))
    own = inherited(router.instance.cls, "APIRootView") if router.instance is not None else ()
    return found.get(router) or own


def _set_on_routers(world: World) -> Iterator[tuple[Value, Values]]:
    for func in world.functions:
        for record in world.records(func):
            yield from ((owner, values) for owner, attr, values, _, _ in record.writes if attr == "APIRootView")


def _routes_of(one: _Registered, slash: str, layout: Sequence[Template] = ()) -> Iterator[RouterRoute]:
    prefix, base = from_regex(one.prefix), one.base or one.prefix
    found = (
        _laid_out(one.viewset, prefix, base, slash, layout) if layout else _viewset(one.viewset, prefix, base, slash)
    )
    for path, methods, handler, name in found:
        yield RouterRoute(path, methods, handler, name, one.module, one.line)


def _laid_out(cls: Class, prefix: str, base: str, slash: str, layout: Sequence[Template]) -> Iterator[_Route]:
    """The routes of a viewset where the router has templates of its own."""
    lookup = "{" + _lookup(cls) + "}"
    for template in layout:
        if template.mapping is None:
            for extra in _extra(cls):
                if extra.is_detail is template.is_detail:
                    path = template.path(prefix, lookup, slash, extra.url)
                    yield (path, extra.methods, extra.handler, f"{base}-{extra.name}")
            continue
        methods = methods_of([method for method, action in template.mapping.items() if _acts(cls, action)])
        if methods:
            yield (template.path(prefix, lookup, slash), methods, cls.ref, base)


def _acts(cls: Class, action: str) -> bool:
    return member(cls, action) is not None or action in _actions(cls)


def _registered_by_own(world: World, router: Made) -> Iterator[_Registered]:
    """What a ``register`` that the program wrote over the framework's is called with, where the router is made."""
    if router.instance is None:
        return
    order = linearised(router.instance.cls)[0]
    for owner, one in world.program.noted("own registrations", lambda: list(_own_registrations(world))):
        if owner in order and one.module is router.module:
            yield one


def _registered(world: World, holder: Made, start: str) -> Iterator[_Registered]:
    """What is registered with a router, or with what registering gave (drf-extensions' nested routers)."""
    for event in world.named("register"):
        callee = event.made.callee
        prefix = text(argument(event.made, 0, "prefix"))
        if not isinstance(callee, Member) or callee.base is not holder or prefix is None:
            continue
        lookups = texts(argument(event.made, 3, "parents_query_lookups"))
        above = f"{start}/{{parent_lookup_{lookups[-1]}}}/" if start and lookups else ""
        for viewset in argument(event.made, 1, "viewset"):
            if isinstance(viewset, Class):
                base = text(argument(event.made, 2, "basename", "base_name"))
                yield _Registered(above + prefix, viewset, base, event.func.module, event.line)
        yield from _registered(world, event.made, above + prefix)


def _nested_start(world: World, router: Made) -> str:
    """Where the routes of drf-nested-routers' routers begin: below one object of what the router above has."""
    above = next((one for one in argument(router, 0, "parent_router") if isinstance(one, Made)), None)
    prefix, lookup = text(argument(router, 1, "parent_prefix")), text(argument(router, -1, "lookup"))
    if above is None or prefix is None:
        return ""
    viewsets = [one.viewset for one in _registered(world, above, "") if one.prefix == prefix]
    field = _lookup(viewsets[0]) if viewsets else "pk"
    return f"{_nested_start(world, above)}{prefix}/{{{lookup or 'nested'}_{field}}}/"


def own_router_of(made: Made) -> Class | None:
    """The program's own router (a copy of the framework's, by its shape) whose method made a pattern."""
    owner = made.by.receiver or made.by.owner
    if owner is None or not all(member(owner, name) for name in ("register", "get_urls")):
        return None
    return owner


def own_router_routes(world: World, router: Class) -> Iterator[RouterRoute]:
    """The routes of everything registered with the program's own ``router``."""
    found = world.program.noted("own registrations", lambda: list(_own_registrations(world)))
    plain = any(getattr(value, "value", None) is False for value in _given(world, router, "trailing_slash"))
    for owner, one in found:
        if owner in linearised(router)[0]:
            yield from _routes_of(one, "" if plain else "/")


def _given(world: World, router: Class, name: str) -> Iterator[Value]:
    """What the constructor of ``router`` is given as ``name``."""
    for one in linearised(router)[0]:
        for func in one.members.get("__init__", ()):
            if isinstance(func, Func):
                for variant in func.variants():
                    yield from variant.param(name).values


def _own_registrations(world: World) -> Iterator[tuple[Class, _Registered]]:
    for func in world.functions:
        for record in world.records(func) if not func.index else ():
            for site in record.calls:
                if isinstance(site.callee, Func) and site.callee.owner and site.callee.scope.name == "register":
                    prefix = next((one for _, values in site.passes if (one := text(values)) is not None), None)
                    classes = [one for _, values in site.passes for one in values if isinstance(one, Class)]
                    if prefix is not None and classes:
                        yield (site.callee.owner, _Registered(prefix, classes[0], None, func.module, site.line))


def _viewset(cls: Class, prefix: str, base: str, slash: str) -> Iterator[_Route]:
    actions = _actions(cls)
    start = f"{prefix}/" if prefix else ""
    listed = [verb for action, verb in _LIST.items() if action in actions]
    if listed:
        yield (f"{prefix}{slash}" if prefix else "", methods_of(listed), cls.ref, f"{base}-list")
    lookup = "{" + _lookup(cls) + "}"
    for extra in _extra(cls):
        path = start + (f"{lookup}/" if extra.is_detail else "") + extra.url + slash
        yield (path, extra.methods, extra.handler, f"{base}-{extra.name}")
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
        given = said(cls, name)
        if given:
            return given
    return "pk"


class _Extra(NamedTuple):
    """A method of a viewset that has a path of its own."""

    is_detail: bool
    url: str
    methods: tuple[str, ...] | None
    handler: str
    name: str


def _extra(cls: Class) -> Iterator[_Extra]:
    """Methods decorated with ``@action(detail=…)``; an inherited one is the viewset's."""
    seen: set[str] = set()
    for one in linearised(cls)[0]:
        for name in sorted(set(one.members) - seen):
            for func in map(unwrapped, one.members[name]):
                found = _action(func, name) if isinstance(func, Func) else None
                if found is not None and isinstance(func, Func):
                    detail, url, methods = found
                    yield _Extra(detail, url, methods, func.ref if one is cls else cls.ref, name)
        # What a nearer class has under the name is no action unless it says so again.
        seen.update(one.members)


def _action(func: Func, name: str) -> tuple[bool, str, tuple[str, ...] | None] | None:
    """(whether it is about one object, its path, its methods) of an extra action."""
    made = _action_of(func)
    if made is None:
        own = _own_action(func)
        return None if own is None else (own, name, None)
    detail = any(getattr(value, "value", None) is True for value in argument(made, -1, "detail"))
    detail = detail or made.callee.dotted.endswith("detail_route")
    url = from_angles(from_regex(text(argument(made, -1, "url_path")) or name))
    return (detail, url, methods_of(texts(argument(made, 0, "methods")) or ["get"]))


def _action_of(func: Func) -> Made | None:
    for values in func.decorators:
        for value in values:
            tail = value.callee.dotted.rpartition(".")[2] if isinstance(value, Made) else ""
            if isinstance(value, Made) and tail in ("action", "detail_route", "list_route"):
                return value
    return None


def _own_action(func: Func) -> bool | None:
    """Whether the program's own copy of ``detail_route`` or ``list_route`` marks the method, and which."""
    for values in func.decorators:
        for value in values:
            outer = value.outer if isinstance(value, Func) else None
            if outer is not None and outer.scope.name in ("detail_route", "list_route"):
                return outer.scope.name == "detail_route"
    return None


def viewset_methods(view: Made) -> tuple[str, ...] | None:
    """The methods in ``ViewSet.as_view({"get": "list"})``."""
    for value in view.args[0] if view.args else ():
        if isinstance(value, Items):
            return methods_of([key for key in value.keyed if isinstance(key, str)])
    return None

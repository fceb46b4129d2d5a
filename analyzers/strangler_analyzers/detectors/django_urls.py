"""Django's URLconfs: ``path``, ``re_path``, ``include``, translated and configured URLs, class-based views."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from strangler.analysis import Diagnostic, Route
from strangler_analyzers.detectors.django_admin import own_urls, registered_urls, replaced_views, site_of
from strangler_analyzers.detectors.django_examples import EXAMPLES
from strangler_analyzers.detectors.django_settings import main_modules, values_of
from strangler_analyzers.detectors.drf import (
    RouterRoute,
    own_router_of,
    own_router_routes,
    router_routes,
    viewset_methods,
)
from strangler_analyzers.detectors.kinds import Detector, Found
from strangler_analyzers.detectors.ninja import EXAMPLE as NINJA
from strangler_analyzers.detectors.ninja import api_routes, is_api
from strangler_analyzers.detectors.paths import from_angles, from_regex, methods_of, route_id, unique
from strangler_analyzers.detectors.wagtail import EXAMPLE as WAGTAIL
from strangler_analyzers.detectors.wagtail import endpoint_routes, is_api_router
from strangler_analyzers.detectors.world import World, argument, flat, ref_of, root, text, texts
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.objects import class_behind
from strangler_analyzers.resolve.values import (
    Bound,
    Class,
    Const,
    Func,
    Instance,
    Items,
    Made,
    Member,
    Module,
    Value,
    Values,
    unwrapped,
)

_PATTERNS = {"path": False, "re_path": True, "url": True}
_MOST_DEPTH = 20
# What is put before a path without a slash between is a prefix that an installation may have, and few do.
_PREFIX = re.compile(r"\^?\{\}[^/{$]")
_VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class _Place:
    """Where in the tree of URLconfs a pattern stands."""

    module: Module
    prefix: str = ""
    raw: str = ""
    namespace: str = ""
    depth: int = 0
    seen: tuple[str, ...] = ()


def detect(world: World) -> Found:
    """The routes below every root URLconf."""
    reader = _Reader(world)
    for module in _roots(world):
        reader.read(module.env.get("urlpatterns", ()), _Place(module, seen=(module.name,)))
    return Found(tuple(unique(reader.routes)), diagnostics=tuple(reader.notes))


def _roots(world: World) -> list[Module]:
    """The URLconfs of the projects' settings; else what ``ROOT_URLCONF`` names anywhere, or what none includes."""
    mains = [name for one in main_modules(world.program) for name in texts(values_of(one, "ROOT_URLCONF"))]
    chosen = [world.modules[name] for name in dict.fromkeys(mains) if name in world.modules]
    if chosen:
        return chosen
    with_patterns = [module for _, module in sorted(world.modules.items()) if "urlpatterns" in module.env]
    named = set()
    for module in world.modules.values():
        named.update(texts(module.env.get("ROOT_URLCONF", ())))
    roots = [module for module in with_patterns if module.name in named]
    if roots:
        return roots
    included = _included(world)
    return [module for module in with_patterns if module.name not in included]


def _included(world: World) -> set[str]:
    found = set()
    for event in world.named("include"):
        for value in argument(event.made, 0, "arg"):
            if isinstance(value, Module):
                found.add(value.name)
        found.update(texts(argument(event.made, 0, "arg")))
    return found


class _Reader:
    """Collects routes while it walks from a root down."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.routes: list[Route] = []
        self.notes: list[Diagnostic] = []

    def read(self, values: Values, place: _Place) -> None:
        """The patterns among ``values``."""
        if place.depth > _MOST_DEPTH:
            return
        own: dict[Class, None] = {}
        for one in flat(values):
            if isinstance(one, Made):
                router = own_router_of(one)
                if router is None:
                    self._pattern(one, place)
                else:
                    own[router] = None
            elif isinstance(one, Member):
                self._routers(one, place)
        for router in own:
            self._add_all(own_router_routes(self.world, router), place)

    def _pattern(self, made: Made, place: _Place) -> None:
        tail = made.callee.dotted.rpartition(".")[2]
        if tail in _PATTERNS and made.callee.dotted.startswith("django."):
            self._path(made, place, is_regex=_PATTERNS[tail])
        elif tail in ("i18n_patterns", "format_suffix_patterns", "decorator_include"):
            for values in made.args:
                self.read(values, replace(place, depth=place.depth + 1))
        elif tail == "include":
            self._include(made, place)

    def _path(self, made: Made, place: _Place, *, is_regex: bool) -> None:
        raw = text(argument(made, 0, "route", "regex"))
        if raw is None:
            return
        views = argument(made, 1, "view")
        if _PREFIX.match(raw) or (raw.strip("^") == "{}" and any(map(_is_include, views))):
            raw = raw.replace("{}", "", 1)
            self._note_prefix(made)
        here = replace(
            place,
            prefix=place.prefix + (from_regex(raw) if is_regex else from_angles(raw)),
            raw=place.raw + raw,
            depth=place.depth + 1,
        )
        for view in views:
            self._view(made, view, here)

    def _note_prefix(self, made: Made) -> None:
        if not any(note.path == made.module.path for note in self.notes):
            message = "paths have a prefix that is made at run time; it is taken as empty"
            self.notes.append(Diagnostic("route-prefix", "note", message, made.module.path, made.line))

    def _view(self, made: Made, view: Value, place: _Place) -> None:
        if isinstance(view, Items):
            # What include() gives, or a triple (patterns, app name, namespace) as an AppConfig's or admin's urls.
            known = view.keyed.get(0, ())
            names = texts(view.keyed.get(2, ())) or texts(view.keyed.get(1, ()))
            self.read(known, _within(place, names[0] if names else ""))
        elif isinstance(view, Made) and view.callee.dotted.endswith(".include"):
            self._include(view, place)
        elif (site := site_of(self.world, view)) is not None:
            self._site(site, place)
        elif isinstance(view, Member):
            self._routers(view, place)
        else:
            self._handler(made, view, place)

    def _include(self, made: Made, place: _Place) -> None:
        inner = _within(place, text(argument(made, 1, "namespace")) or "")
        for value in argument(made, 0, "arg"):
            if isinstance(value, Items) and _is_pair(value):
                names = texts(value.keyed.get(1, ()))
                self._include_all(made, value.keyed[0], _within(inner, names[0] if names and inner is place else ""))
            elif isinstance(value, Items | Member):
                self.read((value,), inner)
            elif isinstance(value, Module):
                self._module(value, inner)
        self._named(made, tuple(v for v in argument(made, 0, "arg") if not isinstance(v, Items)), inner)

    def _include_all(self, made: Made, values: Values, place: _Place) -> None:
        """The first of a pair: patterns, a module, or its name."""
        self.read(values, place)
        for value in values:
            if isinstance(value, Module):
                self._module(value, place)
        self._named(made, tuple(v for v in values if not isinstance(v, Items)), place)

    def _named(self, made: Made, values: Values, place: _Place) -> None:
        for name in texts(values):
            module = self.world.modules.get(name)
            if module is not None:
                self.world.program.note_dynamic(made.module, module, made.line, "urlpatterns")
                self._module(module, place)

    def _module(self, module: Module, place: _Place) -> None:
        if module.name in place.seen:
            return
        app = text(module.env.get("app_name", ())) or ""
        there = replace(place, module=module, seen=(*place.seen, module.name))
        namespaced = there if place.namespace or not app else _within(there, app)
        self.read(module.env.get("urlpatterns", ()), namespaced)

    def _routers(self, member: Member, place: _Place) -> None:
        """``router.urls`` of Django REST framework, ``api.urls`` of Django Ninja."""
        router = member.base
        if member.attr == "urls" and is_api(router):
            self._add_all(api_routes(self.world, router), place)
        elif member.attr == "urls" and isinstance(router, Made) and is_api_router(router):
            self._add_all(endpoint_routes(self.world, router), place)
        elif member.attr == "urls" and isinstance(router, Made):
            self._add_all(router_routes(self.world, router), place)

    def _site(self, site: Value, place: _Place) -> None:
        """What the program adds to an administration: by the site itself and by what is registered with it."""
        for values in own_urls(site):
            self.read(values, place)
        for prefix, values in registered_urls(self.world, site):
            self.read(values, replace(place, prefix=place.prefix + prefix, raw=place.raw + prefix))
        for path, view in replaced_views(self.world, site):
            self._add(view.scope.line, path, None, view.ref, None, place, view.module)

    def _add_all(self, routes: Iterable[RouterRoute], place: _Place) -> None:
        for found in routes:
            self._add(found.line, found.path, found.methods, found.handler, found.name, place, found.module)

    def _handler(self, made: Made, view: Value, place: _Place) -> None:
        name = text(argument(made, 3, "name"))
        for handler in viewed(view):
            ref = ref_of(handler)
            if ref is not None:
                self._add(made.line, "", methods_taken(handler, view), ref, name, place, made.module)

    def _add(
        self,
        line: int,
        path: str,
        methods: tuple[str, ...] | None,
        ref: str,
        name: str | None,
        place: _Place,
        at: Module,
    ) -> None:
        full = "/" + (place.prefix + path).lstrip("/")
        name = f"{place.namespace}:{name}" if place.namespace and name else name
        where = (self.world.evidence(at, line),)
        module = ref.partition(":")[0]
        raw = place.raw + path
        self.routes.append(Route(route_id(methods, full), "django", methods, full, ref, module, raw, name, where))


def _within(place: _Place, namespace: str) -> _Place:
    if not namespace:
        return place
    return replace(place, namespace=f"{place.namespace}:{namespace}" if place.namespace else namespace)


def _is_include(view: Value) -> bool:
    return isinstance(view, Items) or (isinstance(view, Made) and view.callee.dotted.endswith(".include"))


def _is_pair(value: Items) -> bool:
    first, second = value.keyed.get(0, ()), value.keyed.get(1, ())
    starts = any(isinstance(one, Items | Module | Const) for one in first)
    return len(value.keyed) in (2, 3) and starts and not any(isinstance(one, Made) for one in second)


def viewed(view: Value, depth: int = 0) -> Iterator[Value]:
    """The functions and classes behind a view, through ``as_view()`` and decorators."""
    view = unwrapped(view)
    if isinstance(view, Func | Bound | Class):
        yield view
    elif isinstance(made := getattr(view, "instance", view), Instance):
        yield made.cls
    elif isinstance(view, Made):
        callee = view.callee
        if isinstance(callee, Member) and callee.attr == "as_view":
            base = class_behind(root(callee.base))
            yield from [base] if isinstance(base, Class) else []
        elif depth < 6:
            for values in view.args:
                for one in values:
                    yield from viewed(one, depth + 1)


def methods_taken(handler: Value, view: Value) -> tuple[str, ...] | None:
    """The HTTP methods a view answers, where its class says."""
    if not isinstance(handler, Class):
        return None
    if isinstance(view, Made) and view.args:
        mapped = viewset_methods(view)
        if mapped is not None:
            return mapped
    order, outside = linearised(handler)
    names = [verb for verb in _VERBS if any(verb in cls.members for cls in order)]
    for base in outside:
        names.extend(_GENERIC.get(base.dotted.rpartition(".")[2], ()))
    return methods_of(names)


_READS = ("get",)
_FORMS = ("get", "post", "put")
_GENERIC = {
    "TemplateView": _READS,
    "ListView": _READS,
    "DetailView": _READS,
    "ArchiveIndexView": _READS,
    "RedirectView": ("get", "post", "put", "patch", "delete"),
    "FormView": _FORMS,
    "CreateView": _FORMS,
    "UpdateView": _FORMS,
    "DeleteView": ("get", "post", "delete"),
    "LoginView": _FORMS,
    "ListAPIView": _READS,
    "RetrieveAPIView": _READS,
    "CreateAPIView": ("post",),
    "DestroyAPIView": ("delete",),
    "UpdateAPIView": ("put", "patch"),
    "ListCreateAPIView": ("get", "post"),
    "RetrieveUpdateAPIView": ("get", "put", "patch"),
    "RetrieveDestroyAPIView": ("get", "delete"),
    "RetrieveUpdateDestroyAPIView": ("get", "put", "patch", "delete"),
}


DETECTOR = Detector(
    "django",
    "Django URLconfs: `path`, `re_path`, `include` of modules, lists and pairs, `i18n_patterns`, URLs made by "
    "`AppConfig` methods, class-based views behind decorators, settings at their defaults, pages of the administration "
    "that the program serves; Django REST framework's routers and viewsets, nested ones, those with templates of their "
    "own, and routers a program copied from it; "
    "Django Ninja's APIs, routers and controllers; endpoints of Wagtail's API.",
    detect,
    (*EXAMPLES, NINJA, WAGTAIL),
)

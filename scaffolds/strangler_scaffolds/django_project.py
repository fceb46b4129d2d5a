"""Finds the Django project around a seam: its settings, and the URL modules that lead to its views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from strangler.analysis import Edge, Evidence
from strangler_scaffolds.rewriting import StandIn
from strangler_scaffolds.territory import Territory

#: Functions that bind a view to a URL: where the view stands in their arguments.
URL_FUNCTIONS = {"path": (1, "view"), "re_path": (1, "view"), "url": (1, "view")}


@dataclass(frozen=True)
class Project:
    """``settings`` are the settings modules, ``root`` the outermost URL module, ``urls`` all of them (that may stay).

    Of the settings the first is what the project starts with where its environment names none, followed by those it is
    built on; ``variants`` are the others beside it, for the environment to name. ``parts`` are modules of the installed
    applications that Django finds by their names.
    """

    settings: tuple[str, ...]
    root: str
    urls: tuple[str, ...]
    parts: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The settings and URL modules."""
        return (*self.settings, *self.variants, *self.urls)


def find_project(territory: Territory) -> Project | None:
    """The project, or None if the code base is none of Django's, or is a library without settings of its own."""
    if not any(framework.name == "django" for framework in territory.analysis.frameworks):
        return None
    first = _settings(territory)
    if first is None:
        return None
    settings = _built_on(territory, first)
    urls = set(_url_modules(territory))
    named = {edge.target for name in settings for edge in territory.imports.get(name, ())}
    roots = sorted((named & urls) or urls, key=lambda name: (name.count("."), name))
    outside = tuple(sorted(name for name in urls if name not in territory.moved))
    parts = tuple(_parts(territory, settings))
    return Project(settings, roots[0] if roots else "", outside, parts, _variants(territory, settings))


def host_modules(territory: Territory) -> tuple[str, ...]:
    """The settings and URL modules: what they name of the seam is theirs to mount."""
    project = find_project(territory)
    return project.hosts if project else ()


def stand_in(package: str) -> StandIn:
    """What the service has in the place of views that it does not have."""
    return StandIn(f"{package}.elsewhere", "elsewhere", URL_FUNCTIONS)


def _parts(territory: Territory, settings: Iterable[str]) -> Iterator[str]:
    """Configurations and template tags of the applications that the settings install."""
    for application in sorted(set(_applications(territory, settings))):
        tags = f"{application}.templatetags"
        for name in territory.modules:
            if name in (f"{application}.apps", tags) or name.startswith(f"{tags}."):
                yield name


def _applications(territory: Territory, settings: Iterable[str]) -> Iterator[str]:
    """The packages of applications: an application is named by its package or by its configuration."""
    for edge in (edge for name in settings for edge in territory.imports.get(name, ())):
        if any(is_application(site.symbol or "", territory) for site in edge.evidence):
            yield edge.target.rpartition(".")[0]
        yield edge.target


def is_application(symbol: str, territory: Territory) -> bool:
    """Whether a class is what Django knows an application by: built, in the end, on its AppConfig."""
    waiting, seen = [symbol], set[str]()
    while waiting:
        name = waiting.pop()
        if name.rpartition(":")[2].rpartition(".")[2] == "AppConfig":
            return True
        if name in territory.classes and name not in seen:
            seen.add(name)
            waiting += territory.classes[name].bases
    return False


def _settings(territory: Territory) -> str | None:
    """The settings that the project's own start script names, else those that most others are built on."""
    found = [m.name for m in territory.analysis.modules if "settings" in m.roles and m.name not in territory.tests]
    starts = [m.name for m in territory.analysis.modules if {"entrypoint", "cli"} & set(m.roles)]
    named = [edge.target for start in sorted(starts) for edge in territory.imports.get(start, ())]
    users = Counter(target for name in found for target in {e.target for e in territory.imports.get(name, ())} - {name})

    def rank(name: str) -> tuple[bool, int, str]:
        return not territory.imports.get(name), -users[name], name

    return next((name for name in named if name in found), min(found, key=rank, default=None))


def _built_on(territory: Territory, settings: str) -> tuple[str, ...]:
    """A settings module and those it imports, nearest first."""
    found = [settings]
    for name in found:
        targets = sorted({edge.target for edge in territory.imports.get(name, ())} - set(found))
        found += [target for target in targets if "settings" in territory.modules[target].roles]
    return tuple(found)


def _variants(territory: Territory, settings: Sequence[str]) -> tuple[str, ...]:
    """The settings modules beside those, one for each place the project runs in; tests have theirs as well."""
    around = settings[0].rpartition(".")[0]
    beside = (m.name for m in territory.analysis.modules if "settings" in m.roles and not m.package)
    return tuple(sorted(name for name in beside if name.rpartition(".")[0] == around and name not in settings))


def _url_modules(territory: Territory) -> Iterator[str]:
    """Modules that declare URLs, and those that include them."""
    declaring = {evidence.path for route in territory.analysis.routes for evidence in route.evidence[:1]}
    first = {m.name for m in territory.analysis.modules if m.path in declaring and m.name not in territory.tests}
    yield from sorted(first | set(_including(territory, first)))


def _including(territory: Territory, included: Iterable[str]) -> Iterator[str]:
    """Modules that name URL modules by a string and are no settings: ``include("shop.urls")``."""
    targets = set(included)
    for source, edges in sorted(territory.imports.items()):
        module = territory.modules.get(source)
        is_code = module is not None and "settings" not in module.roles and source not in territory.tests
        if is_code and any(edge.target in targets and "dynamic" in edge.scope for edge in edges):
            yield source


def settings_targets(territory: Territory, project: Project) -> Iterator[tuple[Edge, Evidence]]:
    """Each module of the code base that the settings name, and where; those for tests are no part of the product."""
    named = set(project.settings + project.variants)
    for name in sorted(named - territory.tests):
        for edge in territory.imports.get(name, ()):
            if edge.target not in named:
                yield from ((edge, site) for site in edge.evidence)

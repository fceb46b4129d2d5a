"""Finds the Django project around a seam: its settings, and the URL modules that lead to its views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from strangler.analysis import Evidence
from strangler_scaffolds.rewriting import StandIn
from strangler_scaffolds.territory import Territory

#: Functions that bind a view to a URL: where the view stands in their arguments.
URL_FUNCTIONS = {"path": (1, "view"), "re_path": (1, "view"), "url": (1, "view")}


@dataclass(frozen=True)
class Project:
    """``settings`` is the settings module, ``root`` the outermost URL module, ``urls`` all of them (that may stay).

    ``parts`` are modules of the installed applications that Django finds by their names.
    """

    settings: str
    root: str
    urls: tuple[str, ...]
    parts: tuple[str, ...] = ()


def find_project(territory: Territory) -> Project | None:
    """The project, or None if the code base is none of Django's, or is a library without settings of its own."""
    if not any(framework.name == "django" for framework in territory.analysis.frameworks):
        return None
    settings = _settings(territory)
    if settings is None:
        return None
    urls = set(_url_modules(territory))
    named = {edge.target for edge in territory.imports.get(settings, ())}
    roots = sorted((named & urls) or urls, key=lambda name: (name.count("."), name))
    outside = tuple(sorted(name for name in urls if name not in territory.moved))
    return Project(settings, roots[0] if roots else "", outside, tuple(sorted(_parts(territory, named))))


def host_modules(territory: Territory) -> tuple[str, ...]:
    """The settings and URL modules: what they name of the seam is theirs to mount."""
    project = find_project(territory)
    return (project.settings, *project.urls) if project else ()


def stand_in(package: str) -> StandIn:
    """What the service has in the place of views that it does not have."""
    return StandIn(f"{package}.elsewhere", "elsewhere", URL_FUNCTIONS)


def _parts(territory: Territory, applications: Iterable[str]) -> Iterator[str]:
    """Configurations and template tags of the applications that the settings install."""
    for application in applications:
        tags = f"{application}.templatetags"
        for name in territory.modules:
            if name in (f"{application}.apps", tags) or name.startswith(f"{tags}."):
                yield name


def _settings(territory: Territory) -> str | None:
    """The settings that the project's own start script names, else the first there are."""
    found = [m.name for m in territory.analysis.modules if "settings" in m.roles and m.name not in territory.tests]
    starts = [m.name for m in territory.analysis.modules if {"entrypoint", "cli"} & set(m.roles)]
    named = [edge.target for start in sorted(starts) for edge in territory.imports.get(start, ())]
    return next((name for name in named if name in found), min(found, default=None))


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


def settings_targets(territory: Territory, project: Project) -> Iterator[tuple[str, Evidence]]:
    """Each module of the code base that the settings name by a string, and where."""
    for edge in territory.imports.get(project.settings, ()):
        for site in edge.evidence:
            yield edge.target, site

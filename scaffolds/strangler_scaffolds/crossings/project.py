"""What a framework's project asks for by name: settings that name code which stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from strangler.analysis import Function
from strangler_scaffolds.crossings.rules import Crossing
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.django_project import find_project, settings_targets
from strangler_scaffolds.territory import Territory


def project_crossings(territory: Territory) -> Iterator[Crossing]:
    """Names in the settings of a Django project whose module the service does not have.

    An application (a package, or a configuration in a module) is left out without harm, URL modules are cut down, and
    the service has an entry point of its own; a middleware or a backend is missed.
    """
    project = find_project(territory)
    if project is None:
        return
    classes = {f.ref: f for f in territory.analysis.functions if f.kind == "class"}
    for target, site in settings_targets(territory, project):
        module = territory.modules[target]
        if _is_application(site.symbol or "", classes):
            continue
        has_own = module.package or target in project.urls or {"entrypoint", "settings"} & set(module.roles)
        if territory.is_outside(target) and not has_own:
            yield crossing("HOST-OUT", f"{project.settings} names {target}, which stays", site, stays=target)


def _is_application(symbol: str, classes: Mapping[str, Function]) -> bool:
    """Whether a class is what Django knows an application by: built, in the end, on its AppConfig."""
    waiting, seen = [symbol], set[str]()
    while waiting:
        name = waiting.pop()
        if name.rpartition(":")[2].rpartition(".")[2] == "AppConfig":
            return True
        if name in classes and name not in seen:
            seen.add(name)
            waiting += classes[name].bases
    return False

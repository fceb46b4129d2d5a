"""What a framework's project asks for by name: settings that name code which stays."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_scaffolds.crossings.rules import Crossing
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.django_project import find_project, is_application, settings_targets
from strangler_scaffolds.territory import Territory


def project_crossings(territory: Territory) -> Iterator[Crossing]:
    """Names in the settings of a Django project whose module the service does not have.

    An application (a package, or a configuration in a module) is left out without harm, URL modules are cut down, and
    the service has an entry point of its own; a middleware or a backend is missed.
    """
    project = find_project(territory)
    if project is None:
        return
    for edge, site in settings_targets(territory, project):
        target, module = edge.target, territory.modules[edge.target]
        if is_application(site.symbol or "", territory):
            continue
        has_own = module.package or target in project.urls or {"entrypoint", "settings"} & set(module.roles)
        if territory.is_outside(target) and not has_own:
            yield crossing("HOST-OUT", f"{edge.source} names {target}, which stays", site, stays=target)

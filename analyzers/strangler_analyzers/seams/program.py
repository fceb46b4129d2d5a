"""Modules that belong to the program as a whole: where it starts, its settings, the root of its routes."""

from __future__ import annotations

from strangler.analysis import Analysis

_ROLES = frozenset({"entrypoint", "settings"})


def of_the_program(analysis: Analysis) -> frozenset[str]:
    """The names of modules that no part of the program has for itself, whatever they are clustered with.

    These are entry points, settings, and the URLconf that settings name. A service gets its own of each, or the part of
    it that it needs; it has a whole one only if a person says so in the plan.
    """
    roled = {module.name for module in analysis.modules if _ROLES.intersection(module.roles)}
    return frozenset(roled | _url_roots(analysis))


def _url_roots(analysis: Analysis) -> set[str]:
    """What settings name by a string, and declares routes or names a module that does."""
    settings = {module.name for module in analysis.modules if "settings" in module.roles}
    paths = {site.path for route in analysis.routes for site in route.evidence[:1]}
    declaring = {module.name for module in analysis.modules if module.path in paths}
    named = [(edge.source, edge.target) for edge in analysis.edges if edge.kind == "import" and "dynamic" in edge.scope]
    including = {source for source, target in named if target in declaring}
    return {target for source, target in named if source in settings and target in declaring | including}

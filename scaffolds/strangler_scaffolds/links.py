"""The URLs of views that stay: code of the service makes links to them by their names (``url_for``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from strangler.analysis import Route
from strangler_scaffolds.territory import Territory, module_of

_NAMED = re.compile(r"\{(\w+)\}")
_CONVERTED = re.compile(r"<(?:[^<>]*:)?(\w+)>")


@dataclass(frozen=True, order=True)
class Link:
    """A URL by its name: the framework's rule for it, and the same without converters."""

    name: str
    rule: str
    plain: str


def links_elsewhere(territory: Territory) -> tuple[Link, ...]:
    """The links of a Flask application to views that the service does not have, by name."""
    routes = (r for r in territory.analysis.routes if r.framework == "flask" and r.name)
    return tuple(sorted({_link(route) for route in routes if territory.is_outside(module_of(route.handler))}))


def _link(route: Route) -> Link:
    """``path`` has the prefixes of blueprints, ``raw_path`` the converters."""
    converted = {found[1]: found[0] for found in _CONVERTED.finditer(route.raw_path)}
    rule = _NAMED.sub(lambda named: converted.get(named[1], f"<{named[1]}>"), route.path)
    return Link(route.name or "", rule, _NAMED.sub(r"<\1>", route.path))

"""Routers of Django REST framework with a layout of their own: the templates in their ``routes``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from strangler_analyzers.detectors.paths import from_regex
from strangler_analyzers.detectors.world import argument, flat, text
from strangler_analyzers.resolve.hierarchy import inherited
from strangler_analyzers.resolve.values import Class, Items, Made, Value


class Template(NamedTuple):
    """A path with ``{prefix}``, ``{lookup}``, ``{url_path}`` and ``{trailing_slash}`` to be filled in.

    ``mapping`` says which action of a viewset answers which method; None where each extra action has a path of its own.
    """

    url: str
    mapping: Mapping[str, str] | None
    is_detail: bool

    def path(self, prefix: str, lookup: str, slash: str, extra: str = "") -> str:
        """The path for a viewset registered at ``prefix``."""
        filled = {"{prefix}": prefix, "{lookup}": lookup, "{url_path}": extra, "{trailing_slash}": slash}
        path = from_regex(self.url)
        for name, value in filled.items():
            path = path.replace(name, value)
        return path if prefix else path.removeprefix("/")


def layout_of(router: Class) -> list[Template]:
    """The templates of a class of routers, in their order; none where it has the framework's, or not all is known."""
    templates = [_template(one) for one in flat(inherited(router, "routes"))]
    return [one for one in templates if one is not None] if None not in templates else []


def _template(value: Value) -> Template | None:
    tail = value.callee.dotted.rpartition(".")[2] if isinstance(value, Made) else ""
    if not isinstance(value, Made) or tail not in ("Route", "DynamicRoute"):
        return None
    url = text(argument(value, 0, "url"))
    is_dynamic = tail == "DynamicRoute"
    detail = argument(value, 2 if is_dynamic else 3, "detail")
    mapping = None if is_dynamic else _mapping(value)
    is_detail = any(getattr(one, "value", None) is True for one in detail)
    return None if url is None else Template(url, mapping, is_detail)


def _mapping(route: Made) -> dict[str, str]:
    found = {}
    for items in argument(route, 1, "mapping"):
        for method, actions in items.keyed.items() if isinstance(items, Items) else ():
            action = text(actions)
            if isinstance(method, str) and action is not None:
                found[method] = action
    return found

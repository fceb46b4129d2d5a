"""What a framework calls by itself around requests and rows, and would not call in the service."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from strangler.analysis import Evidence, TableUse, Task
from strangler.model import Location
from strangler_scaffolds.crossings.rules import Crossing
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.territory import Territory, module_of

_STORE = ("listens_for", "listen")
# What only the templates of pages see: a service that answers in JSON does without.
_PAGES = ("context_processor", "app_context_processor")
# Django's own signals that come with a change of rows, and with each request.
_ROWS = ("pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "pre_init", "post_init")
_REQUESTS = ("request_started", "request_finished", "got_request_exception")
_CHANGES = frozenset(f"django.db.models.signals.{name}" for name in _ROWS)
_ASKED = frozenset(f"django.core.signals.{name}" for name in _REQUESTS)


def hook_crossings(territory: Territory) -> Iterator[Crossing]:
    """Hooks and listeners that are called for what the service does, and lie in code that stays.

    A hook of a module on the way to the application goes along with that module, unless it calls what stays.
    """
    for task, site in _asked_for(territory):
        yield from _missed(task, site, territory)


def cut_hooks(territory: Territory, left: Mapping[str, ast.Module], cut: Collection[Location]) -> Iterator[Crossing]:
    """Hooks of modules that the service has in part, and that were lost with what was cut from them.

    Args:
        territory: the monolith's modules, divided.
        left: what is left of each of these modules.
        cut: where statements went.
    """
    homes = {territory.modules[name].path: name for name in left}
    names = {name: _qualnames(tree, "") for name, tree in left.items()}
    for task, site in _asked_for(territory):
        module = homes.get(site.path, "")
        if not module or any(_missed(task, site, territory)):
            continue
        if Location(site.path, site.line) in cut or not _is_left(task.handler, module, names[module]):
            yield crossing(_rule(task), f"{task.name} calls {task.handler}, and was cut with what it needs", site)


def _asked_for(territory: Territory) -> Iterator[tuple[Task, Evidence]]:
    """Hooks that would be called for what the service does, each with its places."""
    for task in territory.analysis.tasks:
        if task.kind == "signal" and module_of(task.handler) not in territory.tests:
            yield from ((task, site) for site in task.evidence if _concerns(task, site, territory))


def _is_left(handler: str, module: str, names: set[str]) -> bool:
    """Whether a function of a module is still there; one of another module, or without a name, is not asked for."""
    home, _, name = handler.partition(":")
    return home != module or "<" in name or name in names


def _qualnames(node: ast.AST, within: str) -> set[str]:
    """The names of functions and classes, those in others by the way to them."""
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        inner = within
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(f"{within}{child.name}")
            inner = f"{within}{child.name}."
        found |= _qualnames(child, inner)
    return found


def _missed(task: Task, site: Evidence, territory: Territory) -> Iterator[Crossing]:
    module = module_of(task.handler)
    what = f"{task.name} calls {task.handler}"
    if territory.is_outside(module) and module not in territory.hosts:
        yield crossing(_rule(task), f"{what}, which stays", site, stays=module)
        return
    if module in territory.hosts:
        for target in sorted(_needed(task.handler, territory)):
            yield crossing(_rule(task), f"{what}, which needs {target}, which stays", site, stays=target)


def _rule(task: Task) -> str:
    return "HOOK-PAGES" if task.name in _PAGES else "HOOK-OUT"


def _needed(handler: str, territory: Territory) -> set[str]:
    """The modules of what a hook calls that would not be in the service."""
    own = (handler, f"{handler}.")
    targets = {
        module_of(c.callee) for c in territory.analysis.calls if c.caller == own[0] or c.caller.startswith(own[1])
    }
    return {target for target in targets if territory.is_outside(target) and target not in territory.hosts}


def _concerns(task: Task, site: Evidence, territory: Territory) -> bool:
    """Whether it would be called for what the service does, if it were there."""
    if task.name in _STORE or task.name in _CHANGES:
        return _is_changed(site.symbol, territory)
    if site.scope == "application":
        return _serves(territory) and (site.symbol is None or not _is_elsewhere(site.symbol, territory))
    return task.name in _ASKED and _serves(territory)


def _is_elsewhere(module: str, territory: Territory) -> bool:
    """Whether an application is made in a module that the service does without."""
    return territory.is_outside(module) and module not in territory.hosts


def _is_changed(cls: str | None, territory: Territory) -> bool:
    """Whether the service may change rows of a class; no class, or one of a library, stands for every class."""
    if cls is None or cls not in territory.classes:
        return any(_writes(table.writers, territory) for table in territory.analysis.tables)
    tables = [table for table in territory.analysis.tables if table.model == cls]
    return any(_writes(table.writers, territory) for table in tables)


def _writes(users: tuple[TableUse, ...], territory: Territory) -> bool:
    return any(user.module in territory.taken for user in users)


def _serves(territory: Territory) -> bool:
    """Whether the service answers requests."""
    return any(territory.is_inside(route.module) for route in territory.analysis.routes)

"""Finds the monolith's application factory, and cuts it down to what a service needs of it."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from strangler.model import Finding, Location, Severity
from strangler_scaffolds.django_project import find_project
from strangler_scaffolds.rewriting import Sliced, StandIn, slice_module
from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.sources import Sources, Text, decode
from strangler_scaffolds.syntax import bound_by, bound_in
from strangler_scaffolds.territory import Territory, parents

# Class → framework; the call that makes an application is what an application factory is known by.
_APPLICATIONS = {"Flask": "flask", "FastAPI": "fastapi", "Starlette": "starlette"}


@dataclass(frozen=True)
class Host:
    """Where the application that serves the seam's routes is made.

    ``name`` is a function without required arguments (``is_factory``) or a variable; ``chain`` are the modules from
    there to the seam's routes, which the service gets in a cut-down form. Of a Django project, ``module`` is the
    settings module and ``name`` the outermost URL module; ``parts`` are modules that it loads by their place (template
    tags, application settings), which the service has if they may be in the library, ``settings`` the settings module
    with those it is built on, and ``variants`` those that the environment may name instead.
    """

    module: str
    name: str
    framework: str
    is_factory: bool
    chain: tuple[str, ...]
    parts: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


def find_host(territory: Territory, sources: Sources) -> Host | None:
    """The nearest application outside the seam that mounts its routes, or None if it has no routes or no such thing.

    Code of a Django project needs its settings, with or without routes.
    """
    project = find_project(territory)
    if project is not None:
        first, *_ = project.settings
        return Host(
            first, project.root, "django", False, project.hosts, project.parts, project.settings, project.variants
        )
    for module, chain in _importers(territory, _routed(territory)):
        found = _application(territory, sources, module)
        if found is not None:
            return replace(found, chain=chain)
    return None


def mounting_modules(territory: Territory) -> frozenset[str]:
    """Every module outside that leads to the seam's routes, whether or not the application is made there."""
    return frozenset(module for module, _ in _importers(territory, _routed(territory)))


def _routed(territory: Territory) -> set[str]:
    routed = {m.name for m in territory.analysis.modules if m.name in territory.moved and "routes" in m.roles}
    return routed | {route.module for route in territory.analysis.routes if route.module in territory.moved}


def _importers(territory: Territory, targets: set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Outside modules that lead to ``targets``, nearest first, each with the outside modules on its way there."""
    importers: dict[str, set[str]] = {}
    for source, edges in territory.imports.items():
        for edge in edges:
            importers.setdefault(edge.target, set()).add(source)
    seen = set(targets)
    waiting: deque[tuple[str, tuple[str, ...]]] = deque((target, ()) for target in sorted(targets))
    while waiting:
        module, chain = waiting.popleft()
        for source in sorted(importers.get(module, ())):
            if source in seen or source in territory.tests:
                continue
            seen.add(source)
            way = (source, *chain) if territory.is_outside(source) else chain
            if way is not chain:
                yield source, way
            waiting.append((source, way))


def _application(territory: Territory, sources: Sources, module: str) -> Host | None:
    path = territory.modules[module].path
    data = sources.read(path)
    if not any(f"{name}(".encode() in data for name in _APPLICATIONS):
        return None
    tree = parse(decode(data, path), path)
    for statement in tree.body:
        framework = _makes(statement)
        if framework is None:
            continue
        if isinstance(statement, ast.FunctionDef) and not _required(statement.args):
            return Host(module, statement.name, framework, True, ())
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            return Host(module, statement.targets[0].id, framework, False, ())
    return None


def _makes(statement: ast.stmt) -> str | None:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _APPLICATIONS:
                return _APPLICATIONS[name]
    return None


def _required(arguments: ast.arguments) -> int:
    return len(arguments.posonlyargs + arguments.args) - len(arguments.defaults) + arguments.kw_defaults.count(None)


@dataclass(frozen=True)
class Cut:
    """A module that the service has in part."""

    module: str
    path: str
    data: bytes


def cut_down(
    territory: Territory, sources: Sources, modules: set[str], stand_in: StandIn | None = None
) -> tuple[list[Cut], list[Finding]]:
    """The modules without everything that needs a module the service does not have, and what could not be cut.

    What one of them loses, the others cannot import from it, so they are cut until none loses more.
    """
    texts = {name: decode(sources.read(territory.modules[name].path), territory.modules[name].path) for name in modules}
    whole = {name: _names(text) for name, text in texts.items()}
    lost: set[str] = set()
    while True:
        is_allowed = _allowed(territory, modules, lost)
        sliced = {name: _sliced(territory, name, text, is_allowed, stand_in) for name, text in sorted(texts.items())}
        now = {f"{name}.{gone}" for name, one in sliced.items() for gone in whole[name] - _names(one.text)}
        if now <= lost:
            return _cuts(territory, texts, sliced)
        lost |= now


def _names(text: Text) -> frozenset[str]:
    return bound_in(parse(text, ""))


def _sliced(
    territory: Territory, name: str, text: Text, is_allowed: Callable[[str], bool], stand_in: StandIn | None
) -> Sliced:
    module = territory.modules[name]
    return slice_module(
        text,
        is_allowed,
        module=name,
        is_package=module.package,
        path=module.path,
        stand_in=stand_in,
        is_wanted=lambda dotted: any(name in territory.moved for name in (*parents(dotted), dotted)),
    )


def _allowed(territory: Territory, modules: set[str], lost: set[str]) -> Callable[[str], bool]:
    """Says of a dotted name whether the service can import it, where names of cut modules are ``lost``."""
    kept = territory.taken | modules
    known = territory.modules
    internal = set(territory.analysis.packages) | {name.partition(".")[0] for name in known}

    def is_allowed(target: str) -> bool:
        if target.partition(".")[0] not in internal:
            return True
        around = [name for name in (*parents(target), target) if name in known]
        return bool(around) and around[-1] in kept and (target in known or target not in lost)

    return is_allowed


def _cuts(
    territory: Territory, texts: Mapping[str, Text], sliced: Mapping[str, Sliced]
) -> tuple[list[Cut], list[Finding]]:
    cuts, findings = [], []
    for name, one in sorted(sliced.items()):
        path, content = territory.modules[name].path, texts[name].content
        cuts.append(Cut(name, path, one.text.data))
        findings += [_stuck(path, content, line) for line in one.stuck]
        findings += [_removed(path, content, line) for line in one.removed]
    return cuts, findings


def lost_host(host: Host | None, cuts: Sequence[Cut], sources: Sources) -> list[Finding]:
    """The application itself, if it cannot be made without code that stays."""
    cut = next((cut for cut in cuts if host is not None and cut.module == host.module), None)
    if host is None or cut is None or host.framework == "django":
        return []
    if host.name in _names(decode(cut.data, cut.path)):
        return []
    whole = decode(sources.read(cut.path), cut.path)
    made = next(s for s in parse(whole, cut.path).body if host.name in bound_by(s))
    message = f"the service has no application: {host.name} cannot be made without code that stays"
    hint = "name the modules it needs under shared:, or move what needs them into a function of its own"
    return [Finding("HOST-STUCK", message, Location(cut.path, made.lineno), hint)]


def _line_of(content: str, text: str) -> int:
    lines = content.splitlines()
    return next((number for number, line in enumerate(lines, 1) if text in line), 0)


def _stuck(path: str, content: str, line: str) -> Finding:
    message = f"the service's application needs code that stays: {line}"
    hint = "move what follows from it into a function of its own, which the service can do without"
    return Finding("HOST-STUCK", message, Location(path, _line_of(content, line)), hint)


def _removed(path: str, content: str, line: str) -> Finding:
    message = f"left out of the service's application: {line}"
    return Finding("HOST-CUT", message, Location(path, _line_of(content, line)), "", Severity.NOTE)

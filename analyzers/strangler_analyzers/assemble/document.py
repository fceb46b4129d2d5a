"""Facts and resolution → the analysis document, without seams."""

from __future__ import annotations

import marshal
from collections import Counter
from dataclasses import replace
from typing import Any, NamedTuple

from strangler import __version__
from strangler.analysis import (
    Analysis,
    Diagnostic,
    Edge,
    Evidence,
    Framework,
    Model,
    Module,
    Route,
    Task,
    from_members,
    members,
)
from strangler_analyzers.aside import aside, may_fork
from strangler_analyzers.assemble import effects, functions, holds
from strangler_analyzers.assemble.edges import collect
from strangler_analyzers.assemble.settings import settings
from strangler_analyzers.assemble.uses import TableUses, tables
from strangler_analyzers.assemble.words import vocabulary
from strangler_analyzers.data.access import Access, accesses
from strangler_analyzers.data.models import Models
from strangler_analyzers.detectors import DETECTORS, Found, World
from strangler_analyzers.facts import Import
from strangler_analyzers.gather import Gathered
from strangler_analyzers.options import Options
from strangler_analyzers.resolve.values import Func
from strangler_analyzers.sources import Tree

_FRAMEWORKS = [
    "aiohttp",
    "apscheduler",
    "ariadne",
    "bottle",
    "celery",
    "cherrypy",
    "django",
    "dramatiq",
    "falcon",
    "fastapi",
    "flask",
    "graphene",
    "grpc",
    "huey",
    "litestar",
    "ninja",
    "peewee",
    "pony",
    "pyramid",
    "rest_framework",
    "rq",
    "sanic",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "strawberry",
    "tornado",
    "tortoise",
]


# Below this many functions a copy of the process takes longer to make than half the work.
_WORTH_A_COPY = 2_000


class _Program(NamedTuple):
    world: World
    models: Models
    access: dict[Func, Access]


def assemble(tree: Tree, gathered: list[Gathered], world: World, options: Options) -> Analysis:
    """The document of a program after its abstract run."""
    models = Models(world)
    program = _Program(world, models, accesses(world, models))
    if options.level != "function":
        return Analysis(__version__, **_module_level(tree, gathered, program, options))
    if options.workers == 1 or len(world.functions) < _WORTH_A_COPY or not may_fork():
        return Analysis(__version__, **_module_level(tree, gathered, program, options), **_function_level(program))
    with aside(lambda: marshal.dumps(_as_texts(_function_level(program)))) as texts:
        modules = _module_level(tree, gathered, program, options)
        # A document that will be kept is written: better now, as the copy takes longer.
        own = _as_texts(modules) if options.cache is not None else {}
        return from_members(__version__, modules, {**own, **marshal.loads(texts())})


def _as_texts(fields: dict[str, Any]) -> dict[str, str]:
    return members(Analysis(__version__, **fields), fields)


def _module_level(tree: Tree, gathered: list[Gathered], program: _Program, options: Options) -> dict[str, Any]:
    world, models, access = program
    found = [detector.detect(world) for detector in DETECTORS]
    routes = _distinct(_sorted_routes(found))
    tasks = sorted((task for one in found for task in one.tasks), key=_task_order)
    uses = TableUses(world, models, access)
    records = sorted(models.records(world), key=lambda model: model.cls)
    listed = tables(world, models, records, uses, options.max_evidence)
    owners = {table.name: table.owner for table in listed}
    edges = tuple(collect(world, records, uses, routes, tasks, owners).edges(options.max_evidence))
    return {
        "source_roots": tree.source_roots,
        "packages": tree.packages,
        "frameworks": tuple(_frameworks(gathered)),
        "options": options.recorded(),
        "modules": tuple(_modules(gathered, records, routes, tasks)),
        "edges": edges,
        "routes": tuple(routes),
        "tasks": tuple(tasks),
        "models": tuple(records),
        "tables": tuple(listed),
        "diagnostics": _diagnostics(tree, gathered, found),
        "stats": _stats(gathered, edges, routes, tasks, records),
    }


def _function_level(program: _Program) -> dict[str, Any]:
    world, models, access = program
    return {
        "functions": tuple(functions.functions(world, access)),
        "calls": tuple(functions.calls(world, models)),
        "transactions": tuple(functions.transactions(world, access)),
        "state": tuple(effects.states(world)),
        "settings": tuple(settings(world)),
        "patches": tuple(effects.patches(world)),
        "outbound": tuple(effects.outbound(world)),
        "uses": tuple(holds.uses(world)),
    }


def _sorted_routes(found: list[Found]) -> list[Route]:
    every = [route for one in found for route in one.routes]
    return sorted(every, key=lambda route: (route.path, route.methods or (), route.handler, route.name or ""))


def _distinct(routes: list[Route]) -> list[Route]:
    """The routes with ids that are unique: the second of an id has its handler in it too."""
    seen: Counter[str] = Counter()
    kept = []
    for route in routes:
        seen[route.id] += 1
        kept.append(route if seen[route.id] == 1 else replace(route, id=f"{route.id} #{seen[route.id]}"))
    return kept


def _task_order(task: Task) -> tuple[str, str, str]:
    return (task.kind, task.name, task.handler)


def _modules(gathered: list[Gathered], models: list[Model], routes: list[Route], tasks: list[Task]) -> list[Module]:
    roles: dict[str, set[str]] = {}
    for name, holders in (("models", models), ("routes", routes), ("tasks", tasks)):
        for holder in holders:
            roles.setdefault(holder.module, set()).add(name)
    for task in tasks:
        if task.kind == "command":
            roles[task.module].add("cli")
    words = vocabulary(gathered)
    found = []
    for one in gathered:
        source = one.source
        own = tuple(sorted({*source.roles, *roles.get(source.module, ())}))
        grade = "tolerant" if one.facts.grade == "tolerant" else "full"
        place = (source.module, source.path, source.is_package, one.facts.loc, one.sha256, own)
        said, tokens = words.get(source.module, ({}, {}))
        found.append(Module(*place, facts=grade, words=said, strings=tokens))
    return sorted(found, key=lambda module: module.name)


def _frameworks(gathered: list[Gathered]) -> list[Framework]:
    found: dict[str, list[Evidence]] = {}
    for one in gathered:
        for statement in one.facts.imports:
            top = statement.module.partition(".")[0]
            if (
                not statement.level
                and top in _FRAMEWORKS
                and "tests" not in one.source.roles
                and _serves(one, statement)
            ):
                found.setdefault(top, []).append(Evidence(one.source.path, statement.line))
    return [Framework(name, tuple(sorted(found[name])[:3])) for name in sorted(found)]


def _serves(one: Gathered, statement: Import) -> bool:
    """Whether an import is of a framework: aiohttp is one where its server is used, and a client elsewhere."""
    if statement.module.partition(".")[0] != "aiohttp":
        return True
    names = [name for name, _ in statement.names or ()]
    return "web" in names or statement.module.startswith("aiohttp.web") or (not names and "web" in one.facts.names)


def _diagnostics(tree: Tree, gathered: list[Gathered], found: list[Found]) -> tuple[Diagnostic, ...]:
    notes = [note for one in found for note in one.diagnostics]
    for one in gathered:
        for code, message, line in one.facts.problems:
            severity = "note" if code == "tolerant" else "warning"
            notes.append(Diagnostic(code, severity, message, one.source.path, line))
    for path, other in tree.clashes:
        message = f"has the module name of {other} and was left out; analyse its folder by itself, or exclude one"
        notes.append(Diagnostic("name-clash", "warning", message, path, 0))
    return tuple(sorted(notes, key=lambda note: (note.path, note.line, note.code, note.message)))


def _stats(
    gathered: list[Gathered], edges: tuple[Edge, ...], routes: list[Route], tasks: list[Task], models: list[Model]
) -> dict[str, object]:
    grades = Counter(one.facts.grade for one in gathered)
    kinds = Counter(edge.kind for edge in edges)
    unparsed = sum(1 for one in gathered if any(code in _LOST for code, _, _ in one.facts.problems))
    return {
        "modules": len(gathered),
        "loc": sum(one.facts.loc for one in gathered),
        "tolerant_files": grades["tolerant"],
        "unparsed_files": unparsed,
        "edges": {kind: kinds[kind] for kind in sorted(kinds)},
        "routes": len(routes),
        "tasks": len(tasks),
        "models": len(models),
    }


_LOST = ("unreadable", "unreadable-file")

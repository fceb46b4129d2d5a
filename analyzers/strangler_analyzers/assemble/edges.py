"""The edges between modules, each with its places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from strangler.analysis import Edge, Evidence, Model, Route, Task
from strangler_analyzers.assemble.strings import named_by_text
from strangler_analyzers.assemble.uses import TableUses
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.by_name import handed_over
from strangler_analyzers.detectors.mounts import receiver_of
from strangler_analyzers.detectors.world import Names, argument, ref_of, text
from strangler_analyzers.resolve.imports import ModuleTable
from strangler_analyzers.resolve.values import Class, Func, Module, Value

_CONFIDENCE = ("possible", "inferred", "certain")


@dataclass(slots=True)
class _Tie:
    evidence: dict[Evidence, None] = field(default_factory=dict)
    confidence: str = "possible"
    via: dict[str, None] = field(default_factory=dict)
    scopes: set[str] = field(default_factory=set)


class Ties:
    """Edges being collected, one per (source, target, kind)."""

    def __init__(self) -> None:
        self._ties: dict[tuple[str, str, str], _Tie] = {}

    def add(self, source: str, target: str, kind: str, place: Evidence, confidence: str, via: str = "") -> None:
        """One more place where ``source`` depends on ``target``."""
        if source == target:
            return
        tie = self._ties.setdefault((source, target, kind), _Tie())
        tie.evidence[place] = None
        tie.confidence = max(tie.confidence, confidence, key=_CONFIDENCE.index)
        if via:
            tie.via[via] = None
        if place.scope:
            tie.scopes.add(place.scope)

    def edges(self, most: int) -> Iterator[Edge]:
        """The edges in their natural order, with at most ``most`` places each."""
        for key in sorted(self._ties):
            tie = self._ties[key]
            places = sorted(tie.evidence, key=place_order)
            via = ",".join(sorted(tie.via)) or None
            scope = tuple(sorted(tie.scopes)) if key[2] == "import" else ()
            yield Edge(*key, len(places), tie.confidence, via, scope, tuple(places[:most]))


def place_order(place: Evidence) -> tuple[str, int, str, str]:
    """The natural order of places."""
    return (place.path, place.line, place.symbol or "", place.scope or "")


def collect(
    world: World, models: list[Model], uses: TableUses, routes: list[Route], tasks: list[Task], owners: dict[str, str]
) -> Ties:
    """Every edge of the program."""
    ties = Ties()
    _imports(world, ties)
    _calls(world, ties)
    _inheritance(world, ties)
    _data(world, ties, models, uses, owners)
    _tasks(world, ties, tasks)
    _routes(world, ties, routes)
    return ties


def _imports(world: World, ties: Ties) -> None:
    dynamic: dict[str, list[tuple[str, int, str]]] = {}
    for source, target, line, symbol in world.program.dynamic:
        dynamic.setdefault(source, []).append((target, line, symbol))
    for name in sorted(world.modules):
        imports(world.modules[name], world.program.table, world.names, ties, dynamic.get(name, ()))


def imports(
    module: Module, table: ModuleTable, names: Names, ties: Ties, dynamic: Iterable[tuple[str, int, str]] = ()
) -> None:
    """What a module imports, and what it names by texts; where one text says the whole name, it is told.

    ``dynamic`` is what a run has found to be named by text: (target, line, symbol).
    """
    for edge in table.edges(module):
        symbol = _defined(names, edge.target, edge.symbol)
        place = Evidence(module.path, edge.line, symbol=symbol, scope=edge.scope)
        ties.add(module.name, edge.target, "import", place, "certain")
    whole = {(target, line, symbol): text for target, line, symbol, text in named_by_text(names, module)}
    for target, line, symbol in (*dynamic, *whole):
        text = whole.get((target, line, symbol))
        place = Evidence(module.path, line, text=text, symbol=f"{target}:{symbol}", scope="dynamic")
        ties.add(module.name, target, "import", place, "inferred")


def _defined(names: Names, target: str, symbol: str) -> str | None:
    """Where the imported name is defined, as a ref; None for a module."""
    if symbol in ("", "*"):
        return symbol or None
    if target.endswith(f".{symbol}") or symbol == target:
        return None
    return names[target].get(symbol) or f"{target}:{symbol}"


def _module_of(callee: Value) -> str:
    return callee.module.name if isinstance(callee, Func | Class) else ""


def _calls(world: World, ties: Ties) -> None:
    for func in world.functions:
        for record in world.records(func):
            for site in record.calls:
                target = _module_of(site.callee)
                if target and target != func.module.name:
                    place = world.evidence(func.module, site.line, ref_of(site.callee))
                    ties.add(func.module.name, target, "call", place, site.confidence)


def _inheritance(world: World, ties: Ties) -> None:
    for cls in world.classes:
        for base in cls.bases:
            if isinstance(base, Class):
                place = world.evidence(cls.module, cls.scope.line, base.ref)
                ties.add(cls.module.name, base.module.name, "inherit", place, "certain")


def _data(world: World, ties: Ties, models: list[Model], uses: TableUses, owners: dict[str, str]) -> None:
    for model in models:
        for reference in model.references:
            if reference.target is not None:
                target = reference.target.partition(":")[0]
                line = uses.field_line(model.cls, reference.field) or model.evidence[0].line
                place = Evidence(model.evidence[0].path, line, symbol=reference.target)
                ties.add(model.module, target, "data", place, "certain", reference.target_table or "")
    for use in uses.places:
        owner = owners.get(use.table)
        if owner is not None:
            ties.add(use.module, owner, "data", use.evidence, "inferred", use.table)


_ENQUEUES = (
    "delay",
    "apply_async",
    "send",
    "send_with_options",
    "enqueue",
    "enqueue_in",
    "enqueue_at",
    "schedule",
    "s",
    "si",
)


def _tasks(world: World, ties: Ties, tasks: list[Task]) -> None:
    by_handler = {task.handler: task for task in tasks if task.kind not in ("signal", "command", "startup")}
    by_name = {task.name: task for task in by_handler.values()}
    for event in world.named(*_ENQUEUES, "send_task", "signature"):
        receiver = receiver_of(event.made)
        handlers = [ref_of(receiver)] if isinstance(receiver, Func) else [ref_of(v) for v in argument(event.made, 0)]
        task = next((by_handler[ref] for ref in handlers if ref in by_handler), None)
        task = task or by_name.get(text(argument(event.made, 0)) or "")
        if task is not None:
            place = world.evidence(event.func.module, event.line, task.handler)
            ties.add(event.func.module.name, task.module, "task", place, "inferred", task.name)

    for one in handed_over(world):
        place = world.evidence(one.module, one.line, one.func.ref)
        ties.add(one.module.name, one.func.module.name, "task", place, "inferred", one.text)
    for task in tasks:
        if task.kind == "scheduler" and task.schedule:
            source = next((name for name, one in world.modules.items() if one.path == task.evidence[0].path), "")
            place = Evidence(task.evidence[0].path, task.evidence[0].line, symbol=task.handler)
            ties.add(source, task.module, "task", place, "inferred", task.name)


def _routes(world: World, ties: Ties, routes: list[Route]) -> None:
    by_name = {route.name: route for route in routes if route.name}
    for event in world.named("reverse", "reverse_lazy", "url_for", "url_path_for", "resolve_url", "redirect"):
        name = text(argument(event.made, 0, "viewname", "endpoint", "name"))
        route = by_name.get(name or "")
        if route is not None:
            place = world.evidence(event.func.module, event.line, route.handler)
            ties.add(event.func.module.name, route.module, "route", place, "inferred", route.name or "")

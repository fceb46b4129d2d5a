"""State, settings, signals, tasks and patches: what crosses without a call or an import."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Edge, Patch, State, Task
from strangler.model import Location
from strangler_scaffolds.crossings.rules import Crossing
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.territory import Territory, module_of, parents


def runtime_crossings(territory: Territory) -> Iterator[Crossing]:
    """Crossings of the running program."""
    for state in territory.analysis.state:
        yield from _state(state, territory)
    for task in territory.analysis.tasks:
        yield from _signal(task, territory)
    for edge in territory.analysis.edges:
        if edge.kind == "task":
            yield from _task(edge, territory)
    for patch in territory.analysis.patches:
        yield from _patch(patch, territory)
    yield from _settings(territory)


def _sides(refs: tuple[str, ...], territory: Territory) -> set[str]:
    modules = [module_of(ref) for ref in refs]
    sides = {"inside" for module in modules if territory.is_inside(module)}
    return sides | {"outside" for module in modules if territory.is_outside(module)}


def _state(state: State, territory: Territory) -> Iterator[Crossing]:
    if not state.writers or state.module in territory.tests:
        return
    place = _place(state, territory)
    writes, reads = _sides(state.writers, territory), _sides(state.readers, territory)
    name = f"{state.module}.{state.name}"
    if len(writes) == 2:
        yield crossing("STATE-SPLIT", f"{name} is written on both sides", place)
    elif writes and reads - writes:
        yield crossing(
            "STATE-READ", f"{name} is written {min(writes)} the seam and read {min(reads - writes)} it", place
        )
    elif state.module in territory.shared:
        yield crossing("STATE-COPY", f"{name} of the library is written while the program runs", place)


def _place(state: State, territory: Territory) -> Location:
    if state.evidence:
        return Location(state.evidence[0].path, state.evidence[0].line)
    return Location(territory.modules[state.module].path)


def _signal(task: Task, territory: Territory) -> Iterator[Crossing]:
    """A receiver, and the modules that can send its signal: the one that defines it and those that import that."""
    signal = _defining(task.name, territory)
    if task.kind != "signal" or signal is None:
        return
    receiver = module_of(task.handler)
    senders = {signal, *(source for source, edges in territory.imports.items() for e in edges if e.target == signal)}
    senders.discard(receiver)
    message = f"{task.handler} receives {task.name}"
    for site in task.evidence:
        if territory.is_inside(receiver) and any(territory.is_outside(sender) for sender in senders):
            yield crossing("SIGNAL-IN", message, site)
        elif territory.is_outside(receiver) and any(territory.is_inside(sender) for sender in senders):
            yield crossing("SIGNAL-OUT", message, site)


def _defining(name: str, territory: Territory) -> str | None:
    """The module in which the signal with this dotted name is made."""
    return next(
        (parent for parent in reversed(list(parents(name.replace(":", ".")))) if parent in territory.modules), None
    )


def _task(edge: Edge, territory: Territory) -> Iterator[Crossing]:
    inside, outside = territory.is_inside, territory.is_outside
    message = f"{edge.source} starts {edge.via or edge.target}"
    for site in edge.evidence:
        if inside(edge.target) and not inside(edge.source) and edge.source not in territory.tests:
            yield crossing("TASK-IN", message, site)
        elif inside(edge.source) and outside(edge.target):
            yield crossing("TASK-OUT", message, site)


def _patch(patch: Patch, territory: Territory) -> Iterator[Crossing]:
    if not territory.is_inside(module_of(patch.target)):
        return
    rule = "PATCH-TEST" if patch.module in territory.tests else "PATCH-PROD"
    if rule == "PATCH-PROD" and not territory.is_outside(patch.module):
        return
    for site in patch.evidence:
        yield crossing(rule, f"{patch.module} replaces {patch.target}", site)


def _settings(territory: Territory) -> Iterator[Crossing]:
    for setting in territory.analysis.settings:
        readers = [ref for ref in setting.readers if not territory.is_outside(module_of(ref))]
        for site in setting.evidence:
            module = next((m.name for m in territory.analysis.modules if m.path == site.path), "")
            if readers and module in territory.taken:
                yield crossing("SETTING", f"{setting.name} ({setting.source}) is read by {readers[0]}", site)

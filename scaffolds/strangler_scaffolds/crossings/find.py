"""All crossings of a service, in the order of their places, with the plan's waivers applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from strangler.plan import Waiver
from strangler_scaffolds.crossings.calls import call_crossings
from strangler_scaffolds.crossings.data import data_crossings
from strangler_scaffolds.crossings.hooks import hook_crossings
from strangler_scaffolds.crossings.imports import import_crossings
from strangler_scaffolds.crossings.project import project_crossings
from strangler_scaffolds.crossings.rules import Crossing, Verdict
from strangler_scaffolds.crossings.runtime import runtime_crossings
from strangler_scaffolds.entries import CallGraph
from strangler_scaffolds.territory import Territory


def crossings_of(territory: Territory, graph: CallGraph) -> list[Crossing]:
    """Everything that crosses the border of ``territory``; each (rule, place) once."""
    return judged(territory, _all(territory, graph))


def judged(territory: Territory, crossings: Iterable[Crossing]) -> list[Crossing]:
    """Crossings in the order of their places, each once, with what the plan waives of them."""
    found = {(c.rule.name, c.location, c.message): c for c in crossings}
    waived = [_waive(crossing, territory.service.waive) for crossing in found.values()]
    return sorted(waived, key=lambda crossing: crossing.finding.order)


def _all(territory: Territory, graph: CallGraph) -> Iterator[Crossing]:
    yield from call_crossings(territory, graph)
    yield from import_crossings(territory, graph)
    yield from data_crossings(territory)
    yield from runtime_crossings(territory)
    yield from project_crossings(territory)
    yield from hook_crossings(territory)


def _waive(crossing: Crossing, waivers: tuple[Waiver, ...]) -> Crossing:
    """A refusal at a place that a person has named, by rule, in the plan."""
    if crossing.rule.verdict is not Verdict.REFUSE:
        return crossing
    places = (str(crossing.location), crossing.location.path)
    reason = next((w.reason for w in waivers if w.rule == crossing.rule.name and w.at in places), "")
    return replace(crossing, waived=reason)

"""Tables and foreign keys on both sides of the border."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Model, Table, TableUse
from strangler.model import Location
from strangler_scaffolds.crossings.rules import Crossing
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.territory import Territory, module_of


def data_crossings(territory: Territory) -> Iterator[Crossing]:
    """Crossings that are reads, writes or references of tables."""
    for table in territory.analysis.tables:
        yield from _uses(table, territory)
    for model in territory.analysis.models:
        yield from _references(model, territory)


def _is_ours(table: Table, territory: Territory) -> bool:
    return table.name in territory.service.tables or territory.is_inside(table.owner)


def _uses(table: Table, territory: Territory) -> Iterator[Crossing]:
    ours = _is_ours(table, territory)
    foreign = territory.is_outside if ours else territory.is_inside
    side = "IN" if ours else "OUT"
    if not ours and not territory.is_outside(table.owner):
        return  # a table of the library belongs to both
    for verb, uses in (("READ", table.readers), ("WRITE", table.writers)):
        for use in uses:
            if foreign(use.module):
                yield from _use(f"DATA-{verb}-{side}", verb, use, table, territory)


def _use(rule: str, verb: str, use: TableUse, table: Table, territory: Territory) -> Iterator[Crossing]:
    message = f"{use.module} {verb.lower()}s {table.name}, which belongs to {table.owner}"
    for site in use.evidence:
        yield crossing(rule, message, site)
        if territory.service.store == "own":
            yield crossing("DATA-SPLIT", message, site)


def _references(model: Model, territory: Territory) -> Iterator[Crossing]:
    inside, outside = territory.is_inside, territory.is_outside
    place = Location(territory.modules[model.module].path, model.evidence[0].line if model.evidence else 0)
    for reference in model.references:
        if reference.target is None or reference.kind == "relationship":
            continue
        target = module_of(reference.target)
        message = f"{model.cls} refers to {reference.target} by {reference.field}"
        if outside(model.module) and inside(target):
            yield crossing("FK-IN", message, place)
        elif inside(model.module) and outside(target):
            yield crossing("FK-OUT", message, place, stays=target)

"""The last accepted state: per planned service, what crosses its border."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strangler.analysis import Analysis
from strangler.errors import StranglerError
from strangler.plan import Plan
from strangler_analyzers.seams.measures.books import Books
from strangler_analyzers.seams.measures.ledger import Entry, ledger

SCHEMA = "strangler.ratchet/1"


@dataclass(frozen=True, slots=True)
class Baseline:
    """Crossings per service: ``kind source -> target what`` with places each; lines are left out, they move."""

    services: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Stock:
    """What crosses today, with its places."""

    services: Mapping[str, Sequence[Entry]]

    def baseline(self) -> Baseline:
        """Today's state as the one to hold."""
        return Baseline({name: counts(entries) for name, entries in self.services.items()})


def key(entry: Entry) -> str:
    """A crossing by what it is, whatever line it stands on."""
    return f"{entry.kind} {entry.source} -> {entry.target} {entry.what}".rstrip()


def counts(entries: Iterable[Entry]) -> dict[str, int]:
    """Places per crossing."""
    found: dict[str, int] = {}
    for entry in entries:
        found[key(entry)] = found.get(key(entry), 0) + entry.sites
    return dict(sorted(found.items()))


def take_stock(analysis: Analysis, plan: Plan, generated: Collection[str] = ()) -> Stock:
    """The crossings of every service of the plan that has modules; its libraries count for nobody.

    ``generated`` are paths of files that an extraction put into the monolith: a call through such a client is what is
    wanted, so it does not count either; one that goes past it does.
    """
    product = [module.name for module in analysis.modules if "tests" not in module.roles]
    clients = {module.name for module in analysis.modules if module.path in generated}
    entries, services = ledger(analysis), {}
    for name, service in plan.services.items():
        own = select(product, service.modules)
        if own:
            books = Books(entries, frozenset(clients).union(select(product, service.shared)))
            crossing = books.border(own).crossing
            inside = set(product)
            services[name] = tuple(entry for entry in crossing if entry.source in inside)
    return Stock(services)


def select(modules: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """The modules that one of the plan's patterns names."""
    exact = {pattern for pattern in patterns if not pattern.endswith(".*")}
    below = tuple(pattern[:-1] for pattern in patterns if pattern.endswith(".*"))
    return [name for name in modules if name in exact or name.startswith(below or ("\x00",))]


def write_baseline(baseline: Baseline) -> str:
    """The baseline as JSON that merges well: one crossing a line, sorted."""
    document = {"schema": SCHEMA, "services": baseline.services}
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_baseline(text: str, *, name: str) -> Baseline:
    """Read what :func:`write_baseline` wrote.

    Raises:
        StranglerError: it is none.
    """
    try:
        document: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise StranglerError(
            f"{name} is no JSON (line {error.lineno})", hint="resolve the merge, or update it"
        ) from error
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise StranglerError(f"{name} is not a {SCHEMA} file", hint="write it again with: strangler check --update")
    return Baseline(document["services"])

"""All figures of one seam, with the lists they were counted from."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from strangler.analysis import Analysis, Function
from strangler_analyzers.seams.measures.books import Books, Border, points
from strangler_analyzers.seams.measures.contract import contract
from strangler_analyzers.seams.measures.costs import COSTS
from strangler_analyzers.seams.measures.effects import Effects
from strangler_analyzers.seams.measures.ledger import Entry, ledger
from strangler_analyzers.seams.measures.libraries import Libraries
from strangler_analyzers.seams.measures.order import independence
from strangler_analyzers.seams.measures.people import People
from strangler_analyzers.seams.measures.places import places
from strangler_analyzers.seams.measures.reach import Reach, methods_of
from strangler_analyzers.seams.measures.risk import risk
from strangler_analyzers.seams.measures.tables import is_shared, owned_tables, table_report
from strangler_analyzers.seams.measures.trials import Trials
from strangler_analyzers.seams.surroundings import Surroundings

# A service of fewer modules hardly pays, one of more than this share of the monolith is a second monolith.
_COMFORTABLE = 4
_TOO_LARGE = 0.25
# What is left of the worth of a seam that owns every table there is.
_CORE = 0.25
# What is left of the score of a seam that owns no table, and of one that nobody calls either (an edge: pages, start-up,
# scripts, which go where what they call goes); that only works through tasks, is only called by other modules (it may
# as well be a library), or has nothing that anybody asks for.
_NO_DATA = 0.15
_EDGE = 0.05
_ONLY_TASKS = 0.8
_ONLY_CALLED = 0.5
_NO_FACE = 0.2
# The share that the highest risk takes: what a monolith is about is never safe, and still comes before its edges.
_RISK = 0.75


@dataclass(frozen=True, slots=True)
class Figures:
    """``metrics`` are numbers, ``details`` the lists behind them, ``worth`` what speaks for the seam, 0 … 1."""

    modules: tuple[str, ...]
    border: Border
    metrics: Mapping[str, float]
    details: Mapping[str, Any]
    routes: tuple[str, ...]
    tasks: tuple[str, ...]
    tables: tuple[str, ...]
    worth: float


class Surveyor:
    """Takes the figures of any set of modules; what does not depend on the set is worked out once."""

    def __init__(
        self, analysis: Analysis, surroundings: Surroundings, libraries: Libraries, shared: frozenset[str]
    ) -> None:
        self.analysis = analysis
        self.shared = shared
        self.books = Books(ledger(analysis), shared)
        self._functions: Mapping[str, Function] = {function.ref: function for function in analysis.functions}
        self._effects, self._libraries = Effects(analysis), libraries
        self._reach, self._methods = Reach(analysis), methods_of(analysis)
        self._people, self._trials = People(analysis, surroundings), Trials(analysis, surroundings)

    def survey(self, modules: tuple[str, ...], stability: float, total: int) -> Figures:
        """The figures of ``modules``, one of the groups that ``total`` modules fall into."""
        border = self.books.border(modules)
        tables = [table_report(table, modules) for table in owned_tables(self.analysis, modules)]
        own = frozenset(modules)
        operations = contract(border.inward, self._functions, lambda ref: self._effects.written_within(ref, own))
        tasks = tuple(sorted({task.name for task in self.analysis.tasks if _module_of(task.handler) in own}))
        routes = [route for route in self.analysis.routes if route.module in own]
        libraries = self._libraries.beside(modules, self.shared)
        inside = {route.id for route in routes if self._stays(route.handler, [*modules, *libraries, *self.shared])}
        trials, people = self._trials.of(modules), self._people.of(modules)
        metrics = {
            **_border_metrics(border),
            **_table_metrics(tables, border),
            **_contract_metrics(operations),
            "modules": float(len(modules)),
            "routes": float(len(routes)),
            "routes_inside": float(len(inside)),
            "tasks": float(len(tasks)),
            "tested_share": trials.share,
            "leakage": people.leakage,
            "stability": round(stability, 4),
        }
        metrics["risk"] = risk(metrics)
        details = {
            "tables": tables,
            "foreign_tables": _foreign(border),
            "foreign_keys": _listed(border, "foreign-key"),
            "transactions": _listed(border, "transaction"),
            "calls_in_loops": _listed(border, "loop-call"),
            "contract": operations,
            "calls_out": contract(border.outward, self._functions, self._effects.written),
            "libraries": libraries,
            "routes_partly": [route.id for route in routes if route.id not in inside],
            "effort": effort_lines(border),
            "owners": people.owners,
            "authors": people.authors,
            "tests": trials.tests,
        }
        ids = tuple(sorted(route.id for route in routes))
        names = tuple(sorted(report["name"] for report in tables))
        worth = _worth(metrics, len(modules), total) * _not_all_there_is(len(names) / max(1, len(self.analysis.tables)))
        return Figures(modules, border, metrics, details, ids, tasks, names, worth)

    def _stays(self, handler: str, allowed: Collection[str]) -> bool:
        """Whether a request never leaves the seam and the libraries that go with it."""
        return not self._reach.of(handler, self._methods) & ~self._reach.bits(allowed)


def _module_of(ref: str) -> str:
    return ref.partition(":")[0]


def _border_metrics(border: Border) -> dict[str, float]:
    inside, crossing = points(border.inside), points(border.crossing)
    cohesion = independence(inside, crossing)
    return {
        "cohesion": round(cohesion, 4),
        "coupling": round(1 - cohesion, 4) if inside + crossing else 0.0,
        "cut_weight": float(sum(entry.sites for entry in border.crossing)),
        "effort": float(crossing),
        "inside_points": float(inside),
        "effort_out": float(points(border.outward)),
        "crossings_in": float(len(border.inward)),
        "crossings_out": float(len(border.outward)),
        **{f"{kind.replace('-', '_')}s": float(border.by_kind().get(kind, 0)) for kind in COSTS},
    }


def _table_metrics(tables: list[dict[str, Any]], border: Border) -> dict[str, float]:
    foreign = {entry.what for entry in border.outward if entry.kind in ("read", "write")}
    return {
        "tables": float(len(tables)),
        "shared_tables": float(sum(map(is_shared, tables))),
        "foreign_tables": float(len(foreign)),
    }


def _contract_metrics(operations: list[dict[str, Any]]) -> dict[str, float]:
    typed = sum(bool(operation.get("typed")) for operation in operations)
    return {
        "contract": float(len(operations)),
        "contract_typed": round(typed / len(operations), 4) if operations else 1.0,
    }


def effort_lines(border: Border) -> list[dict[str, Any]]:
    """Crossings by kind times their price: what the effort is made of."""
    return [
        {"kind": kind, "count": count, "cost": COSTS[kind], "points": count * COSTS[kind]}
        for kind, count in border.by_kind().items()
    ]


def _listed(border: Border, kind: str) -> list[dict[str, Any]]:
    return [describe(entry) for entry in border.crossing if entry.kind == kind]


def _foreign(border: Border) -> list[dict[str, Any]]:
    return [describe(entry) for entry in border.outward if entry.kind in ("read", "write")]


def describe(entry: Entry) -> dict[str, Any]:
    """An entry for the document."""
    return {
        "source": entry.source,
        "target": entry.target,
        "kind": entry.kind,
        "what": entry.what,
        "sites": entry.sites,
        "evidence": places(entry.evidence),
    }


def _worth(metrics: Mapping[str, float], size: int, total: int) -> float:
    """Size in a comfortable range, data of its own, a face of its own, steadiness, safety; each takes off a share."""
    small = min(1.0, math.log2(1 + size) / math.log2(1 + _COMFORTABLE))
    large = min(1.0, _TOO_LARGE * total / size) if size else 0.0
    tables, foreign = metrics["tables"], metrics["foreign_tables"]
    own_data = tables / (tables + foreign) if tables else 0.0
    written_by_others = metrics["shared_tables"] / tables if tables else 0.0
    least = _NO_DATA if tables or metrics["contract"] else _EDGE
    data = (least + (1 - least) * own_data) * (1 - 0.5 * written_by_others)
    steady = (0.5 + 0.5 * metrics["stability"]) * (1 - _RISK * metrics["risk"])
    return round(small * large * data * _face(metrics) * steady, 6)


def _not_all_there_is(share: float) -> float:
    """What owns most of all tables is what will be left when others are out, rather than one to begin with."""
    return max(_CORE, min(1.0, 2 * (1 - share)))


def _face(metrics: Mapping[str, float]) -> float:
    if metrics["routes"]:
        return 1.0
    if metrics["tasks"]:
        return _ONLY_TASKS
    return _ONLY_CALLED if metrics["contract"] else _NO_FACE

"""Everything that ties two modules, one entry per tie, with its kind, its price and its places.

The ledger does not depend on any proposal: the figures of a seam are sums over the entries that cross its border, so
that moving a module changes sums, and nothing has to be clustered or read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strangler.analysis import Analysis, Call, Edge, Evidence
from strangler_analyzers.seams.measures.costs import COSTS
from strangler_analyzers.seams.measures.effects import Effects

# Places kept per entry: enough to judge by, few enough for a page that holds them all.
_PLACES = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """Module ``source`` depends on ``target`` in the way of ``kind``; ``what`` is the callable, class or table."""

    kind: str
    source: str
    target: str
    what: str
    sites: int
    evidence: tuple[Evidence, ...] = ()

    @property
    def cost(self) -> int:
        """Effort points to mend it, if it crosses a border."""
        return COSTS[self.kind]


def ledger(analysis: Analysis) -> tuple[Entry, ...]:
    """All entries, in the order of kind, source, target and what."""
    found = [*_edges(analysis), *_calls(analysis), *_data(analysis), *_transactions(analysis)]
    return tuple(sorted(found, key=lambda entry: (entry.kind, entry.source, entry.target, entry.what)))


def _edges(analysis: Analysis) -> Iterator[Entry]:
    told_apart = bool(analysis.calls)
    for edge in analysis.edges:
        if edge.kind == "data" or (edge.kind == "call" and told_apart):
            continue  # they come from the finer lists below
        what = edge.via or ""
        yield Entry(_edge_kind(edge), edge.source, edge.target, what, edge.weight, edge.evidence[:_PLACES])


def _edge_kind(edge: Edge) -> str:
    return "type-checking" if edge.scope == ("type_checking",) else edge.kind


def _calls(analysis: Analysis) -> Iterator[Entry]:
    grouped: dict[tuple[str, str, str, str], list[Call]] = {}
    for call in analysis.calls:
        source, target = call.caller.partition(":")[0], call.callee.partition(":")[0]
        if source != target:
            kind = "loop-call" if call.in_loop and call.confidence != "possible" else "call"
            grouped.setdefault((kind, source, target, call.callee), []).append(call)
    for (kind, source, target, callee), calls in grouped.items():
        places = tuple(site for call in calls for site in call.evidence)
        yield Entry(kind, source, target, callee, max(len(places), len(calls)), places[:_PLACES])


def _data(analysis: Analysis) -> Iterator[Entry]:
    for table in analysis.tables:
        for kind, uses in (("read", table.readers), ("write", table.writers)):
            for use in uses:
                if use.module != table.owner:
                    sites = max(1, len(use.evidence))
                    yield Entry(kind, use.module, table.owner, table.name, sites, use.evidence[:_PLACES])
    for model in analysis.models:
        for reference in model.references:
            target = (reference.target or "").partition(":")[0]
            if target and target != model.module and reference.kind != "relationship":
                what = f"{model.cls}.{reference.field}"
                yield Entry("foreign-key", model.module, target, what, 1, model.evidence[:_PLACES])


def _transactions(analysis: Analysis) -> Iterator[Entry]:
    """A scope that writes tables of several modules, once for each module but its first."""
    owners, effects = {table.name: table.owner for table in analysis.tables}, Effects(analysis)
    for scope in analysis.transactions:
        written = sorted({owners[table] for table in effects.written_in(scope) if table in owners})
        for other in written[1:]:
            yield Entry("transaction", written[0], other, scope.id, 1, scope.evidence[:_PLACES])

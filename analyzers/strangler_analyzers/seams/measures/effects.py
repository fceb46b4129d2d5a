"""What a function does to tables, by itself and through what it calls."""

from __future__ import annotations

from collections.abc import Collection

from strangler.analysis import Analysis, Call, Transaction
from strangler_analyzers.seams.measures.libraries import spread_back

_NOTHING: frozenset[str] = frozenset()


def _knows(call: Call, imported: Collection[tuple[str, str]]) -> bool:
    """Whether the caller's module imports the callee's; if not it calls back what it was handed, perhaps much later."""
    source, target = call.caller.partition(":")[0], call.callee.partition(":")[0]
    return source == target or (source, target) in imported


class Effects:
    """Answers which tables are written from a function, a transaction, or a function as far as one seam goes."""

    def __init__(self, analysis: Analysis) -> None:
        self._writes = {function.ref: frozenset(function.writes) for function in analysis.functions}
        self._callees: dict[str, set[str]] = {}
        self._in_scope: dict[str, set[str]] = {}
        imported = {(edge.source, edge.target) for edge in analysis.edges if edge.kind == "import"}
        for call in analysis.calls:
            if call.confidence != "possible" and _knows(call, imported):
                self._callees.setdefault(call.caller, set()).add(call.callee)
                if call.in_transaction:
                    self._in_scope.setdefault(call.in_transaction, set()).add(call.callee)
        self._written = spread_back(self._callees, lambda ref: self._writes.get(ref, _NOTHING))

    def written_in(self, scope: Transaction) -> frozenset[str]:
        """Every table that is written before the transaction ends."""
        callees = self._in_scope.get(scope.id, set())
        return frozenset(scope.tables).union(*(self._all(callee) for callee in callees))

    def written(self, ref: str) -> list[str]:
        """The tables written from ``ref``, wherever it leads."""
        return sorted(self._all(ref))

    def _all(self, ref: str) -> frozenset[str]:
        return self._written.get(ref, self._writes.get(ref, _NOTHING))

    def written_within(self, ref: str, modules: Collection[str]) -> list[str]:
        """The tables written from ``ref`` without leaving ``modules``."""
        found, waiting, seen = set[str](), [ref], {ref}
        while waiting:
            current = waiting.pop()
            found |= self._writes.get(current, _NOTHING)
            for callee in self._callees.get(current, ()):
                if callee not in seen and callee.partition(":")[0] in modules:
                    seen.add(callee)
                    waiting.append(callee)
        return sorted(found)

"""Precision and recall of the call graph on PyCG's suite of small programs with known edges.

Usage: PYCG=CLONE python benchmarks/bench_analyzers_callgraph.py (a clone of vitsalis/PyCG; each folder with main.py and
callgraph.json is a case). PyCG 0.0.8 reaches precision .976, recall .932, 106 of 119 exact; Jarvis .936, .883, 92.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from figures import Figure, report, status
from sources import PYCG, missing, tree

from strangler_analyzers import Options, call_graph

Edges = set[tuple[str, str]]


def edges(graph: dict[str, list[str]]) -> Edges:
    """Caller and callee of each edge."""
    return {(caller, callee) for caller, callees in graph.items() for callee in callees}


def measure(suite: Path) -> None:
    """Run every case and report the totals."""
    right = found = wanted = exact = cases = 0
    for truth in sorted(suite.rglob("callgraph.json")):
        want = edges(json.loads(truth.read_text()))
        got = edges(call_graph(truth.parent, Options(processes=1)))
        cases, exact = cases + 1, exact + (want == got)
        right, found, wanted = right + len(want & got), found + len(got), wanted + len(want)
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    report(
        Figure("analyzers", "PyCG's suite: precision", precision, peer="PyCG's .976", target=0.98, higher=True),
        Figure("analyzers", "PyCG's suite: recall", recall, peer="PyCG's .932", target=0.95, higher=True),
        Figure("analyzers", f"PyCG's suite: exact of {cases}", exact, peer="PyCG's 106", target=110, higher=True),
    )


if __name__ == "__main__":
    if not missing("analyzers", "the call graph of PyCG's suite", PYCG):
        with tree(PYCG, python_only=False) as folder:
            measure(folder / "micro-benchmark")
    sys.exit(status())

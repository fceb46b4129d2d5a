"""Precision and recall of the call graph on a suite of small programs with known edges (PyCG's layout).

Usage: python benchmarks/bench_analyzers_callgraph.py SUITE, where SUITE/CATEGORY/CASE holds main.py and callgraph.json.
The suite is public (vitsalis/PyCG, micro-benchmark/snippets); it is not part of this repository; without it nothing is
measured. PyCG 0.0.8 reaches precision .976, recall .932, 106 of 119 exact; Jarvis .936, .883, 92.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from strangler_analyzers import Options, call_graph

Edges = set[tuple[str, str]]


def edges(graph: dict[str, list[str]]) -> Edges:
    """Caller and callee of each edge."""
    return {(caller, callee) for caller, callees in graph.items() for callee in callees}


def main() -> None:
    """Run every case and print the totals."""
    if len(sys.argv) < 2:
        print("no suite given: see the top of this file")
        return
    right = found = wanted = exact = cases = 0
    for truth in sorted(Path(sys.argv[1]).rglob("callgraph.json")):
        want = edges(json.loads(truth.read_text()))
        got = edges(call_graph(truth.parent, Options(processes=1)))
        cases, exact = cases + 1, exact + (want == got)
        right, found, wanted = right + len(want & got), found + len(got), wanted + len(want)
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    print(f"{cases} cases: precision {precision:.4f}, recall {recall:.4f}, exact {exact}")
    print(
        f"against PyCG: precision {precision / 0.976:.3f} x, recall {recall / 0.932:.3f} x, exact {exact / 106:.3f} x"
    )


if __name__ == "__main__":
    main()

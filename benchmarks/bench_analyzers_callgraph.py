"""Precision and recall of the call graph on programs with known edges: PyCG's suite, and the one of Jarvis.

Usage: PYCG=CLONE JARVIS=FOLDER python benchmarks/bench_analyzers_callgraph.py (a clone of vitsalis/PyCG, each folder of
which with main.py and callgraph.json is a case; the folder with dataset and ground_truth of Jarvis's artifact).
PyCG 0.0.8 reaches precision .976, recall .932, 106 of 119 exact on the first; Jarvis .936, .883, 92. The second took no
part in the making of ours. Its truths count what they were written to count: that of the six applications leaves most
properties and special methods out, which ``tests/analyzers/test_profiled.py`` asks the interpreter for.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from figures import Figure, report, status
from sources import JARVIS, PYCG, missing, tree

from strangler_analyzers import Options, call_graph

Edges = set[tuple[str, str]]
ONE = Options(processes=1)
# Kinds of programs that are not in PyCG's suite.
NEW = ("new_", "context_managers/")
# What lies beside an application.
BESIDE = ("tests", "test", "docs", "example", "examples", "e2e_tests", "setup.py")


def edges(graph: dict[str, list[str]]) -> Edges:
    """Caller and callee of each edge."""
    return {(caller, callee) for caller, callees in graph.items() for callee in callees}


@dataclass
class Score:
    """Edges that were right, found and wanted, and cases that were exact, of so many."""

    right: int = 0
    found: int = 0
    wanted: int = 0
    exact: int = 0
    cases: int = 0

    def add(self, got: Edges, want: Edges) -> None:
        """Count one more case."""
        self.cases, self.exact = self.cases + 1, self.exact + (want == got)
        self.right, self.found, self.wanted = (
            self.right + len(want & got),
            self.found + len(got),
            self.wanted + len(want),
        )

    @property
    def precision(self) -> float:
        """Right of those found."""
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        """Right of those wanted."""
        return self.right / max(self.wanted, 1)


def measure(suite: Path) -> None:
    """Run every case of PyCG's suite and report the totals."""
    score = Score()
    for truth in sorted(suite.rglob("callgraph.json")):
        score.add(edges(call_graph(truth.parent, ONE)), edges(json.loads(truth.read_text())))
    exact = f"PyCG's suite: exact of {score.cases}"
    report(
        Figure("analyzers", "PyCG's suite: precision", score.precision, peer="PyCG's .976", target=0.98, higher=True),
        Figure("analyzers", "PyCG's suite: recall", score.recall, peer="PyCG's .932", target=0.95, higher=True),
        Figure("analyzers", exact, score.exact, peer="PyCG's 106", target=110, higher=True),
    )


def measure_jarvis(artifact: Path) -> None:
    """Run the small programs of Jarvis, those that PyCG's suite has no kind of apart, and its six applications."""
    every, new = Score(), Score()
    truths = artifact / "ground_truth/micro_benchmark"
    for truth in sorted(truths.rglob("callgraph.json")):
        case = truth.parent.relative_to(truths).as_posix()
        got = edges(call_graph(artifact / "dataset/micro_benchmark" / case.replace("new_direct_", "new_direct "), ONE))
        for score in (every, new) if case.startswith(NEW) else (every,):
            score.add(got, _named(edges(json.loads(truth.read_text()))))
    whole = Score()
    for application in sorted((artifact / "ground_truth/macro_benchmark").iterdir()):
        if (application / "EA.json").is_file():
            whole.add(*_inside(artifact / "dataset/macro_benchmark/pj" / application.name, application / "EA.json"))
    report(
        Figure("analyzers", f"Jarvis's {every.cases} programs: precision", every.precision, floor=0.95, higher=True),
        Figure("analyzers", f"Jarvis's {every.cases} programs: recall", every.recall, floor=0.95, higher=True),
        Figure("analyzers", f"Jarvis's {new.cases} of new kinds: exact", new.exact, floor=22, higher=True),
        Figure(
            "analyzers", "Jarvis's six applications, within the project: recall", whole.recall, target=0.8, higher=True
        ),
    )


def _named(truth: Edges) -> Edges:
    """The same, with methods of containers and texts named as PyCG names them."""
    names = {"<map>": "<**PyDict**>", "<str>": "<**PyStr**>", "<list>": "<**PyList**>"}
    return {
        (caller, ".".join([names.get(callee.split(".")[0], callee.split(".")[0]), *callee.split(".")[1:]]))
        for caller, callee in truth
    }


def _inside(project: Path, truth: Path) -> tuple[Edges, Edges]:
    """The edges between functions of a project: ours and the known ones; a class body is part of what is around it."""
    graph = call_graph(project, Options(processes=1, exclude=BESIDE))
    paths = [path.relative_to(project).with_suffix("").as_posix().replace("/", ".") for path in project.rglob("*.py")]
    modules = {
        name for name in graph if any(f".{path.removesuffix('.__init__')}".endswith(f".{name}") for path in paths)
    }
    functions = graph.keys() - modules
    wanted = set()
    for caller, callee in edges(json.loads(truth.read_text())):
        while caller not in graph and "." in caller:
            caller = caller.rpartition(".")[0]
        wanted.add((caller, callee))
    ours, known = ({(a, b) for a, b in found if a in graph and b in functions} for found in (edges(graph), wanted))
    return ours, known


if __name__ == "__main__":
    if not missing("analyzers", "the call graph of PyCG's suite", PYCG):
        with tree(PYCG, python_only=False) as folder:
            measure(folder / "micro-benchmark")
    if not missing("analyzers", "the call graph of Jarvis's programs", JARVIS):
        measure_jarvis(Path(JARVIS.given))
    sys.exit(status())

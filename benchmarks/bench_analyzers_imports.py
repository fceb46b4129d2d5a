"""Import edges and the time they take, against grimp on the same packages in the same run.

Usage: python benchmarks/bench_analyzers_imports.py [FOLDER PACKAGE] (default: this repository's own packages).
The edges must be equal; grimp extracts nothing but imports, so its time is a floor, not a match.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import grimp

from strangler_analyzers import Options
from strangler_analyzers.analyze import survey

ROOT = Path(__file__).parent.parent
OWN = [
    ("", "strangler"),
    ("analyzers", "strangler_analyzers"),
    ("facade", "strangler_facade"),
    ("deploy", "strangler_deploy"),
]


def compare(folder: Path, package: str) -> None:
    """One line: edges on both sides, equal or not, seconds of both."""
    sys.path.insert(0, str(folder))
    start = time.process_time()
    graph = grimp.build_graph(package, cache_dir=None)
    theirs = {(a, b) for a in graph.modules for b in graph.find_modules_directly_imported_by(a)}
    middle = time.process_time()
    analysis = survey(folder, Options(packages=(package,), processes=1))
    end = time.process_time()
    ours = {
        (edge.source, edge.target)
        for edge in analysis.edges
        if edge.kind == "import" and edge.scope != ("dynamic",) and {edge.source, edge.target} <= graph.modules
    }
    same = "equal" if ours == theirs else f"{len(theirs - ours)} missing, {len(ours - theirs)} extra"
    print(f"{package:24} {len(theirs):6} edges, {same}; all facts take {(end - middle) / (middle - start):.1f} x grimp")


def main() -> None:
    """Compare what was asked for, or our own packages."""
    pairs = [(sys.argv[1], sys.argv[2])] if len(sys.argv) > 2 else [(str(ROOT / folder), name) for folder, name in OWN]
    for folder, package in pairs:
        compare(Path(folder), package)


if __name__ == "__main__":
    main()

"""Import edges and the time they take, against grimp on the same packages in the same run.

Usage: python benchmarks/bench_analyzers_imports.py: this repository's own packages, and of those in ``sources.py`` what
is given. The edges must be equal; grimp extracts nothing but imports, so its time is no match, only a measure.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import grimp
from figures import Figure, report, status
from sources import MEALIE, OSCAR, SALEOR, missing, tree

from strangler.analysis import Analysis
from strangler_analyzers import Options
from strangler_analyzers.analyze import survey

ROOT = Path(__file__).parent.parent
OWN = (
    ("", "strangler"),
    ("analyzers", "strangler_analyzers"),
    ("facade", "strangler_facade"),
    ("deploy", "strangler_deploy"),
)
THEIRS = ((OSCAR, "src", "oscar"), (MEALIE, "", "mealie"), (SALEOR, "", "saleor"))


def compare(folder: Path, package: str) -> None:
    """Edges that only one side has, and the processor time of both."""
    sys.path.insert(0, str(folder))
    start = time.process_time()
    graph = grimp.build_graph(package, cache_dir=None)
    middle = time.process_time()
    analysis = survey(folder, Options(packages=(package,), processes=1))
    ratio = (time.process_time() - middle) / (middle - start)
    sys.path.remove(str(folder))
    theirs = {(a, b) for a in graph.modules for b in graph.find_modules_directly_imported_by(a)}
    differing = theirs ^ imports(analysis, graph.modules)
    for source, target in sorted(differing)[:20]:
        print(f"  only {'grimp' if (source, target) in theirs else 'we'}: {source} -> {target}")
    report(
        Figure(
            "analyzers",
            f"import edges of {package} that differ",
            len(differing),
            peer=f"grimp's {len(theirs):,}",
            target=0,
        ),
        Figure("analyzers", f"CPU of all facts of {package}", ratio, "x", "grimp, imports alone"),
    )


def imports(analysis: Analysis, modules: set[str]) -> set[tuple[str, str]]:
    """The edges that are written as imports, between modules that the other side knows too."""
    return {
        (edge.source, edge.target)
        for edge in analysis.edges
        if edge.kind == "import" and edge.scope != ("dynamic",) and {edge.source, edge.target} <= modules
    }


def main() -> None:
    """Compare our own packages, then what was given."""
    for folder, package in OWN:
        compare(ROOT / folder, package)
    for source, inside, package in THEIRS:
        if not missing("analyzers", f"import edges of {package}", source):
            with tree(source) as unpacked:
                compare(unpacked / inside, package)


if __name__ == "__main__":
    main()
    sys.exit(status())

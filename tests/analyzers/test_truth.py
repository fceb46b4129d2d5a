"""Against judges that are not ours: grimp's import graph, and what the running sample says of its own routes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from strangler_analyzers.analyze import survey
from strangler_analyzers.options import Options

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "sample_monolith"

_DUMP = """
import json
from shop.app import create_app
rules = create_app().url_map.iter_rules()
print(json.dumps(sorted([rule.rule, sorted(rule.methods - {"HEAD", "OPTIONS"}), rule.endpoint] for rule in rules)))
"""


@pytest.mark.parametrize(
    ("folder", "package"),
    [
        ("", "strangler"),
        ("analyzers", "strangler_analyzers"),
        ("facade", "strangler_facade"),
        ("deploy", "strangler_deploy"),
    ],
)
def test_import_edges_are_those_grimp_finds(folder: str, package: str) -> None:
    graph = grimp.build_graph(package, cache_dir=None)
    theirs = {(a, b) for a in graph.modules for b in graph.find_modules_directly_imported_by(a)}
    analysis = survey(ROOT / folder, Options(packages=(package,), processes=1, level="module"))
    ours = {
        (edge.source, edge.target)
        for edge in analysis.edges
        if edge.kind == "import" and edge.scope != ("dynamic",) and {edge.source, edge.target} <= graph.modules
    }
    assert ours == theirs


def test_routes_are_those_the_running_sample_serves() -> None:
    done = subprocess.run([sys.executable, "-c", _DUMP], cwd=SAMPLE, capture_output=True, text=True, check=True)
    served = {
        (rule.replace("<int:", "{").replace("<", "{").replace(">", "}"), method)
        for rule, methods, endpoint in json.loads(done.stdout)
        for method in methods
        if endpoint != "static"
    }
    analysis = survey(SAMPLE, Options(packages=("shop",), processes=1))
    found = {(route.path, method) for route in analysis.routes for method in route.methods or ()}
    assert found == served
    assert not [route.handler for route in analysis.routes if ".wrapper" in route.handler]

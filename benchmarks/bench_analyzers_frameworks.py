"""Routes, models, references and tasks of real applications, against what their running frameworks said.

Usage: CASES=FOLDER OSCAR=… MEALIE=… python benchmarks/bench_analyzers_frameworks.py

CASES holds score_runtime.py and truth/NAME.runtime.json.gz: dumps of the running applications. A whole repository is
analysed, as a user would.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from figures import Figure, report, status
from sources import CASES, MEALIE, OSCAR, missing, tree

from strangler.analysis import dumps
from strangler_analyzers import Options, survey

LIMIT = 0.97
MEASURES = {
    "routes_path_handler": "routes, by path and handler",
    "models": "models",
    "model_references": "references between models",
    "tasks_name": "tasks",
}


def main() -> None:
    """Score every application that was given."""
    for source in (OSCAR, MEALIE):
        name = source.variable.lower()
        if not missing("analyzers", f"facts of {name} against its framework", CASES, source):
            with tree(source, python_only=False) as folder:
                report(*figures(name, scored(name, folder)))


def scored(name: str, folder: Path) -> Mapping[str, Any]:
    """What the scorer says of an analysis of ``folder``."""
    cases = Path(CASES.given)
    with tempfile.NamedTemporaryFile(suffix=".json") as document:
        Path(document.name).write_text(dumps(survey(folder, Options(processes=1))), encoding="utf-8")
        truth = cases / "truth" / f"{name}.runtime.json.gz"
        command = [sys.executable, str(cases / "score_runtime.py"), document.name, str(truth), "--json"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: Mapping[str, Any] = json.loads(said)
    return found


def figures(name: str, scores: Mapping[str, Any]) -> Iterator[Figure]:
    """Precision and recall of each kind of fact that the application has."""
    for key, measure in MEASURES.items():
        if key in scores:
            for side in ("precision", "recall"):
                peer = f"{scores[key]['truth']} of the running framework"
                value = scores[key][side]
                yield Figure("analyzers", f"{name}, {measure}: {side}", value, peer=peer, target=LIMIT, higher=True)


if __name__ == "__main__":
    main()
    sys.exit(status())

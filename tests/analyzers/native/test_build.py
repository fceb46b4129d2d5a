"""The compiled analysis says the same as the plain one (what holds for all twins: tests/strangler/twins)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from strangler.twins import source, usable
from strangler_analyzers.detectors import DETECTORS
from strangler_analyzers.native import GROUP

ROOT = Path(__file__).parents[3]
_ANALYZE = (
    "import sys; from pathlib import Path; import strangler_analyzers as a, strangler_analyzers.native as n;"
    "from strangler.analysis import dumps; print(n.in_use);"
    "print(*[dumps(a.analyze(Path(one), a.Options(processes=1))) for one in sys.argv[1:]])"
)


def _said(folders: list[Path], pure: str, seed: str) -> tuple[str, str]:
    environment = {**os.environ, "STRANGLER_PURE": pure, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", _ANALYZE, *map(str, folders)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    in_use, _, documents = run.stdout.partition("\n")
    return in_use, documents


def test_every_module_of_the_group_is_there_and_the_whole_run_is_in_it() -> None:
    assert [module for module in GROUP.modules if not source(GROUP, module).exists()] == []
    assert {"strangler_analyzers.resolve.program", "strangler_analyzers.resolve.evaluate"} <= set(GROUP.modules)


@pytest.mark.skipif(usable(GROUP) is None, reason="NOT compiled here: python -m strangler_analyzers.native.build")
def test_documents_are_the_same_bytes_with_twins_and_without(tmp_path: Path) -> None:
    folders = [ROOT / "sample_monolith", ROOT / "facade"]
    examples = [example for detector in DETECTORS for example in detector.examples]
    for number, example in enumerate(examples):
        folders.append(tmp_path / f"example{number}")
        for name, text in example.files.items():
            file = folders[-1] / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    plain, compiled = _said(folders, "1", "1"), _said(folders, "", "2")
    assert (plain[0], compiled[0]) == ("False", "True")
    assert plain[1] == compiled[1]

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from strangler.analysis import Analysis
from strangler_analyzers import call_graph
from strangler_analyzers.analyze import survey
from strangler_analyzers.options import Options

Write = Callable[[Mapping[str, str | bytes]], Path]
Survey = Callable[..., Analysis]
Calls = Callable[[str | Mapping[str, str | bytes]], set[tuple[str, str]]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a tree of files below a fresh folder, and says where."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "tree"
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write


@pytest.fixture
def look(write: Write) -> Survey:
    """Analyses a tree of files, without seams."""

    def look(files: Mapping[str, str | bytes], **options: object) -> Analysis:
        return survey(write(files), Options(**{"processes": 1, **options}))  # type: ignore[arg-type]

    return look


@pytest.fixture
def calls(write: Write) -> Calls:
    """Gives (caller, callee) of each call between functions of the written files, as the abstract run sees it."""

    def calls(files: str | Mapping[str, str | bytes]) -> set[tuple[str, str]]:
        tree: Mapping[str, str | bytes] = {"main.py": files} if isinstance(files, str) else files
        graph = call_graph(write(tree), Options(processes=1))
        outside = ("<", "os.", "functools.", "itertools.")
        return {(a, b) for a, found in graph.items() for b in found if not b.startswith(outside)}

    return calls

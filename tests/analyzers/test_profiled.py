"""Programs of a few lines, run: the calls that the profiler sees are those of the call graph.

``tests/data/programs`` has them, by what they are about. A program that is not yet understood says so: ``! missing``
is a call that the graph lacks, ``! extra`` one that never happened. What else differs is a mistake, and so is a line
that is no longer true.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from strangler_analyzers import call_graph
from strangler_analyzers.facts import extract
from strangler_analyzers.options import Options

PROGRAMS = Path(__file__).parent.parent / "data/programs"


class Program(NamedTuple):
    """A program: its name, its files, and in what it is known to be misread."""

    name: str
    files: dict[str, str]
    missing: frozenset[tuple[str, ...]]
    extra: frozenset[tuple[str, ...]]


def _programs() -> Iterator[Program]:
    for path in sorted(PROGRAMS.glob("*.txt")):
        for part in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name, _, body = part.partition("\n")
            known = {
                kind: frozenset(tuple(line.split()[2:]) for line in body.splitlines() if line.startswith(f"! {kind} "))
                for kind in ("missing", "extra")
            }
            source = "".join(line + "\n" for line in body.splitlines() if not line.startswith("! "))
            pieces = re.split(r"^--- (\S+)\n", source, flags=re.MULTILINE)
            files = dict(zip(pieces[1::2], pieces[2::2], strict=True)) if len(pieces) > 1 else {"main.py": source}
            yield Program(f"{path.stem}_{name}", files, known["missing"], known["extra"])


ALL = {program.name: program for program in _programs()}


@cache
def _observed() -> dict[str, tuple[set[tuple[str, str]], dict[str, Any]]]:
    """What the graph says and what was seen, of each program; all of them run in one process."""
    with TemporaryDirectory() as folder:
        roots = {name: Path(folder).resolve() / name for name in ALL}
        for name, program in ALL.items():
            for file, source in program.files.items():
                path = roots[name] / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(source, encoding="utf-8")
        out = Path(folder) / "seen.json"
        script = Path(__file__).parent / "profiled.py"
        subprocess.run([sys.executable, str(script), str(out), *map(str, roots.values())], check=True, timeout=120)
        seen = json.loads(out.read_text(encoding="utf-8"))
        return {name: (_graph(root), _named(seen[str(root)], root)) for name, root in roots.items()}


def _graph(root: Path) -> set[tuple[str, str]]:
    graph = call_graph(root, Options(processes=1))
    return {(caller, callee) for caller, callees in graph.items() for callee in callees if callee in graph}


def _named(seen: dict[str, Any], root: Path) -> dict[str, Any]:
    """The same with lambdas called as we call them: by their order on a line."""
    places = sorted({name for pair in (*seen["calls"], *seen["through"]) for name in pair if "@" in name}, key=_place)
    names: dict[str, str] = {}
    for path in root.rglob("*.py"):
        module = path.relative_to(root).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        scopes = [scope for scope in extract(path.read_bytes()).scopes if scope.kind == "lambda"]
        for line in {scope.line for scope in scopes}:
            here = [name for name in places if name.startswith(f"{module}@{line}:")]
            ours = [f"{module}.{scope.qualname}" for scope in scopes if scope.line == line]
            names.update(zip(here, ours, strict=False))
    pairs = {kind: {(names.get(a, a), names.get(b, b)) for a, b in seen[kind]} for kind in ("calls", "through")}
    return {**pairs, "unasked": set(seen["unasked"])}


def _place(name: str) -> tuple[str, int, int]:
    module, _, place = name.partition("@")
    line, _, column = place.partition(":")
    return (module, int(line), int(column))


@pytest.mark.parametrize("name", ALL)
def test_the_calls_of_a_program_are_those_the_profiler_sees(name: str) -> None:
    graph, seen = _observed()[name]
    extra = {pair for pair in graph - seen["calls"] - seen["through"] if pair[1] not in seen["unasked"]}
    assert (seen["calls"] - graph, extra) == (ALL[name].missing, ALL[name].extra)


def test_most_programs_are_understood_wholly() -> None:
    wholly = [name for name, program in ALL.items() if not program.missing and not program.extra]
    assert len(wholly) >= 0.9 * len(ALL)

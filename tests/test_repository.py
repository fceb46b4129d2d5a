"""The house rules that no other tool checks."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = {
    "strangler": ROOT / "strangler",
    "analyzers": ROOT / "analyzers/strangler_analyzers",
    "facade": ROOT / "facade/strangler_facade",
    "scaffolds": ROOT / "scaffolds/strangler_scaffolds",
    "deploy": ROOT / "deploy/strangler_deploy",
}
MODULES = sorted(
    (area, path.relative_to(root))
    for area, root in SOURCES.items()
    for path in root.rglob("*.py")
    if "templates" not in path.parts
)


def _lines(area: str, path: Path) -> int:
    return len((SOURCES[area] / path).read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(("area", "path"), MODULES, ids=lambda value: str(value))
def test_no_file_is_longer_than_400_lines(area: str, path: Path) -> None:
    assert _lines(area, path) <= 400


@pytest.mark.parametrize("folder", ["benchmarks", "docs", "sample_monolith", "tests"])
def test_no_file_of_what_is_around_it_is_longer_either(folder: str) -> None:
    paths = sorted((ROOT / folder).rglob("*.py"))
    assert [path for path in paths if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []


def test_half_of_the_files_are_shorter_than_130_lines() -> None:
    assert statistics.median(_lines(area, path) for area, path in MODULES) < 130


@pytest.mark.parametrize(("area", "path"), MODULES, ids=lambda value: str(value))
def test_a_module_has_its_test_where_one_looks_for_it(area: str, path: Path) -> None:
    """A module's tests are in the mirrored file, or in one (or a journey) that is named after a package it is in."""
    if path.name in ("__init__.py", "__main__.py"):
        return
    folder = ROOT / "tests" / area
    mirrored = folder / path.parent / f"test_{path.name}"
    packages = [package for package in path.parents if package != Path()]
    of_a_package = [(folder / package).with_name(f"test_{package.name}.py") for package in packages]
    journeys = [ROOT / "tests" / "journeys" / f"test_{package.name}.py" for package in packages]
    candidates = [mirrored, *of_a_package, *journeys]
    assert any(candidate.exists() for candidate in candidates), f"expected {mirrored.relative_to(ROOT)}"


def _tracked_text() -> list[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not in a git checkout")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [(str(p.relative_to(ROOT)), p.read_text(encoding="utf-8", errors="replace")) for p in paths if p.is_file()]


def test_no_file_names_a_package_registry() -> None:
    host = re.compile(r"https?://(files|registry|pypi|deb|proxy)\.[a-z]|https?://[^ \n]+/simple(/|\s|$)")
    guilty = [name for name, text in _tracked_text() if host.search(text) and name != "tests/test_repository.py"]
    assert guilty == []


def test_a_decision_has_its_context_decision_and_consequences() -> None:
    for path in (ROOT / "docs/decisions").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert re.match(r"# \d{4}: ", text), path.name
        assert len(text.splitlines()) <= 80, f"{path.name} is longer than a page"


def test_the_architecture_fits_150_lines() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 150


_REPEAT = 10


def _written(path: Path) -> list[tuple[int, str]]:
    """The lines of a file that say something: no blank ones, comments, imports, lone brackets."""
    text = path.read_text(encoding="utf-8")
    imported = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate((line.strip() for line in text.splitlines()), 1)
    return [(number, line) for number, line in lines if re.match(r"[^#]*[a-zA-Z]", line) and number not in imported]


def test_no_ten_lines_are_written_twice() -> None:
    seen: dict[tuple[str, ...], str] = {}
    twice = []
    folders = ("strangler", "analyzers", "facade", "scaffolds", "deploy", "benchmarks", "docs", "tests")
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("tests/data/"):
            continue
        lines = _written(path)
        for start in range(len(lines) - _REPEAT + 1):
            run = tuple(line for _, line in lines[start : start + _REPEAT])
            place = f"{name}:{lines[start][0]}"
            if seen.setdefault(run, place) != place:
                twice.append(f"{place} ~ {seen[run]}")
    assert twice == []


@pytest.mark.parametrize(
    "step", [*sorted((ROOT / ".ci").glob("steps/*")), ROOT / ".ci/run"], ids=lambda path: path.name
)
def test_a_step_of_ci_is_a_script_that_stops_at_its_first_mistake(step: Path) -> None:
    assert subprocess.run(["bash", "-n", str(step)], check=False).returncode == 0
    commands = [line for line in step.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert len(commands) == 1 or "set -euo pipefail" in commands

"""How long all facts and their resolution take, against bare ``ast.parse`` of the same files in the same run.

Usage: python benchmarks/bench_analyzers_speed.py [FOLDER] (default: saleor if ``sources.py`` is given it, else the
standard library of this interpreter).
CPU seconds of this process per million lines, and wall-clock seconds on two processes. "Nothing changed" is asked for
as JSON, and with every record of the document made; then one file is edited, in one way after the other. All of it in
plain Python, and again compiled where ``python -m strangler_analyzers.native.build`` was run.
"""

from __future__ import annotations

import ast
import dataclasses
import gc
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import MISSED, Figure, report, status
from sources import SALEOR, missing, tree

from strangler.analysis import Analysis, Module, dumps
from strangler_analyzers import Options
from strangler_analyzers.analyze import survey
from strangler_analyzers.native import in_use

# Younger files are hashed anew by each run.
_SETTLED = 2.5
# Lines of a file of tests that is not just a package's mark.
_LONG = 50
_COMPILED = "compiled: " if in_use else ""


def parse_all(root: Path, analysis: Analysis) -> float:
    """CPU seconds of bare parsing, collector off."""
    gc.disable()
    start = time.process_time()
    for module in analysis.modules:
        try:
            ast.parse((root / module.path).read_bytes())
        except (SyntaxError, ValueError):
            continue
    spent = time.process_time() - start
    gc.enable()
    return spent


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """The CPU seconds of ``work`` in this process, and its wall-clock seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def copied(root: Path, analysis: Analysis, folder: Path) -> Path:
    """The analysed files in a folder of their own, in which one may be changed."""
    for module in analysis.modules:
        target = folder / module.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / module.path, target)
    return folder


def edited_product(analysis: Analysis) -> Module:
    """The product module in the middle by length: neither a stub nor the biggest."""
    calling = {call.caller.partition(":")[0] for call in analysis.calls}
    product = [one for one in analysis.modules if one.name in calling and one.is_product]
    return sorted(product, key=lambda one: (one.loc, one.name))[len(product) // 2]


def comment(lines: list[str]) -> None:
    """A comment at the top: all places move."""
    lines.insert(0, "# added by the benchmark\n")


def body(lines: list[str]) -> None:
    """One more call in the first function that has a body of its own."""
    place = next(n for n, line in enumerate(lines) if line.lstrip().startswith("return "))
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    lines.insert(place, f"{indent}print(len('added by the benchmark'))\n")


def function(lines: list[str]) -> None:
    """A new function that nobody calls."""
    lines.append("\n\ndef added_by_the_benchmark(): ...\n")


def signature(lines: list[str]) -> None:
    """One more parameter of the function that was added."""
    lines[-1] = lines[-1].replace("()", "(more=None)")


def test_added(lines: list[str]) -> None:
    """One more test, with an import of its own."""
    lines.append("\n\ndef test_added_by_the_benchmark():\n    import json\n\n    assert json\n")


EDITS = (
    ("a comment", comment),
    ("the body of a function", body),
    ("a new function", function),
    ("a changed signature", signature),
)


def main() -> int:
    """Measure plain Python in a process of its own, then what runs here; the exit status."""
    plain = 0
    if in_use:
        environment = {**os.environ, "STRANGLER_PURE": "1"}
        plain = subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode
        if plain not in (0, MISSED):
            return plain
    measure_all()
    return plain or status()


def measure_all() -> None:
    """Measure the folder that is named, or saleor, or the standard library."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
    elif missing("analyzers", "speed on saleor", SALEOR):
        measure(Path(sysconfig.get_path("stdlib")))
    else:
        with tree(SALEOR) as root:
            measure(root)


def measure(root: Path) -> None:
    """Cold, on two processes, with nothing changed and after each kind of edit."""
    found: list[Analysis] = []
    cold, _ = spent(lambda: found.append(survey(root, Options(processes=1))))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (analysis,) = found
    million = analysis.stats["loc"] / 1e6
    bare = parse_all(root, analysis)
    print(f"{len(analysis.modules)} modules, {million:.3f} million lines; ast.parse {bare / million:.1f} CPU-s/MLOC")
    say("cold, one process", cold / million, 12)
    with tempfile.TemporaryDirectory() as work:
        copy = copied(root, analysis, Path(work) / "tree")
        time.sleep(_SETTLED)
        _, two = spent(lambda: survey(copy, Options(processes=2, cache=Path(work) / "cache")))
        report(Figure("analyzers", f"{_COMPILED}cold, two processes", two / bare, "x", "ast.parse", target=2.2))
        warm(copy, Options(processes=1, cache=Path(work) / "cache"), million)
    report(Figure("analyzers", f"{_COMPILED}peak memory", peak, "MB", target=400))


def warm(copy: Path, options: Options, million: float) -> None:
    """With what an earlier run left: nothing changed, then one file."""
    say("nothing changed, as JSON", spent(lambda: dumps(survey(copy, options)))[0] / million, 1.0)
    whole = spent(lambda: dataclasses.replace(survey(copy, options)))
    say("nothing changed, every record made", whole[0] / million, None)
    analysis = survey(copy, options)
    product = copy / edited_product(analysis).path
    tests = next(copy / one.path for one in analysis.modules if "tests" in one.roles and one.loc > _LONG)
    for kind, edit, path in (*((*one, product) for one in EDITS), ("a test added", test_added, tests)):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        edit(lines)
        path.write_text("".join(lines), encoding="utf-8")
        time.sleep(_SETTLED)
        say(f"one file changed: {kind}", spent(lambda: survey(copy, options))[0] / million, 1.2)


def say(measure: str, value: float, target: float | None) -> None:
    """One figure in CPU seconds per million lines."""
    report(Figure("analyzers", f"{_COMPILED}{measure}", value, "CPU-s/MLOC", target=target))


if __name__ == "__main__":
    sys.exit(main())

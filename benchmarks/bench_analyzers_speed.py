"""How long all facts and their resolution take, against bare ``ast.parse`` of the same files in the same run.

Usage: python benchmarks/bench_analyzers_speed.py [FOLDER] (default: the standard library of this interpreter).
CPU seconds of this process per million lines, and wall-clock seconds on two processes. "Nothing changed" is asked for
as JSON, and with every record of the document made; then one file is edited, in one way after the other.
"""

from __future__ import annotations

import ast
import gc
import resource
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import Figure, report

from strangler.analysis import NAMES, Analysis, Module, dumps
from strangler_analyzers import Options
from strangler_analyzers.analyze import survey

# Younger files are hashed anew by each run.
_SETTLED = 2.5


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
    product = [one for one in analysis.modules if one.name in calling and not {"tests", "migrations"} & set(one.roles)]
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


EDITS = (
    ("a comment", comment),
    ("the body of a function", body),
    ("a new function", function),
    ("a changed signature", signature),
)


def main() -> None:
    """Measure cold, on two processes, with nothing changed and after each kind of edit."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("stdlib"))
    found: list[Analysis] = []
    cold, _ = spent(lambda: found.append(survey(root, Options(processes=1))))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (analysis,) = found
    million = analysis.stats["loc"] / 1e6
    bare = parse_all(root, analysis)
    print(f"{len(analysis.modules)} modules, {million:.3f} million lines; ast.parse {bare / million:.1f} CPU-s/MLOC")
    say("cold, one process", cold / million, 12)
    with tempfile.TemporaryDirectory() as work:
        tree = copied(root, analysis, Path(work) / "tree")
        time.sleep(_SETTLED)
        _, two = spent(lambda: survey(tree, Options(processes=2, cache=Path(work) / "cache")))
        report(Figure("analyzers", "cold, two processes", two / bare, "x", "ast.parse", target=2.2))
        warm(tree, Options(processes=1, cache=Path(work) / "cache"), million)
    report(Figure("analyzers", "peak memory", peak, "MB", target=400))


def warm(tree: Path, options: Options, million: float) -> None:
    """With what an earlier run left: nothing changed, then one file."""
    say("nothing changed, as JSON", spent(lambda: dumps(survey(tree, options)))[0] / million, 1.0)
    whole = spent(lambda: [getattr(survey(tree, options), name) for name in NAMES])
    say("nothing changed, every record made", whole[0] / million, None)
    path = tree / edited_product(survey(tree, options)).path
    for kind, edit in EDITS:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        edit(lines)
        path.write_text("".join(lines), encoding="utf-8")
        time.sleep(_SETTLED)
        say(f"one file changed: {kind}", spent(lambda: survey(tree, options))[0] / million, 1.2)


def say(measure: str, value: float, target: float | None) -> None:
    """One figure in CPU seconds per million lines."""
    report(Figure("analyzers", measure, value, "CPU-s/MLOC", target=target))


if __name__ == "__main__":
    main()

"""How long all facts and their resolution take, against bare ``ast.parse`` of the same files in the same run.

Usage: python benchmarks/bench_analyzers_speed.py [FOLDER] (default: the standard library of this interpreter).
Limits: cold on one process 12 CPU-s per million lines; nothing changed 1.0 s, one file changed 1.2 s; memory 400 MB.
Prints CPU seconds, seconds per million lines and the ratio to ``ast.parse``, which is what travels between machines.
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
from pathlib import Path

from strangler.analysis import Analysis
from strangler_analyzers import Options
from strangler_analyzers.analyze import survey


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


def measured(root: Path, options: Options) -> tuple[Analysis, float, float]:
    """The analysis, its CPU seconds in this process and its wall-clock seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    analysis = survey(root, options)
    return analysis, time.process_time() - cpu, time.perf_counter() - wall


def copied(root: Path, analysis: Analysis, folder: Path) -> Path:
    """The analysed files in a folder of their own, in which one may be changed."""
    for module in analysis.modules:
        target = folder / module.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / module.path, target)
    return folder


def main() -> None:
    """Measure cold, on two processes, with nothing changed and with one file changed."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("stdlib"))
    work = Path(tempfile.mkdtemp())
    try:
        analysis, cold, _ = measured(root, Options(processes=1))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        bare = parse_all(root, analysis)
        tree = copied(root, analysis, work / "tree")
        _, _, two = measured(tree, Options(processes=2, cache=work / "cache"))
        _, warm, _ = measured(tree, Options(processes=1, cache=work / "cache"))
        with (tree / next(one.path for one in analysis.modules if "tests" not in one.roles)).open("a") as changed:
            changed.write("\n\ndef added_by_the_benchmark(): ...\n")
        _, one, _ = measured(tree, Options(processes=1, cache=work / "cache"))
    finally:
        shutil.rmtree(work)
    million = analysis.stats["loc"] / 1e6
    print(f"{len(analysis.modules)} modules, {million:.3f} million lines; ast.parse {bare / million:.1f} CPU-s/MLOC")
    print(
        f"cold, one process   {cold / million:6.1f} CPU-s/MLOC  {cold / bare:5.2f} x ast.parse  (limit 12 CPU-s/MLOC)"
    )
    print(f"cold, two processes {two / million:6.1f} s/MLOC      {two / bare:5.2f} x ast.parse  (limit 2.2)")
    print(f"warm                {warm / million:6.1f} CPU-s/MLOC  {warm / bare:5.2f} x ast.parse  (limit 1.0 s/MLOC)")
    print(f"one file changed    {one / million:6.1f} CPU-s/MLOC  {one / bare:5.2f} x ast.parse  (limit 1.2 s/MLOC)")
    print(f"peak memory         {peak:6.0f} MB (limit 400)")


if __name__ == "__main__":
    main()

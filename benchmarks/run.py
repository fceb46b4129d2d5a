"""Runs every benchmark and prints one table; with --write, docs/benchmarks.md too.

Usage: python benchmarks/run.py [--write] [--only PART]...
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from figures import shown

from strangler.files import write_file

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs/benchmarks.md"
_HEAD = ("area", "measure", "measured", "against", "floor", "target", "")


def main() -> int:
    """Run the scripts one after the other; 1 if one of them failed, whatever its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--only", action="append", default=[], help="scripts with this in their names; repeatable")
    given = parser.parse_args()
    scripts = [path for path in sorted(HERE.glob("bench_*.py")) if _wanted(path.stem, given.only)]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as collected:
        failed = [path.name for path in scripts if not _run(path, collected.name)]
        kept = [json.loads(line) for line in Path(collected.name).read_text(encoding="utf-8").splitlines()]
    table = "\n".join(_table(kept))
    print(f"\n{table}")
    if given.write:
        write_file(PAGE, _page(table, kept))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _wanted(name: str, only: Iterable[str]) -> bool:
    return not only or any(part in name for part in only)


def _run(script: Path, collected: str) -> bool:
    print(f"=== {script.name}", flush=True)
    environment = {**os.environ, "STRANGLER_FIGURES": collected}
    return subprocess.run([sys.executable, str(script)], env=environment, check=False).returncode == 0


def _table(kept: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield _row(_HEAD)
    yield _row(("---",) * len(_HEAD))
    for figure in kept:
        if "not_run" in figure:
            yield _row((figure["area"], f"*not run: {figure['not_run']}*", "", "", "", "", ""))
            continue
        value = f"{shown(figure['value'])} {figure['unit']}".strip()
        limits = ("" if figure[name] is None else f"{figure[name]:g}" for name in ("floor", "target"))
        yield _row((figure["area"], figure["measure"], value, figure["peer"], *limits, figure["verdict"]))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _page(table: str, kept: list[dict[str, Any]]) -> str:
    judged = [figure["verdict"] for figure in kept if figure.get("verdict")]
    counts = ", ".join(f"{judged.count(verdict)} {verdict}" for verdict in ("met", "floor met", "missed"))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()} {platform.release()}"
    words = (
        "Written by `python benchmarks/run.py --write`: every script of `benchmarks/`, each of which measures its peer"
        f" or names its limit in the same run. {datetime.date.today()}, {machine}, Python {platform.python_version()}."
        f" Of {len(judged)} figures with limits: {counts}. What is missed, and why: [critiques](critiques.md)."
    )
    return f"# Benchmarks\n\n{words}\n\n{table}\n"


if __name__ == "__main__":
    sys.exit(main())

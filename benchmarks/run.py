"""Runs every benchmark and prints one table; with --write, docs/benchmarks.md too.

Usage: python benchmarks/run.py [--write] [--only PART]... [--seconds N] [--sources]

Each script runs alone, bounded in time, and nothing of it is left afterwards. What needs other people's code takes its
folder from an environment variable (``--sources`` lists them); what is not given or not installed here stands in the
table as not run. Give everything and all of it takes about forty minutes on two calm cores, a third of them for the
proofs of services taken out of applications.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import contained
import sources
from figures import MISSED, shown

from strangler.files import write_file

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs/benchmarks.md"
SECONDS = 420.0
LONGER: Mapping[str, float] = {"bench_scaffolds_applications": 3600.0, "bench_seams_recovery": 600.0}
_HEAD = ("area", "measure", "measured", "against", "floor", "target", "")


@dataclass(frozen=True)
class Ran:
    """A script that ran, and what went wrong with the script itself; a missed figure is nothing of that kind."""

    name: str
    seconds: float
    trouble: str = ""


def main(words: Sequence[str] | None = None) -> int:
    """Run the scripts one after the other; 1 if one of them broke, whatever its figures."""
    given = _parser().parse_args(words)
    if given.sources:
        print("\n".join(_sources()))
        return 0
    scripts = [path for path in sorted(given.folder.glob("bench_*.py")) if _wanted(path.stem, given.only)]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as collected:
        ran = [_run(path, collected.name, given.seconds) for path in scripts]
        kept = [json.loads(line) for line in Path(collected.name).read_text(encoding="utf-8").splitlines()]
    table = "\n".join(_table(kept))
    print(f"\n{table}")
    if given.write:
        write_file(given.page, _page(table, kept, ran))
    broken = [one for one in ran if one.trouble]
    for one in broken:
        print(f"failed: {one.name}: {one.trouble}", file=sys.stderr)
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--only", action="append", default=[], help="scripts with this in their names; repeatable")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="after which a script is ended")
    parser.add_argument("--sources", action="store_true", help="list what a run can be given, and leave")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the scripts are")
    parser.add_argument("--page", type=Path, default=PAGE, help="what --write writes")
    return parser


def _wanted(name: str, only: Iterable[str]) -> bool:
    return not only or any(part in name for part in only)


def _run(script: Path, collected: str, seconds: float) -> Ran:
    print(f"=== {script.name}", flush=True)
    bound = LONGER.get(script.stem, seconds)
    environment = {**os.environ, "STRANGLER_FIGURES": collected}
    outcome = contained.run([sys.executable, str(script)], environment, bound)
    print(f"=== {script.name}: {outcome.seconds:.0f} s", flush=True)
    return Ran(script.name, outcome.seconds, _trouble(outcome, bound))


def _trouble(outcome: contained.Outcome, bound: float) -> str:
    if outcome.out_of_time:
        return f"ended after {bound:.0f} s"
    if outcome.status not in (0, MISSED):
        return f"exit status {outcome.status}"
    return f"left {outcome.left} processes behind, which were ended" if outcome.left else ""


def _table(kept: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield _row(_HEAD)
    yield _row(("---",) * len(_HEAD))
    for figure in kept:
        if "not_run" in figure:
            yield _row((figure["area"], f"*not run: {figure['not_run']}*", "", "", "", "", ""))
            continue
        value = f"{shown(figure['value'])} {figure['unit']}".strip()
        limits = (_limit(figure, name) for name in ("floor", "target"))
        yield _row((figure["area"], figure["measure"], value, figure["peer"], *limits, figure["verdict"]))


def _limit(figure: Mapping[str, Any], name: str) -> str:
    if figure[name] is None:
        return ""
    return f"{'≥' if figure['higher'] else '≤'} {shown(figure[name])}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _page(table: str, kept: list[dict[str, Any]], ran: Sequence[Ran]) -> str:
    judged = [figure["verdict"] for figure in kept if figure.get("verdict")]
    counts = ", ".join(f"{judged.count(verdict)} {verdict}" for verdict in ("met", "floor met", "missed"))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()} {platform.release()}"
    words = (
        "Written by `python benchmarks/run.py --write`: every script of `benchmarks/`, each of which measures its peer"
        f" or names its limit in the same run. {datetime.date.today()}, {machine}, Python {platform.python_version()}."
        f" Of {len(judged)} figures with limits: {counts}. Ratios travel, absolute times do not."
        " What is missed, and why: [critiques](critiques.md)."
    )
    return "\n".join(("# Benchmarks", "", words, "", table, "", *_sources(), "", *_times(ran), ""))


def _sources() -> Iterator[str]:
    yield "## What a run is given"
    yield ""
    yield "A variable names a clone, of which the commit shown is measured, or an unpacked tree; without it: not run."
    yield ""
    yield _row(("variable", "what it is", "commit"))
    yield _row(("---",) * 3)
    for source in sources.ALL:
        yield _row((f"`{source.variable}`", source.what, f"`{source.commit[:12]}`" if source.commit else ""))
    yield ""
    yield _row(("on the machine", "for"))
    yield _row(("---",) * 2)
    for program, purpose in sources.PROGRAMS.items():
        yield _row((f"`{program}`", purpose))


def _times(ran: Sequence[Ran]) -> Iterator[str]:
    yield "## How long each takes"
    yield ""
    yield f"Seconds of each script in this run; together {sum(one.seconds for one in ran) / 60:.0f} minutes."
    yield ""
    yield _row(("script", "seconds"))
    yield _row(("---",) * 2)
    for one in ran:
        yield _row((f"`{one.name}`", f"{one.seconds:.0f}{f' ({one.trouble})' if one.trouble else ''}"))


if __name__ == "__main__":
    sys.exit(main())

"""What an import rewrite costs, against a bare ``libcst.parse_module`` of the same files (stock codemods: 13-40 x).

Usage: python benchmarks/bench_scaffolds_rewrite.py [PACKAGE_FOLDER [MODULE]]

By default it points every import of ``sqlalchemy.util`` in the installed SQLAlchemy elsewhere. All files are also run
through the rewriter and the slicer with nothing to do: none may change, none may fail that Python itself can parse.
"""

from __future__ import annotations

import ast
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import libcst
from figures import Figure, report, status

from strangler.errors import StranglerError
from strangler_scaffolds.rewriting import Move, rewrite_imports, slice_module
from strangler_scaffolds.sources import decode

ROUNDS = 3


def main() -> None:
    """Report the ratio, and what a round trip over every file changed."""
    folder, target = _arguments()
    files = {path: path.read_bytes() for path in sorted(folder.rglob("*.py"))}
    names = {path: _name(path, folder) for path in files}
    move = Move({target: f"{target}_moved"}, frozenset(names.values()))
    changed = {path: data for path, data in files.items() if _rewritten(path, data, names[path], move) != data}
    lines = sum(data.count(b"\n") for data in files.values())
    rewrite, parse = [], []
    for _ in range(ROUNDS):  # in turns, so that a busy machine slows both
        rewrite.append(_seconds(lambda: [_rewritten(p, d, names[p], move) for p, d in changed.items()]))
        parse.append(_seconds(lambda: [libcst.parse_module(d) for d in changed.values()]))
    ratio = statistics.median(r / p for r, p in zip(rewrite, parse, strict=True))
    print(f"{folder.name}: {len(files)} files, {lines} lines; imports of {target} rewritten in {len(changed)} files")
    peer = "a bare parse of the changed files"
    report(Figure("scaffolds", f"imports rewritten, {lines:,} lines", ratio, "times", peer, floor=2, target=1.3))
    _round_trip(folder.name, files, names)


def _arguments() -> tuple[Path, str]:
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1]).resolve()
        return folder, sys.argv[2] if len(sys.argv) > 2 else f"{folder.name}.core"
    spec = importlib.util.find_spec("sqlalchemy")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent, "sqlalchemy.util"


def _name(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _rewritten(path: Path, data: bytes, name: str, move: Move) -> bytes:
    if not move.touches(data):
        return data
    try:
        text = decode(data, str(path))
        return rewrite_imports(text, move, module=name, is_package=path.name == "__init__.py").data
    except StranglerError:
        return data  # no Python this interpreter can read; the round trip counts it


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _round_trip(what: str, files: dict[Path, bytes], names: dict[Path, str]) -> None:
    changed, failed, unreadable = [], [], []
    nothing = Move({"no.such.module": "no.such.other"}, frozenset(names.values()))
    for path, data in files.items():
        try:
            ast.parse(data)
        except (SyntaxError, ValueError, RecursionError):
            unreadable.append(path)
            continue
        try:
            text = decode(data, str(path))
            same = rewrite_imports(text, nothing, module=names[path]).data
            same_again = slice_module(text, lambda target: True, module=names[path]).text.data
        except Exception as error:
            failed.append((path, error))
            continue
        if not same == same_again == data:
            changed.append(path)
    print(f"round trip of {len(files)} files: {len(unreadable)} are no valid source here")
    for measure, found in (("files changed", changed), ("crashes", failed)):
        report(Figure("scaffolds", f"round trip of {what}: {measure}", len(found), floor=0, target=0))
    for path, error in failed:
        print(f"  {path}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
    sys.exit(status())

"""Reads a repository's history with ``git log``, a folder's CODEOWNERS, and recorded traces: the only reading here."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from strangler_analyzers.seams.surroundings import Commit, OwnerRule

_MARK = "\x01"
_CODEOWNERS = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
# What changed together years ago says little about today, and whole histories take long to read.
_MOST_COMMITS = 5000
_PATIENCE = 30.0


def read_commits(root: Path, most: int = _MOST_COMMITS) -> tuple[Commit, ...]:
    """The last ``most`` commits below ``root``, merges left out, newest first; none where there is no repository."""
    command = ["git", "-C", str(root), "log", f"--max-count={most}", "--no-merges", "--no-renames", "--relative"]
    command += ["--name-only", f"--format={_MARK}%aN", "--", "*.py"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    if done.returncode:
        return ()
    return tuple(_commits(done.stdout.decode("utf-8", "replace")))


def _commits(log: str) -> Iterator[Commit]:
    for block in log.split(_MARK)[1:]:
        author, *paths = (line for line in block.splitlines() if line)
        if paths:
            yield Commit(author, tuple(sorted(paths)))


def read_owners(root: Path) -> tuple[OwnerRule, ...]:
    """The rules of the first CODEOWNERS file that is there, in their order."""
    for name in _CODEOWNERS:
        try:
            text = (root / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        return tuple(_rules(text, name))
    return ()


def _rules(text: str, name: str) -> Iterator[OwnerRule]:
    for number, line in enumerate(text.splitlines(), 1):
        pattern, *owners = line.partition("#")[0].split() or [""]
        if pattern and not pattern.startswith("["):
            yield OwnerRule(pattern, tuple(owners), name, number)

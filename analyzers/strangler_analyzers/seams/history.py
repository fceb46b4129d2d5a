"""Reads a repository's history with ``git log``, and who owns what from CODEOWNERS."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from strangler.files import write_file
from strangler_analyzers.seams.surroundings import Commit, OwnerRule

_MARK = "\x01"
_CODEOWNERS = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
# What changed together years ago says little about today, and whole histories take long to read.
_MOST_COMMITS = 5000
_PATIENCE = 30.0
_LOG = ("--no-merges", "--no-renames", "--relative", "--name-only", f"--format={_MARK}%aN")


def read_commits(root: Path, *, store: Path | None = None) -> tuple[Commit, ...]:
    """The last commits that touch Python below ``root``, merges left out, newest first; none without a repository.

    ``store`` is a file that remembers them: the next time only what was committed since is read.
    """
    head = read_head(root)
    if not head:
        return ()
    known, commits = _stored(store)
    if known != head:
        since = (
            [f"{known}..HEAD"] if known and _git(root, "merge-base", "--is-ancestor", known, "HEAD") is not None else []
        )
        log = _git(root, "log", f"--max-count={_MOST_COMMITS}", *_LOG, *since, "--", "*.py")
        fresh = tuple(_commits(log or ""))
        commits = (*fresh, *(commits if since else ()))[:_MOST_COMMITS]
        _remember(store, head, commits)
    return commits


def read_head(root: Path) -> str:
    """The commit the repository around ``root`` stands at; empty without one."""
    return (_git(root, "rev-parse", "HEAD") or "").strip()


def _git(root: Path, *arguments: str) -> str | None:
    """What git prints, or None if there is no git, no repository, or an answer of no."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout.decode("utf-8", "replace")


def _stored(store: Path | None) -> tuple[str, tuple[Commit, ...]]:
    try:
        data = json.loads(store.read_text(encoding="utf-8")) if store else {}
        return data["head"], tuple(Commit(author, tuple(paths)) for author, paths in data["commits"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ()  # nothing remembered, or not by this version: read it all again


def _remember(store: Path | None, head: str, commits: tuple[Commit, ...]) -> None:
    if store is not None:
        records = [[commit.author, list(commit.paths)] for commit in commits]
        store.parent.mkdir(parents=True, exist_ok=True)
        write_file(store, json.dumps({"head": head, "commits": records}, ensure_ascii=False, separators=(",", ":")))


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

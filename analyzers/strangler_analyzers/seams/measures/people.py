"""Who answers for a seam, and with what else its code changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from strangler.analysis import Analysis
from strangler_analyzers.seams.surroundings import OwnerRule, Surroundings

_MOST_AUTHORS = 5


@dataclass(frozen=True, slots=True)
class Ownership:
    """Owners by CODEOWNERS with their rules, authors by commits, and the share of commits that reach outside."""

    owners: list[dict[str, Any]]
    authors: list[dict[str, Any]]
    leakage: float


class People:
    """Answers who owns and who changes a set of modules."""

    def __init__(self, analysis: Analysis, around: Surroundings) -> None:
        self._path = {module.name: module.path for module in analysis.modules}
        known = set(self._path.values())
        self._rule = {path: _last_match(path, around.owners) for path in known} if around.owners else {}
        self._commits: dict[str, list[int]] = {}
        self._around = around
        for number, commit in enumerate(around.commits):
            for path in commit.paths:
                if path in known:
                    self._commits.setdefault(path, []).append(number)

    def of(self, modules: Sequence[str]) -> Ownership:
        """The people of ``modules``."""
        paths = {self._path[module] for module in modules if module in self._path}
        commits = sorted({number for path in paths for number in self._commits.get(path, ())})
        outside = sum(bool(set(self._around.commits[number].paths) - paths) for number in commits)
        authors = Counter(self._around.commits[number].author for number in commits)
        ranked = sorted(authors.items(), key=lambda item: (-item[1], item[0]))[:_MOST_AUTHORS]
        return Ownership(
            self._owners(paths),
            [{"author": author, "commits": count} for author, count in ranked],
            round(outside / len(commits), 4) if commits else 0.0,
        )

    def _owners(self, paths: set[str]) -> list[dict[str, Any]]:
        files: dict[tuple[str, str], int] = {}
        for path in sorted(paths):
            rule = self._rule.get(path)
            for owner in rule.owners if rule else ():
                key = (owner, f"{rule.path}:{rule.line}" if rule else "")
                files[key] = files.get(key, 0) + 1
        ranked = sorted(files.items(), key=lambda item: (-item[1], item[0]))
        return [{"owner": owner, "files": count, "rule": place} for (owner, place), count in ranked]


def _last_match(path: str, rules: Sequence[OwnerRule]) -> OwnerRule | None:
    """The rule that counts is the last one that matches, as for Git."""
    return next((rule for rule in reversed(rules) if _expression(rule.pattern).match(path)), None)


def _expression(pattern: str) -> re.Pattern[str]:
    """A CODEOWNERS pattern: ``/`` at the front anchors it, ``*`` stays in a folder, a folder means all below it."""
    anchored = pattern.startswith("/") or "/" in pattern.rstrip("/")
    body = re.escape(pattern.strip("/")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*")
    body = body.replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile(("" if anchored else "(?:.*/)?") + body + r"(?:/.*)?\Z")

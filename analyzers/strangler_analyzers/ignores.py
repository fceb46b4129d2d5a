"""What ``.gitignore`` files leave out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Rule(NamedTuple):
    """One line of a ``.gitignore``: what it matches (paths below ``base``), and whether it takes back."""

    base: str
    pattern: re.Pattern[str]
    keeps: bool
    folders_only: bool


def parse(text: str, base: str) -> list[Rule]:
    """The rules of a ``.gitignore`` in the folder ``base`` (``""``: the root)."""
    rules = []
    for line in text.splitlines():
        line = line.rstrip()
        if line and not line.startswith("#"):
            rule = _rule(line, base)
            if rule is not None:
                rules.append(rule)
    return rules


def _rule(line: str, base: str) -> Rule | None:
    keeps = line.startswith("!")
    line = line[1:] if keeps else line.removeprefix("\\")
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    anchored = "/" in line
    line = line.lstrip("/")
    if not line:
        return None
    prefix = "" if anchored else "(?:.*/)?"
    try:
        return Rule(base, re.compile(prefix + translate(line) + r"\Z"), keeps, folders_only)
    except re.error:
        return None


_TOKENS = re.compile(r"\*\*/|/\*\*|\*+|\?|\[[^\]]+\]|[^*?\[/]+|.")
_SPECIAL = {"**/": "(?:.*/)?", "/**": "(?:/.*)?", "?": "[^/]"}


def translate(glob: str) -> str:
    """The regular expression of a glob in which ``*`` stops at ``/`` and ``**`` does not."""
    pieces = []
    for token in _TOKENS.findall(glob):
        if token in _SPECIAL:
            pieces.append(_SPECIAL[token])
        elif token.startswith("*"):
            pieces.append(".*" if len(token) > 1 else "[^/]*")
        elif token.startswith("[") and len(token) > 2:
            pieces.append("[^" + token[2:] if token[1] == "!" else token)
        else:
            pieces.append(re.escape(token))
    return "".join(pieces)


def is_ignored(path: str, rules: Iterable[Rule], *, folder: bool) -> bool:
    """Whether the last rule that matches ``path`` leaves it out."""
    ignored = False
    for rule in rules:
        if rule.folders_only and not folder:
            continue
        inner = path if not rule.base else path[len(rule.base) + 1 :] if path.startswith(rule.base + "/") else None
        if inner is not None and rule.pattern.match(inner):
            ignored = not rule.keeps
    return ignored

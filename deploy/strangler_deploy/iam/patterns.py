"""Wildcards and variables of IAM: which actions, ARNs and texts a pattern stands for."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*": "*", "?": "?", "$": "$"}
_ARN_PARTS = 6

Context = Mapping[str, tuple[str, ...]]
"""What a request carries: key in lower case → values."""


@functools.lru_cache(maxsize=65536)
def _compiled(pattern: str, fold: bool) -> re.Pattern[str]:
    # A text from a variable is marked with NUL bytes around it (see `resolve`) and stands for itself alone.
    parts = pattern.split("\0")
    text = "".join(re.escape(part) if i % 2 else _glob(part) for i, part in enumerate(parts))
    return re.compile(text + r"\Z", re.DOTALL | (re.IGNORECASE if fold else 0))


def _glob(part: str) -> str:
    return re.escape(part).replace(r"\*", ".*").replace(r"\?", ".")


def is_like(pattern: str, text: str, *, fold: bool = False) -> bool:
    """Whether ``text`` is what ``pattern`` says, with ``*`` and ``?``; ``fold`` ignores case."""
    return _compiled(pattern, fold).match(text) is not None


def is_action(pattern: str, action: str) -> bool:
    """Whether ``pattern`` (``s3:Get*``) holds ``action``; case is of no account."""
    return is_like(pattern, action, fold=True)


def is_arn(pattern: str, arn: str) -> bool:
    """Whether an ARN pattern holds ``arn``: part by part, a pattern cut short stands for any rest."""
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", _ARN_PARTS - 1), arn.split(":", _ARN_PARTS - 1)
    if len(given) < _ARN_PARTS:
        return is_like(pattern, arn)
    if len(wanted) < _ARN_PARTS and not wanted[-1].endswith("*"):
        return False
    wanted += ["*"] * (_ARN_PARTS - len(wanted))
    return all(is_like(part, text) for part, text in zip(wanted, given, strict=True))


def resolve(pattern: str, context: Context) -> str | None:
    """Put the request's values in the place of ``${…}``; None if one is missing (then nothing matches)."""
    if "${" not in pattern:
        return pattern
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name, comma, default = match[1].partition(",")
        name = name.strip()
        if name in _LITERALS:
            return f"\0{_LITERALS[name]}\0"
        values = context.get(name.lower(), ())
        if len(values) == 1:
            return f"\0{values[0]}\0"
        missing = missing or not comma
        return f"\0{default.strip().strip(chr(39))}\0"

    resolved = _VARIABLE.sub(value, pattern)
    return None if missing else resolved


def literal(pattern: str) -> str:
    """A resolved pattern as plain text, for operators that know no wildcards."""
    return pattern.replace("\0", "")


def prefix(pattern: str) -> str:
    """The part of an ARN pattern that every match begins with (``""`` if it begins with a wildcard)."""
    return re.split(r"[*?]|\$\{", pattern, maxsplit=1)[0]

"""The words modules are written in: those that some but not most of them share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from strangler_analyzers.gather import Gathered

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SHORTEST = 3
_FEWEST_MODULES = 2

Counts = dict[str, int]


def vocabulary(gathered: Iterable[Gathered]) -> dict[str, tuple[Counts, Counts]]:
    """Module → (words of its identifiers, its token-like texts), of product modules."""
    product = [one for one in gathered if not one.source.is_light]
    split: dict[str, tuple[str, ...]] = {}
    words = {one.source.module: _words(one.facts.names, split) for one in product}
    tokens = {one.source.module: one.facts.tokens for one in product}
    kept_words, kept_tokens = _telling(words), _telling(tokens)
    return {name: (_only(words[name], kept_words), _only(tokens[name], kept_tokens)) for name in words}


def _words(names: Mapping[str, int], split: dict[str, tuple[str, ...]]) -> Counts:
    found: Counts = {}
    for name, count in names.items():
        parts = split.get(name)
        if parts is None:
            parts = tuple(part.lower() for part in _WORD.findall(name) if len(part) >= _SHORTEST)
            split[name] = parts
        for part in parts:
            found[part] = found.get(part, 0) + count
    return found


def _telling(counts: Mapping[str, Mapping[str, int]]) -> set[str]:
    """What occurs in at least two modules and at most a third of them."""
    modules: Counter[str] = Counter()
    for one in counts.values():
        modules.update(one.keys())
    most = max(len(counts) / 3, _FEWEST_MODULES)
    return {word for word, number in modules.items() if _FEWEST_MODULES <= number <= most}


def _only(counts: Mapping[str, int], kept: set[str]) -> Counts:
    return {word: counts[word] for word in sorted(counts.keys() & kept)}

"""The words that identifiers are made of."""

from __future__ import annotations

import functools
import re

from strangler.analysis import Analysis

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SHORTEST = 3

# What frameworks and habits put into the name of nearly every model; none is a thing of a domain.
_NO_NOUNS = frozenset({"abstract", "base", "class", "meta", "mixin", "model", "models", "proxy", "table", "the"})


@functools.lru_cache(maxsize=1 << 16)
def words(identifier: str) -> frozenset[str]:
    """The words of an identifier, in lower case and the singular: ``OrderLines_v2`` is order and line."""
    return frozenset(sequence(identifier))


@functools.lru_cache(maxsize=1 << 16)
def sequence(identifier: str) -> tuple[str, ...]:
    """The same in the order in which they stand."""
    found = (word.lower() for word in _WORD.findall(identifier))
    return tuple(_singular(word) for word in found if len(word) >= _SHORTEST)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def domain_nouns(analysis: Analysis) -> frozenset[str]:
    """The words of model and table names: what the monolith keeps is what it is about."""
    return frozenset(word for name in kept_names(analysis) for word in words(name)) - _NO_NOUNS


def kept_names(analysis: Analysis) -> list[str]:
    """What models and tables are called, as it is written."""
    return [*(model.cls.partition(":")[2] for model in analysis.models), *(table.name for table in analysis.tables)]

"""The shape of facts: named tuples over what :mod:`marshal` can write."""

from __future__ import annotations

import marshal
from typing import Any, NamedTuple

# An expression or statement of the small language bodies are written in (docs/decisions/0010): a tuple whose
# first item is its tag, or None for what has neither a value nor an effect we follow.
Code = Any


class Import(NamedTuple):
    """An import statement.

    ``scope`` is ``module``, ``function``, ``type_checking`` or ``conditional``; ``level`` counts the leading dots.
    ``names`` is None for ``import module as alias``, otherwise pairs of name and alias (``*`` for a star).
    """

    line: int
    scope: str
    level: int
    module: str
    alias: str | None
    names: tuple[tuple[str, str], ...] | None


class Scope(NamedTuple):
    """A module (index 0), class, function or lambda; ``body`` is marshalled code, read when it is wanted.

    A parameter is (name, kind, annotation text, annotation code, default text, default code).
    """

    kind: str
    name: str
    qualname: str
    parent: int
    line: int
    end_line: int
    params: tuple[tuple[Any, ...], ...]
    decorators: tuple[tuple[Code, str, int], ...]
    returns: tuple[str, Code] | None
    bases: tuple[Code, ...]
    keywords: tuple[tuple[str, Code], ...]
    flags: tuple[str, ...]
    complexity: int
    body: bytes

    def code(self) -> tuple[Code, ...]:
        """The statements of the body."""
        code: tuple[Code, ...] = marshal.loads(self.body) if self.body else ()
        return code


class Facts(NamedTuple):
    """What a file says: ``grade`` is ``full``, ``tolerant`` (repaired first) or ``light`` (tests, migrations).

    ``strings`` are texts that look like dotted names, ``names`` counts identifiers, ``tokens`` short texts.
    """

    grade: str
    loc: int
    imports: tuple[Import, ...]
    scopes: tuple[Scope, ...]
    strings: tuple[tuple[str, int], ...]
    exports: tuple[str, ...] | None
    patches: tuple[tuple[str, int], ...]
    problems: tuple[tuple[str, str, int], ...]
    names: dict[str, int]
    tokens: dict[str, int]

    def dump(self) -> bytes:
        """As bytes."""
        plain = (*self[:2], tuple(map(tuple, self.imports)), tuple(map(tuple, self.scopes)), *self[4:])
        return marshal.dumps(plain)

    @staticmethod
    def load(data: bytes) -> Facts:
        """What :meth:`dump` wrote.

        Raises:
            ValueError, EOFError, TypeError: the bytes are no facts.
        """
        plain = marshal.loads(data)
        imports = tuple(Import._make(item) for item in plain[2])
        scopes = tuple(Scope._make(item) for item in plain[3])
        return Facts._make((*plain[:2], imports, scopes, *plain[4:]))

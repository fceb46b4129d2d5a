"""What one pass over one file has collected, and what it needs to go on."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod

from strangler_analyzers.facts.records import Code, Import


class State(ABC):
    """The collected facts and the place the pass has come to; scopes are opened by :class:`Lowering`."""

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.names: dict[str, int] = {}
        self.tokens: dict[str, int] = {}
        self.strings: list[tuple[str, int]] = []
        self.exports: list[str] | None = None
        self.problems: list[tuple[str, str, int]] = []
        self.depth = 0
        self.branches = 0
        self.yields = False
        self.condition = ""

    @property
    @abstractmethod
    def import_scope(self) -> str:
        """How an import statement met now is reached."""

    @abstractmethod
    def function_scope(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        """Lower a function; the index of its scope."""

    @abstractmethod
    def lambda_scope(self, node: ast.Lambda) -> int:
        """Lower a lambda; the index of its scope."""

    @abstractmethod
    def class_scope(self, node: ast.ClassDef) -> int:
        """Lower a class; the index of its scope."""

    @abstractmethod
    def annotation(self, node: ast.expr) -> Code:
        """The code of an annotation."""

    def note_exports(self, value: ast.expr, *, extend: bool) -> None:
        """Take down what ``__all__`` is given."""
        if not extend or self.exports is None:
            self.exports = []
        for item in getattr(value, "elts", []):
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                self.exports.append(item.value)

"""The modules of the program, and what an import statement means among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from strangler_analyzers.facts import Import
from strangler_analyzers.resolve.values import Module

# A name that is open in a part and may mean more modules than this means none.
_MOST_SCANNED = 60


class ImportEdge(NamedTuple):
    """One import of an internal module: where, how it is reached, what is taken from it."""

    source: str
    target: str
    line: int
    scope: str
    symbol: str


class ModuleTable:
    """Modules by their dotted names; folders without ``__init__`` count as namespaces."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.by_name = {module.name: module for module in modules}
        self.namespaces: set[str] = set()
        for name in self.by_name:
            parent = name.rpartition(".")[0]
            while parent and parent not in self.namespaces:
                self.namespaces.add(parent)
                parent = parent.rpartition(".")[0]
        # A package that names start in has a name of its own too, by which its modules are imported as well.
        self._outer = tuple(sorted({prefix for module in self.by_name.values() if (prefix := _around(module))}))

    def known_as(self, name: str) -> str:
        """``name``, or what a module is called here that is imported by way of the package around it."""
        if not self.knows(name):
            for prefix in self._outer:
                inner = name.removeprefix(f"{prefix}.")
                if inner != name and self.knows(inner):
                    return inner
        return name

    def get(self, name: str) -> Module | None:
        """The module called ``name``."""
        return self.by_name.get(name)

    def matching(self, name: str) -> list[Module]:
        """The modules whose name is ``name`` with one part in place of ``{}``: what scanning a package finds.

        None when these are many, or when nothing of the name is known.
        """
        pattern = re.compile(re.escape(name).replace(r"\{\}", r"\w+"))
        found = [one for _, one in sorted(self.by_name.items()) if pattern.fullmatch(one.name)]
        return found if name.strip("{}.") and len(found) <= _MOST_SCANNED else []

    def knows(self, name: str) -> bool:
        """Whether ``name`` is a module or a folder of modules."""
        return name in self.by_name or name in self.namespaces

    def base(self, module: Module, statement: Import) -> str | None:
        """The absolute name a ``from`` import starts at; None if it leaves the tree."""
        if not statement.level:
            return self.known_as(statement.module)
        parts = module.name.split(".")
        up = statement.level - (1 if module.is_package else 0)
        if up > len(parts):
            return None
        kept = parts[: len(parts) - up] if up else parts
        return ".".join([*kept, *filter(None, [statement.module])])

    def sibling(self, module: Module, name: str) -> str | None:
        """The module a Python 2 implicit relative import of ``name`` means."""
        package = module.name if module.is_package else module.name.rpartition(".")[0]
        candidate = f"{package}.{name}" if package else name
        return candidate if self.knows(candidate) else None

    def edges(self, module: Module) -> Iterator[ImportEdge]:
        """The imports of internal modules by ``module``."""
        for statement in module.facts.imports:
            for target, symbol in self._targets(module, statement):
                if target != module.name:
                    yield ImportEdge(module.name, target, statement.line, statement.scope, symbol)

    def _targets(self, module: Module, statement: Import) -> Iterator[tuple[str, str]]:
        if statement.names is None:
            name: str | None = self.known_as(statement.module)
            if not self.knows(statement.module) and module.facts.grade == "tolerant":
                name = self.sibling(module, statement.module)
            if name in self.by_name:
                yield (name or "", statement.module)
            return
        base = self.home(module, statement)
        if base is None:
            return
        for name, _ in statement.names:
            inner = f"{base}.{name}" if base else name
            if inner in self.by_name:
                yield (inner, name)
            elif base in self.by_name:
                yield (base, name)

    def home(self, module: Module, statement: Import) -> str | None:
        """The absolute name of what a ``from`` import takes from; in Python 2 a sibling comes first."""
        base = self.base(module, statement)
        if base is not None and not statement.level and module.facts.grade == "tolerant" and not self.knows(base):
            return self.sibling(module, base) or base
        return base


def _around(module: Module) -> str:
    """The dotted name of the folder that the module's name starts from; empty for the tree's own."""
    dotted = module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return dotted.removesuffix(f".{module.name}") if dotted.endswith(f".{module.name}") else ""

"""What of the monolith's code tests would find in the service, and what not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from strangler_scaffolds.hosting import Cut
from strangler_scaffolds.moved_tests.fixtures import PytestFile, pytest_file
from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.sources import Sources, decode
from strangler_scaffolds.syntax import texts_in
from strangler_scaffolds.territory import Territory, parents

# What is started and not imported is no helper of tests, even if nothing else imports it.
_STARTS = frozenset({"cli", "entrypoint", "routes", "settings", "tasks"})


@dataclass(frozen=True)
class Lack:
    """A line of a test file, and what it needs that the service does not have."""

    line: int
    what: str


def is_conftest(path: str) -> bool:
    """Whether pytest itself finds the file, by its name."""
    return path.rpartition("/")[2] == "conftest.py"


class Reach:
    """Says of every dotted name whether the service has it: its own code, cut code, or tests that go with it."""

    def __init__(self, territory: Territory, sources: Sources, cuts: Sequence[Cut]) -> None:
        self._territory = territory
        self._sources = sources
        self._here = territory.taken
        self._gone = {cut.module: self._names_of(cut.path) - _names(cut.data, cut.path) for cut in cuts}
        self._cut = {cut.path: cut.data for cut in cuts}
        self._internal = {name.partition(".")[0] for name in territory.modules}
        self._importers: dict[str, set[str]] = {}
        for source, edges in territory.imports.items():
            for edge in edges:
                self._importers.setdefault(edge.target, set()).add(source)
        self._test_side: dict[str, bool] = {}
        self._parsed: dict[str, PytestFile] = {}
        self._lacks: dict[str, Lack | None] = {}

    def _names_of(self, path: str) -> frozenset[str]:
        return _names(self._sources.read(path), path)

    def has(self, dotted: str) -> bool:
        """Whether a module, or a name in one, can be imported in the service."""
        inner = self.module_in(dotted)
        if inner is None:
            top = dotted.partition(".")[0]
            return top not in self._internal and not self._lies_here(top)
        if inner in self._gone:
            return dotted[len(inner) + 1 :].partition(".")[0] not in self._gone[inner]
        if inner in self._here:
            return True
        return self.is_test_side(inner) and (self._is_conftest(inner) or self.lack_of(inner) is None)

    def module_in(self, dotted: str) -> str | None:
        """The innermost module of the monolith that a dotted name begins with."""
        return next((name for name in (dotted, *reversed([*parents(dotted)])) if name in self._territory.modules), None)

    def _lies_here(self, top: str) -> bool:
        """Whether there is code of that name that the analysis does not count to the monolith."""
        places = [top if root == "." else f"{root}/{top}" for root in self._territory.analysis.source_roots]
        return any(
            self._sources.is_file(f"{place}.py") or self._sources.is_file(f"{place}/__init__.py") for place in places
        )

    def is_test_side(self, name: str) -> bool:
        """Whether a module is there for tests alone: it is one, or nothing but tests imports it."""
        if name not in self._test_side:
            self._test_side[name] = False  # a cycle of product code is product code
            self._test_side[name] = self._serves_tests(name)
        return self._test_side[name]

    def _serves_tests(self, name: str) -> bool:
        if name in self._here or name in self._gone or _STARTS & set(self._territory.modules[name].roles):
            return False
        importers = self._importers.get(name, set()) - {name}
        return name in self._territory.tests or (bool(importers) and all(map(self.is_test_side, sorted(importers))))

    def is_support(self, name: str) -> bool:
        """Whether a module of the tests can go as it is."""
        return name in self._territory.modules and self.is_test_side(name) and self.lack_of(name) is None

    def lack_of(self, name: str) -> Lack | None:
        """The first thing that a module of the tests imports or patches and would not find; None if there is none."""
        if name not in self._lacks:
            self._lacks[name] = None  # tests that import each other lack nothing by that
            self._lacks[name] = min(self._find(name), key=lambda lack: lack.line, default=None)
        return self._lacks[name]

    def _find(self, name: str) -> Iterator[Lack]:
        for one in self.parsed(name).imports:
            if not self.has(one.dotted):
                outside = "" if self.module_in(one.dotted) else ", which is outside the monolith's packages"
                yield Lack(one.line, f"it imports {one.dotted}{outside}")
        for package in self._around(name):
            if not self.has(package):
                yield Lack(0, f"it lies in {package}, which needs what stays")
        for patch in self._territory.analysis.patches:
            if patch.module == name and not self.has(patch.target.replace(":", ".")):
                yield Lack(patch.evidence[0].line if patch.evidence else 0, f"it patches {patch.target}")

    def _imported(self, name: str) -> list[str]:
        """The modules of the monolith that a module of the tests imports, and the packages around it."""
        found = [self.module_in(one.dotted) for one in self.parsed(name).imports]
        return [module for module in found if module is not None] + self._around(name)

    def _around(self, name: str) -> list[str]:
        """The packages of the tests that a module of them lies in: they are imported with it."""
        return [parent for parent in parents(name) if parent in self._territory.modules and self.is_test_side(parent)]

    def parsed(self, name: str) -> PytestFile:
        """A module of the tests, parsed."""
        if name not in self._parsed:
            module = self._territory.modules[name]
            self._parsed[name] = pytest_file(decode(self._sources.read(module.path), module.path), module)
        return self._parsed[name]

    def support_of(self, name: str) -> set[str]:
        """The modules of the tests that one of them imports, and those that these import."""
        found, waiting = set[str](), [name]
        while waiting:
            for target in self._imported(waiting.pop()):
                if target not in found and self.is_support(target) and not self._is_conftest(target):
                    found.add(target)
                    waiting.append(target)
        return found

    def touches_seam(self, name: str) -> bool:
        """Whether a test imports something of the seam, itself or through helpers."""
        seen, waiting = {name}, [name]
        while waiting:
            for target in self._imported(waiting.pop()):
                if target in self._territory.moved:
                    return True
                if target not in seen and self.is_test_side(target) and not self._is_conftest(target):
                    seen.add(target)
                    waiting.append(target)
        return False

    def named_by_service(self) -> set[str]:
        """Modules of the tests that the service's cut modules name by a text: Django's settings name a test runner."""
        texts = {text for path, data in self._cut.items() for text in texts_in(data, path)}
        named = {
            name
            for name in map(self.module_in, sorted(text for text in texts if "." in text))
            if name and self.is_support(name)
        }
        return named | {support for name in named for support in self.support_of(name)}

    def _is_conftest(self, name: str) -> bool:
        return is_conftest(self._territory.modules[name].path)


def _names(data: bytes, path: str) -> frozenset[str]:
    return PytestFile(parse(decode(data, path), path)).names

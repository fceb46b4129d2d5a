"""The monolith's ``conftest.py`` files, cut down to what works in the service, and the fixtures they then have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from strangler.errors import StranglerError
from strangler_scaffolds.moved_tests.fixtures import Fixture, PytestFile, pytest_file
from strangler_scaffolds.moved_tests.reach import Lack, Reach, is_conftest
from strangler_scaffolds.rewriting import Sliced, slice_module
from strangler_scaffolds.sources import Sources, decode
from strangler_scaffolds.territory import Territory


def folders_around(path: str) -> list[str]:
    """The folders that a file lies in, the outermost first; the root is none of them."""
    return [path[:at] for at, letter in enumerate(path) if letter == "/"]


def chain_of(territory: Territory, path: str) -> list[str]:
    """The modules of the conftest files that a test file at ``path`` has, the outermost first."""
    folders = {"", *folders_around(path)}
    found = [m for m in territory.modules.values() if is_conftest(m.path) and m.path.rpartition("/")[0] in folders]
    return [module.name for module in sorted(found, key=lambda module: len(module.path))]


@dataclass(frozen=True)
class Known:
    """The fixtures of one test file: those there are, and those that are gone (name → place and cause)."""

    found: Mapping[str, Fixture]
    missing: Mapping[str, tuple[str, str]]

    def closure(self, asked: Mapping[str, int]) -> dict[str, int]:
        """All fixtures that tests have that ask for these, each with the line that it is asked for at."""
        automatic = {name: 0 for name, fixture in self.found.items() if fixture.is_automatic}
        reached: dict[str, int] = {}
        waiting = sorted({**automatic, **asked}.items())
        while waiting:
            name, line = waiting.pop()
            if name not in reached:
                reached[name] = line
                fixture = self.found.get(name)
                waiting += [(need, line) for need in sorted(fixture.needs - {name})] if fixture else []
        return reached


class Conftests:
    """Cuts each conftest file once."""

    def __init__(self, territory: Territory, sources: Sources, reach: Reach) -> None:
        self._territory = territory
        self._sources = sources
        self._reach = reach
        self._cut: dict[str, _Conftest] = {}

    def of(self, name: str) -> _Conftest:
        """One of them, by its module."""
        if name not in self._cut:
            self._cut[name] = _Conftest(name, self._territory, self._sources, self._reach)
        return self._cut[name]

    def known(self, chain: Sequence[str], file: PytestFile) -> Known:
        """The fixtures that a test file has, below the conftest files of ``chain``."""
        found: dict[str, Fixture] = {}
        missing: dict[str, tuple[str, str]] = {}
        for conftest in map(self.of, chain):
            found |= conftest.fixtures
            missing |= conftest.missing
        found |= {**fixtures_in(file, self._reach), **file.fixtures}
        return Known(found, {name: place for name, place in missing.items() if name not in found})


class _Conftest:
    def __init__(self, name: str, territory: Territory, sources: Sources, reach: Reach) -> None:
        self._territory = territory
        self._module = territory.modules[name]
        self._text = decode(sources.read(self._module.path), self._module.path)
        self._reach = reach
        self._whole = pytest_file(self._text, self._module)

    @cached_property
    def _sliced(self) -> Sliced:
        return slice_module(self._text, self._reach.has, module=self._module.name, path=self._module.path)

    @cached_property
    def data(self) -> bytes:
        """Its bytes in the service."""
        return self._sliced.text.data

    @cached_property
    def file(self) -> PytestFile:
        """What is left of it."""
        return pytest_file(self._sliced.text, self._module)

    @cached_property
    def fixtures(self) -> Mapping[str, Fixture]:
        """The fixtures that are left, with those of the modules it takes them from."""
        return {**fixtures_in(self.file, self._reach), **self.file.fixtures}

    @cached_property
    def missing(self) -> Mapping[str, tuple[str, str]]:
        """The fixtures that went, each with its place and what it would need."""
        whole = {**fixtures_in(self._whole, self._reach), **self._whole.fixtures}
        return {name: self._lost(name, whole[name]) for name in sorted(set(whole) - set(self.fixtures))}

    def _lost(self, name: str, fixture: Fixture) -> tuple[str, str]:
        path = self._territory.modules[fixture.module].path
        lack = None if fixture.module == self._module.name else self._reach.lack_of(fixture.module)
        return f"{path}:{fixture.line}", f"more: {lack.what}" if lack else self.cause(name)

    def cause(self, name: str) -> str:
        """What a name of the file hangs on in the end that the service does not have."""
        imports = {one.bound: one.dotted for one in self._whole.imports}
        seen, waiting = {name}, [name]
        while waiting:
            for read in sorted(self._whole.reads(waiting.pop(0)) - seen):
                if read in imports and not self._reach.has(imports[read]):
                    return imports[read]
                seen.add(read)
                waiting.append(read)
        return "what stays in the monolith"

    def faults(self) -> Iterator[Lack]:
        """Why no test below the file can go, if so."""
        path = self._module.path
        try:
            stuck = self._sliced.stuck
        except StranglerError as error:
            yield Lack(0, f"{path} cannot be cut down: {error.message}")
            return
        yield from (Lack(0, f"{path} needs code that stays: {statement}") for statement in stuck)
        for name, line in self._whole.plugins.items():
            if not self._reach.has(name):
                yield Lack(0, f"{path}:{line} loads {name}, which needs code that stays")
        for name, (place, cause) in self.missing.items():
            if name in self._whole.fixtures and self._whole.fixtures[name].is_automatic:
                yield Lack(0, f"the fixture {name} ({place}), which every test has, needs {cause}")

    def support(self) -> set[str]:
        """The modules of the tests that what is left of it imports."""
        names = [*(one.dotted for one in self.file.imports), *self._whole.plugins]
        inner = {name for name in map(self._reach.module_in, names) if name and self._reach.is_support(name)}
        return inner | {support for name in inner for support in self._reach.support_of(name)}


def fixtures_in(file: PytestFile, reach: Reach, *seen: str) -> dict[str, Fixture]:
    """The fixtures that a file takes from other modules of the tests: imported, or from its plugins."""
    found: dict[str, Fixture] = {}
    for dotted, bound in [(name, "*") for name in file.plugins] + [(one.dotted, one.bound) for one in file.imports]:
        module = reach.module_in(dotted)
        if module is None or module in seen or not reach.is_test_side(module):
            continue
        there = reach.parsed(module)
        every = {**fixtures_in(there, reach, module, *seen), **there.fixtures}
        found |= every if bound == "*" else {bound: every[bound]} if bound in every else {}
    return found

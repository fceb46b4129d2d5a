"""Which test files go with the seam's code, which stay, and what the ones that go bring along.

A test file goes whole or stays: it goes if everything it imports, patches and asks for as a fixture is in the service.
Files of fixtures (``conftest.py``) are cut down to what works there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch

from strangler.analysis import Module
from strangler_scaffolds.datafiles import data_files, names_in
from strangler_scaffolds.hosting import Cut
from strangler_scaffolds.moved_tests.conftests import Conftests, chain_of, folders_around
from strangler_scaffolds.moved_tests.fixtures import PytestFile
from strangler_scaffolds.moved_tests.migrations import migrations_for
from strangler_scaffolds.moved_tests.plugins import BUILT_IN, PLUGINS
from strangler_scaffolds.moved_tests.reach import Lack, Reach, is_conftest
from strangler_scaffolds.moved_tests.settings import django_settings, pytest_settings, unittest_settings
from strangler_scaffolds.sources import Sources
from strangler_scaffolds.territory import Territory, matches, parents

_TEST_FILES = ("test_*.py", "*_test.py", "tests.py", "tests_*.py")


@dataclass(frozen=True)
class Stayed:
    """A test file of the seam's code that stays in the monolith, and the first thing it needs there."""

    path: str
    line: int
    why: str


@dataclass(frozen=True)
class MovedTests:
    """The tests that go (``paths``), everything they consist of by its path in the monolith, and those that stay.

    ``plugins`` are the distributions of pytest's plugins that they need, ``settings`` what pytest is told about them.
    Of Django's, ``django_settings`` is the settings module that the monolith runs them with (empty: its default),
    ``migrated`` whether migrations make their tables, and ``unmigrated`` what the migrations of the models lack here.
    """

    paths: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    stayed: tuple[Stayed, ...] = ()
    plugins: tuple[str, ...] = ()
    settings: Mapping[str, str | list[str]] = field(default_factory=dict)
    django_settings: str = ""
    migrated: bool = False
    unmigrated: str = ""


def choose(territory: Territory, sources: Sources, cuts: Sequence[Cut], command: str = "") -> MovedTests:
    """Divide the tests of the moved modules; nothing of them is run. ``command`` is what the monolith runs its own by.

    Raises:
        StranglerError: a test file cannot be read or parsed.
    """
    reach = Reach(territory, sources, cuts)
    chooser = _Chooser(territory, sources, reach)
    stayed = []
    for module in sorted(_candidates(territory, reach), key=lambda module: module.path):
        lack = chooser.lack_of(module)
        if lack is None:
            chooser.take(module)
        else:
            stayed.append(Stayed(module.path, lack.line, lack.what))
    return _as_run(chooser.done(stayed), command, sources, reach)


def _as_run(tests: MovedTests, command: str, sources: Sources, reach: Reach) -> MovedTests:
    """The tests with what ``command`` makes of them."""
    named = django_settings(command, sources)
    settings = {**tests.settings, **(unittest_settings(command) if tests.paths else {})}
    is_here = reach.module_in(named) == named and reach.has(named)
    return replace(tests, django_settings=named if is_here else "", settings=settings)


def _candidates(territory: Territory, reach: Reach) -> Iterator[Module]:
    """Test files that lie within the seam, or import something of it."""
    for name in territory.tests:
        module = territory.modules[name]
        is_file = any(fnmatch(module.path.rpartition("/")[2], pattern) for pattern in _TEST_FILES)
        if is_file and (matches(name, territory.service.modules) or reach.touches_seam(name)):
            yield module


class _Chooser:
    def __init__(self, territory: Territory, sources: Sources, reach: Reach) -> None:
        self._territory = territory
        self._sources = sources
        self._reach = reach
        self._conftests = Conftests(territory, sources, reach)
        self._paths: list[str] = []
        self._carried: set[str] = set()
        self._plugins: set[str] = set()

    def lack_of(self, module: Module) -> Lack | None:
        """The first thing that a test file needs and would not find in the service."""
        return self._reach.lack_of(module.name) or next(self._lacks_around(module), None)

    def _lacks_around(self, module: Module) -> Iterator[Lack]:
        file, chain = self._reach.parsed(module.name), chain_of(self._territory, module.path)
        for conftest in chain:
            yield from self._conftests.of(conftest).faults()
        known = self._conftests.known(chain, file)
        for name, line in sorted(known.closure(_asked(file)).items(), key=lambda item: item[1]):
            if name in known.missing:
                place, cause = known.missing[name]
                yield Lack(line, f"its fixture {name} ({place}) needs {cause}")
            elif name not in known.found and name not in BUILT_IN and self._plugin(name) is None:
                yield Lack(line, f"its fixture {name} is not defined in the monolith")
        yield from self._lacks_of_conftests(file)

    def _lacks_of_conftests(self, file: PytestFile) -> Iterator[Lack]:
        """What a file imports from a conftest file by name."""
        for one in file.imports:
            name = self._reach.module_in(one.dotted)
            if name is None or name == one.dotted or not is_conftest(self._territory.modules[name].path):
                continue
            conftest = self._conftests.of(name)
            if one.dotted[len(name) + 1 :] not in conftest.file.names:
                yield Lack(one.line, f"it imports {one.dotted}, which needs {conftest.cause(one.bound)}")

    def take(self, module: Module) -> None:
        """Let a test file go, with all that it uses."""
        file, chain = self._reach.parsed(module.name), chain_of(self._territory, module.path)
        self._paths.append(module.path)
        self._carried |= {module.name, *chain} | self._reach.support_of(module.name)
        for conftest in chain:
            self._carried |= self._conftests.of(conftest).support()
        known = self._conftests.known(chain, file)
        asked = known.closure(_asked(file)).keys() - known.found.keys() - BUILT_IN
        self._plugins |= {plugin for name in asked if (plugin := self._plugin(name))}
        if file.is_async:
            self._plugins.add("pytest-asyncio")

    def _plugin(self, fixture: str) -> str | None:
        """The plugin that has a fixture; those for one framework count only where that is used."""
        plugin = PLUGINS.get(fixture)
        frameworks = {framework.name for framework in self._territory.analysis.frameworks}
        return plugin if plugin != "pytest-django" or "django" in frameworks else None

    def done(self, stayed: Sequence[Stayed]) -> MovedTests:
        """Everything that goes."""
        if not self._paths:
            return MovedTests(stayed=tuple(stayed))
        self._carried |= self._reach.named_by_service()
        migrations, unmigrated = migrations_for(self._territory, self._reach)
        self._carried |= set(migrations)
        around = {parent for name in self._carried for parent in parents(name) if self._reach.is_support(parent)}
        modules = [self._territory.modules[name] for name in sorted(self._carried | around)]
        data = self._data(modules, {self._territory.modules[name].path.rpartition("/")[0] for name in migrations})
        files = {**data, **{module.path: self._content(module) for module in modules}}
        plugins = tuple(sorted(self._plugins))
        return MovedTests(
            tuple(self._paths),
            dict(sorted(files.items())),
            tuple(stayed),
            plugins,
            self._settings(),
            migrated=bool(migrations),
            unmigrated=unmigrated,
        )

    def _settings(self) -> dict[str, str | list[str]]:
        """Settings of a plugin only where that is there: pytest warns of others."""
        stated = pytest_settings(self._sources)
        is_async = "pytest-asyncio" in self._plugins
        return {name: value for name, value in stated.items() if is_async or not name.startswith("asyncio")}

    def _content(self, module: Module) -> bytes:
        if is_conftest(module.path):
            return self._conftests.of(module.name).data
        return self._sources.read(module.path)

    def _data(self, modules: Sequence[Module], whole: Iterable[str]) -> dict[str, bytes]:
        """Files that the tests name by a text, from their own folder or one around it, and all those in ``whole``."""
        folders = {folder for module in modules for folder in folders_around(module.path)}
        names = names_in({module.path: self._content(module) for module in modules})
        found = data_files(sorted(whole), sorted(folders), names, self._sources)
        return {path: self._sources.read(path) for path in found}


def _asked(file: PytestFile) -> dict[str, int]:
    """The fixtures that a file's tests ask for, and those that its own fixtures do."""
    own = {need: fixture.line for fixture in file.fixtures.values() for need in sorted(fixture.needs)}
    return {**own, **file.asked}

"""What one file says of pytest's fixtures: those it defines, those its tests ask for, and what its names hang on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from strangler.analysis import Module
from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.sources import Text
from strangler_scaffolds.syntax import bound_by, bound_in, is_for_types, statements_in

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Fixture:
    """A fixture: where it stands, the fixtures it asks for itself, and whether every test has it unasked."""

    module: str
    line: int
    needs: frozenset[str]
    is_automatic: bool = False


@dataclass(frozen=True)
class Import:
    """A name that an import binds (``*`` for all of a module), the dotted name it stands for, and its line."""

    bound: str
    dotted: str
    line: int


@dataclass(frozen=True)
class PytestFile:
    """A file of tests or of fixtures, parsed; ``package`` is what its relative imports start from."""

    tree: ast.Module
    module: str = ""
    package: str = ""

    @cached_property
    def fixtures(self) -> Mapping[str, Fixture]:
        """Its fixtures by name."""
        return {name: fixture for function, _ in self._functions() for name, fixture in _fixture(function, self.module)}

    @cached_property
    def asked(self) -> Mapping[str, int]:
        """The fixtures that its tests ask for, each with the line of the first that does."""
        found: dict[str, int] = {}
        for function, is_unittest in self._functions():
            if function.name.startswith("test") and not is_unittest:
                for name in _parameters(function):
                    if name not in self._parametrized:
                        found.setdefault(name, function.lineno)
        for name, line in _by_text(self.tree):
            found.setdefault(name, line)
        return found

    @cached_property
    def _parametrized(self) -> frozenset[str]:
        """Parameters that get values and no fixtures, of functions, classes or the whole file."""
        return frozenset(name for node in ast.walk(self.tree) for name in _parametrized(node))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import that is made when the tests run, also those inside functions."""
        return tuple(one for node in _run(self.tree) for one in _imports(node, self.package))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that the file has at its top level."""
        return bound_in(self.tree)

    @cached_property
    def plugins(self) -> Mapping[str, int]:
        """Modules that it names as plugins (``pytest_plugins``), each with its line."""
        values = [s.value for s in self.tree.body if isinstance(s, ast.Assign) and "pytest_plugins" in bound_by(s)]
        texts = [node for value in values for node in ast.walk(value) if isinstance(node, ast.Constant)]
        return {node.value: node.lineno for node in texts if isinstance(node.value, str)}

    @cached_property
    def is_async(self) -> bool:
        """Whether any of its tests or fixtures is a coroutine."""
        return any(isinstance(function, ast.AsyncFunctionDef) for function, _ in self._functions())

    def reads(self, name: str) -> frozenset[str]:
        """The names that the top-level definition of ``name`` hangs on, its parameters among them."""
        found: set[str] = set()
        for statement in self.tree.body:
            if name in bound_by(statement) and not isinstance(statement, ast.Import | ast.ImportFrom):
                found |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
                found |= {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
        return frozenset(found - {name})

    def _functions(self) -> Iterator[tuple[_Function, bool]]:
        """Functions, and methods of classes; whether each is of a ``unittest`` class, whose methods ask for nothing."""
        for statement in statements_in(self.tree.body):
            if isinstance(statement, _Function):
                yield statement, False
            elif isinstance(statement, ast.ClassDef):
                is_unittest = any(_last_name(base).endswith("TestCase") for base in statement.bases)
                yield from ((member, is_unittest) for member in statement.body if isinstance(member, _Function))


def pytest_file(text: Text, module: Module) -> PytestFile:
    """A module of the tests, parsed from ``text``.

    Raises:
        StranglerError: this Python cannot read it.
    """
    package = module.name if module.package else module.name.rpartition(".")[0]
    return PytestFile(parse(text, module.path), module.name, package)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, but for what only type checkers read."""
    yield node
    for child in node.orelse if is_for_types(node) else ast.iter_child_nodes(node):
        yield from _run(child)


def _fixture(function: _Function, module: str) -> Iterator[tuple[str, Fixture]]:
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if _last_name(call.func if call else decorator) not in ("fixture", "async_fixture"):
            continue
        options = {word.arg: word.value for word in call.keywords} if call else {}
        named, automatic = options.get("name"), options.get("autouse")
        name = named.value if isinstance(named, ast.Constant) else function.name
        is_automatic = isinstance(automatic, ast.Constant) and bool(automatic.value)
        yield str(name), Fixture(module, function.lineno, frozenset(_parameters(function)), is_automatic)


def _parameters(function: _Function) -> list[str]:
    """The parameters that pytest fills: none with a default, and none where mocks are handed over as well."""
    if any("patch" in ast.dump(decorator) for decorator in function.decorator_list):
        return []
    arguments = [*function.args.posonlyargs, *function.args.args]
    free = arguments[: len(arguments) - len(function.args.defaults)] + function.args.kwonlyargs
    return [arg.arg for arg in free if arg.arg not in ("self", "cls")]


def _parametrized(call: ast.AST) -> Iterator[str]:
    if not isinstance(call, ast.Call) or _last_name(call.func) != "parametrize" or not call.args:
        return
    if any(word.arg == "indirect" for word in call.keywords):
        return
    for node in ast.walk(call.args[0]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (name.strip() for name in node.value.split(","))


def _by_text(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Fixtures that are named by a text: ``usefixtures("x")``, ``request.getfixturevalue("x")``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last_name(node.func) in ("usefixtures", "getfixturevalue"):
            for value in node.args:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value, node.lineno


def _imports(node: ast.AST, package: str) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.asname or alias.name.partition(".")[0], alias.name, node.lineno)
    elif isinstance(node, ast.ImportFrom):
        around = package.split(".")[: len(package.split(".")) - (node.level - 1)] if node.level and package else []
        base = ".".join([*around, *([node.module] if node.module else [])])
        for alias in node.names:
            dotted = base if alias.name == "*" else f"{base}.{alias.name}"
            yield Import(alias.asname or alias.name, dotted, node.lineno)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

"""Cuts a module down to what works without certain imports: an application factory without the parts that stay.

A statement goes when it cannot run without a name that is gone; what then has no meaning any more goes too. Anything
that would change what is left (a condition, a returned value) is not cut but reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from strangler.errors import StranglerError
from strangler.model import Location
from strangler_scaffolds.rewriting.stand_in import StandIn, StandsIn, is_text, with_import
from strangler_scaffolds.sources import Text

IsAllowed = Callable[[str], bool]


@dataclass(frozen=True)
class Sliced:
    """What is left of a module, and the first words of each statement that went."""

    text: Text
    removed: tuple[str, ...]
    stuck: tuple[str, ...]


def slice_module(
    text: Text,
    is_allowed: IsAllowed,
    *,
    module: str,
    is_package: bool = False,
    path: str = "",
    stand_in: StandIn | None = None,
    is_wanted: IsAllowed = lambda dotted: False,
) -> Sliced:
    """Remove every import of a module that is not allowed, and what hangs on it.

    Args:
        text: the module's source.
        is_allowed: whether a dotted name (a module, or a module and a name in it) can be imported.
        module: the module's dotted name, for relative imports.
        is_package: whether it is a package's ``__init__``.
        path: what errors call the file.
        stand_in: what may take the place of an argument that goes.
        is_wanted: whether it is for this dotted name that the module is kept: a statement that does something with it
            is not cut but reported.

    Raises:
        StranglerError: the file cannot be parsed, or not written back unchanged.
    """
    try:
        tree = cst.parse_module(text.content)
    except cst.ParserSyntaxError as error:
        raise StranglerError(f"cannot parse: {error.message}", location=Location(path, error.raw_line)) from error
    if tree.code != text.content:
        raise StranglerError("this file cannot be edited without changing its layout", location=Location(path))
    package = module.split(".") if is_package else module.split(".")[:-1]
    slicer = _Slicer(tree, is_allowed, package, stand_in, is_wanted)
    body: list[Any] = list(tree.body)
    known = -1
    while len(slicer.gone) > known:  # what went may have been used further up
        known = len(slicer.gone)
        slicer.stuck.clear()
        body = slicer.block(body)
    if stand_in is not None and any(stand_in.name in _names_read(statement) for statement in body):
        body = with_import(body, stand_in)
    sliced = tree.with_changes(body=body)
    return Sliced(Text(sliced.code, text.encoding), tuple(slicer.removed), (*slicer.stuck, *slicer.unmounted))


class _Slicer:
    def __init__(
        self,
        tree: cst.Module,
        is_allowed: IsAllowed,
        package: list[str],
        stand_in: StandIn | None,
        is_wanted: IsAllowed,
    ) -> None:
        self._tree = tree
        self._is_allowed = is_allowed
        self._package = package
        self._stand_in = stand_in
        self._is_wanted = is_wanted
        self._wanted: set[str] = set()
        self.unmounted: dict[str, None] = {}  # as they stand in the file, each once
        self.gone: set[str] = set()
        self.removed: list[str] = []
        self.stuck: list[str] = []

    def block(self, body: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        kept = [self._statement(statement) for statement in body]
        return [statement for statement in kept if statement is not None]

    def _statement(self, statement: cst.BaseStatement) -> cst.BaseStatement | None:
        if isinstance(statement, cst.SimpleStatementLine):
            return self._line(statement)
        if isinstance(statement, cst.FunctionDef):
            return self._function(statement)
        if isinstance(statement, cst.ClassDef):
            return self._definition(statement)
        if isinstance(statement, cst.For):
            return self._loop(statement)
        return self._compound(statement)

    def _line(self, line: cst.SimpleStatementLine) -> cst.BaseStatement | None:
        kept = [small for part in line.body if (small := self._small(part)) is not None]
        if not kept:
            return None
        if len(kept) == len(line.body) and all(a is b for a, b in zip(kept, line.body, strict=True)):
            return line
        kept[-1] = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        return line.with_changes(body=kept)

    def _small(self, small: cst.BaseSmallStatement) -> cst.BaseSmallStatement | None:
        if isinstance(small, cst.Import | cst.ImportFrom):
            return self._import(small)
        small = self._stood_in(self._offered(small))
        missing = self._missing(small)
        if not missing:
            return small
        if isinstance(small, cst.Expr) and not isinstance(small.value, cst.Yield):
            if not self._wanted.isdisjoint(_names_read(small)):
                self.unmounted[self._first_line(small)] = None
            self._drop(small)
            return None
        if isinstance(small, cst.Assign | cst.AnnAssign):
            return self._assignment(small)
        if isinstance(small, cst.AugAssign) and isinstance(small.value, cst.Tuple | cst.List):
            kept = self._elements(small.value)
            if kept is None:
                self._drop(small)
            return small.with_changes(value=kept) if kept is not None else None
        self.stuck.append(self._first_line(small))
        return small

    def _offered(self, small: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
        """``__all__`` without the names that are gone: a star import would stumble over them."""
        value = small.value if isinstance(small, cst.Assign | cst.AugAssign) else None
        if not isinstance(value, cst.List | cst.Tuple) or "__all__" not in _assigned(small):
            return small
        kept = [one for one in value.elements if _text_of(one.value) not in self.gone]
        return (
            small if len(kept) == len(value.elements) else small.with_changes(value=value.with_changes(elements=kept))
        )

    def _stood_in(self, small: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
        """The statement with stand-ins for arguments that are gone, where such are meant."""
        if self._stand_in is None or not self._missing(small):
            return small
        changed = small.visit(StandsIn(self._stand_in, self._missing))
        assert isinstance(changed, cst.BaseSmallStatement)
        return changed

    def _assignment(self, small: cst.Assign | cst.AnnAssign) -> cst.BaseSmallStatement | None:
        trimmed = self._trim_elements(small)
        if trimmed is not None:
            return trimmed
        self.gone |= _assigned(small)
        self._drop(small)
        return None

    def _trim_elements(self, small: cst.Assign | cst.AnnAssign) -> cst.BaseSmallStatement | None:
        value = small.value
        if not isinstance(value, cst.Tuple | cst.List):
            return None
        kept = self._elements(value)
        return small.with_changes(value=kept) if kept is not None and kept.elements else None

    def _elements(self, value: cst.Tuple | cst.List) -> cst.Tuple | cst.List | None:
        kept = [element for element in value.elements if not self._missing(element)]
        if not kept:
            return None
        self.removed += [self._first_line(e) for e in value.elements if self._missing(e)]
        if len(kept) == 1 and isinstance(value, cst.Tuple):
            kept[0] = kept[0].with_changes(comma=cst.Comma())
        return value.with_changes(elements=kept)

    def _import(self, small: cst.Import | cst.ImportFrom) -> cst.BaseSmallStatement | None:
        if isinstance(small.names, cst.ImportStar):
            if self._is_allowed(self._base(small)):
                return small
            self._drop(small)
            return None
        kept = [alias for alias in small.names if self._is_allowed(self._target(small, alias))]
        for alias in small.names:
            if alias not in kept:
                self.gone.add(_bound_name(alias, whole=isinstance(small, cst.ImportFrom)))
        self.gone -= {_bound_name(alias, whole=isinstance(small, cst.ImportFrom)) for alias in kept}
        wanted = (alias for alias in kept if self._is_wanted(self._target(small, alias)))
        self._wanted |= {_bound_name(alias, whole=isinstance(small, cst.ImportFrom)) for alias in wanted}
        if not kept:
            self._drop(small)
            return None
        if len(kept) == len(small.names):
            return small
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        self.removed.append(self._first_line(small))
        return small.with_changes(names=kept)

    def _target(self, small: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str:
        if isinstance(small, cst.Import):
            return alias.evaluated_name
        return f"{self._base(small)}.{alias.evaluated_name}"

    def _base(self, small: cst.Import | cst.ImportFrom) -> str:
        assert isinstance(small, cst.ImportFrom)
        around = self._package[: len(self._package) - (len(small.relative) - 1)] if small.relative else []
        named = [_dotted(small.module)] if small.module is not None else []
        return ".".join([*around, *named])

    def _function(self, function: cst.FunctionDef) -> cst.BaseStatement | None:
        if any(self._missing(decorator) for decorator in function.decorators) or self._missing(function.params):
            self._forget(function)
            return None
        before = (set(self.gone), list(self.removed), list(self.stuck))
        body = self._suite(function.body)
        if body is None or len(self.stuck) > len(before[2]):
            # What such a function does cannot be had without what is gone, so the function is gone as well.
            self.gone, self.removed, self.stuck = before
            self._forget(function)
            return None
        self.gone = before[0]
        return function.with_changes(body=body)

    def _definition(self, definition: cst.ClassDef) -> cst.BaseStatement | None:
        if self._missing(definition):
            self._forget(definition)
            return None
        return definition

    def _forget(self, definition: cst.FunctionDef | cst.ClassDef) -> None:
        self.gone.add(definition.name.value)
        self.removed.append(self._first_line(definition))

    def _loop(self, loop: cst.For) -> cst.BaseStatement | None:
        over = loop.iter
        if isinstance(over, cst.Tuple | cst.List) and self._missing(over):
            trimmed = self._elements(over)
            if trimmed is None:
                self._drop(loop)
                return None
            loop = loop.with_changes(iter=trimmed)
        return self._compound(loop)

    def _compound(self, statement: cst.BaseStatement) -> cst.BaseStatement | None:
        head = [child for child in statement.children if not isinstance(child, cst.BaseSuite | cst.BaseStatement)]
        if any(self._missing(child) for child in head if not isinstance(child, cst.Else | cst.ExceptHandler)):
            self._drop(statement)
            return None
        suite = getattr(statement, "body", None)
        if not isinstance(suite, cst.BaseSuite):
            return statement
        body = self._suite(suite)
        if body is None:
            self._drop(statement)
            return None
        return statement.with_changes(body=body)

    def _suite(self, suite: cst.BaseSuite) -> cst.BaseSuite | None:
        """A suite without what is gone, or None if nothing that does anything is left."""
        if not isinstance(suite, cst.IndentedBlock):
            return None if self._missing(suite) else suite
        body = self.block(suite.body)
        if body == list(suite.body):
            return suite
        if not any(not is_text(statement) for statement in body):
            return None
        return suite.with_changes(body=body)

    def _missing(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` cannot run because a name it reads is gone."""
        return not self.gone.isdisjoint(_names_read(node))

    def _drop(self, node: cst.CSTNode) -> None:
        self.removed.append(self._first_line(node))

    def _first_line(self, node: cst.CSTNode) -> str:
        return self._tree.code_for_node(node).strip().splitlines()[0].rstrip(",")


def _names_read(node: cst.CSTNode) -> Iterator[str]:
    """Names that ``node`` looks up, leaving out attributes and the names of keyword arguments."""
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, cst.Attribute | cst.Arg):
        yield from _names_read(node.value)
    else:
        for child in node.children:
            yield from _names_read(child)


def _assigned(small: cst.BaseSmallStatement) -> set[str]:
    """The plain names that a statement assigns to."""
    targets = (
        [one.target for one in small.targets] if isinstance(small, cst.Assign) else [getattr(small, "target", None)]
    )
    return {target.value for target in targets if isinstance(target, cst.Name)}


def _text_of(node: cst.BaseExpression) -> str | None:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) else None


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    assert isinstance(node, cst.Name)
    return node.value


def _bound_name(alias: cst.ImportAlias, *, whole: bool) -> str:
    if alias.asname is not None:
        assert isinstance(alias.asname.name, cst.Name)
        return alias.asname.name.value
    return alias.evaluated_name if whole else alias.evaluated_name.partition(".")[0]

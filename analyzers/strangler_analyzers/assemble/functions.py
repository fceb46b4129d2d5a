"""The function level: what can be called, who calls it with what, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Call, Evidence, Function, Param, Passed, Transaction
from strangler_analyzers.assemble.passing import Passing
from strangler_analyzers.data.access import Access
from strangler_analyzers.data.models import Models
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.world import ref_of
from strangler_analyzers.resolve.frames import Record, Site
from strangler_analyzers.resolve.hierarchy import outside
from strangler_analyzers.resolve.values import Bound, Class, Func, Instance, Module, Values, unwrapped

_EMPTY = Access()


def caller_of(func: Func) -> str:
    """The ref of a function; ``module:<module>`` for what a module does by itself."""
    return func.ref if func.index else f"{func.module.name}:<module>"


def functions(world: World, accesses: dict[Func, Access]) -> Iterator[Function]:
    """Functions, methods, lambdas and classes, in the order of the source."""
    for name in sorted(world.modules):
        module = world.modules[name]
        if module.facts.grade == "light":
            continue
        for index, scope in enumerate(module.facts.scopes):
            if scope.kind == "class":
                cls = world.program.classes.get((name, index))
                if cls is not None:
                    yield _class(cls)
            elif index:
                func = world.program.functions.get((name, index))
                yield _function(world, module, index, func, accesses.get(func, _EMPTY) if func else _EMPTY)


def _params(module: Module, index: int) -> tuple[Param, ...]:
    params = module.facts.scopes[index].params
    return tuple(Param(name, kind, annotation, default) for name, kind, annotation, _, default, _ in params)


def _function(world: World, module: Module, index: int, func: Func | None, access: Access) -> Function:
    scope = module.facts.scopes[index]
    records = list(world.records(func)) if func is not None else []
    touches = {f"{owner}:{name}" for one in records for owner, name in (*one.state_reads, *one.state_writes)}
    mutates = {name for one in records for name in one.mutates}
    return Function(
        ref=f"{module.name}:{scope.qualname}",
        path=module.path,
        line=scope.line,
        end_line=scope.end_line,
        kind=_kind(func, scope.kind),
        params=_params(module, index),
        returns=scope.returns[0] if scope.returns else None,
        is_async="async" in scope.flags,
        is_generator="generator" in scope.flags,
        decorators=tuple(text for _, text, _ in scope.decorators),
        raises=tuple(sorted({name for one in records for name in _raised(one)})),
        reads=tuple(sorted(access.reads)),
        writes=tuple(sorted(access.writes)),
        mutates=tuple(sorted(mutates)),
        touches=tuple(sorted(touches)),
        complexity=scope.complexity,
    )


def _kind(func: Func | None, kind: str) -> str:
    if func is None or func.owner is None or kind == "lambda":
        return kind
    return "property" if func.binding == "property" else "method"


def _class(cls: Class) -> Function:
    scope = cls.scope
    bases = [ref_of(base) or base.dotted for base in cls.bases]
    return Function(
        ref=cls.ref,
        path=cls.module.path,
        line=scope.line,
        end_line=scope.end_line,
        kind="class",
        params=tuple(_fields(cls)),
        decorators=tuple(text for _, text, _ in scope.decorators),
        complexity=scope.complexity,
        bases=tuple(bases or [base.dotted for base in outside(cls)]),
    )


def _fields(cls: Class) -> Iterator[Param]:
    """The annotated names of the body: what a dataclass is made with."""
    for code in cls.scope.code():
        if code[0] == ":" and code[2] is not None and code[2][0] == "n":
            yield Param(code[2][1], "keyword_only", _shown(code[3]), None if code[4] is None else _shown(code[4]))


def _shown(code: object) -> str | None:
    """The text of simple code, as annotations are."""
    if not isinstance(code, tuple):
        return None
    tag = code[0]
    if tag == "n":
        return str(code[1])
    if tag == ".":
        return f"{_shown(code[1])}.{code[2]}"
    if tag == "k":
        return repr(code[1]) if code[1] != () else "..."
    if tag == "[]":
        inner = code[2]
        items = inner[1] if inner is not None and inner[0] == "[" else (inner,)
        return f"{_shown(code[1])}[{', '.join(_shown(item) or '...' for item in items)}]"
    if tag == "b":
        return f" {code[1]} ".join(_shown(item) or "None" for item in code[2])
    return "..."


def _raised(record: Record) -> Iterator[str]:
    for values, _ in record.raises:
        for value in values:
            if isinstance(value, Class):
                yield value.ref
            elif isinstance(value, Instance):
                yield value.cls.ref
            elif value.dotted != "?":
                yield value.dotted.removeprefix("<builtin>.")


def calls(world: World, models: Models) -> list[Call]:
    """Each call of something inside the program, and each function handed to another module as a value."""
    found: dict[tuple[str, str, int, str], Call] = {}
    passing = Passing(models)
    for func in world.functions:
        caller = caller_of(func)
        for record in world.records(func):
            for site in record.calls:
                call = _call(passing, func, caller, site)
                found.setdefault((call.caller, call.callee, site.line, call.confidence), call)
            for callee, line in _handed(func, record):
                place = (Evidence(func.module.path, line, symbol="reference"),)
                call = Call(caller, callee, place, confidence="possible")
                found.setdefault((caller, callee, line, "possible"), call)
    return [found[key] for key in sorted(found)]


def transaction_id(func: Func, record: Record, index: int) -> str | None:
    """The id of a transaction by its number within its function."""
    if index < 0:
        return None
    _, line, _ = record.transactions[index]
    return f"{caller_of(func)}@{line}"


def _call(passing: Passing, func: Func, caller: str, site: Site) -> Call:
    callee = ref_of(site.callee) or site.callee.dotted
    passes = tuple(Passed(name, passing.what(values)) for name, values in site.passes)
    place = (Evidence(func.module.path, site.line),)
    transaction = transaction_id(func, func.record, site.transaction) if _has(func, site) else None
    return Call(caller, callee, place, site.in_loop, transaction, passes, site.confidence)


def _has(func: Func, site: Site) -> bool:
    return 0 <= site.transaction < len(func.record.transactions)


def _handed(func: Func, record: Record) -> Iterator[tuple[str, int]]:
    """Functions of other modules that are passed on without being called."""
    for event in record.events:
        for values in (*event.made.args, *event.made.kwargs.values()):
            yield from _foreign(func, values, event.line)
    for site in record.calls:
        for _, values in site.passes:
            yield from _foreign(func, values, site.line)


def _foreign(func: Func, values: Values, line: int) -> Iterator[tuple[str, int]]:
    for value in values:
        inner = unwrapped(value.original or value.func if isinstance(value, Bound) else value)
        if isinstance(inner, Func) and inner.index and inner.module is not func.module:
            yield (inner.ref, line)


def transactions(world: World, accesses: dict[Func, Access]) -> list[Transaction]:
    """The scopes in which writes succeed or fail together, and what each writes itself."""
    found = {}
    for func in world.functions:
        access = accesses.get(func, _EMPTY)
        for record in world.records(func):
            for index, (kind, line, _) in enumerate(record.transactions):
                tables = {
                    table for table, places in access.writes.items() for _, _, inside in places if inside == index
                }
                identity = transaction_id(func, record, index) or ""
                place = (Evidence(func.module.path, line),)
                found[identity] = Transaction(identity, kind, caller_of(func), tuple(sorted(tables)), place)
            for event in record.events:
                if event.name.rpartition(".")[2] == "commit":
                    identity = f"{caller_of(func)}@{event.line}"
                    place = (Evidence(func.module.path, event.line),)
                    one = Transaction(identity, "commit", caller_of(func), tuple(sorted(access.writes)), place)
                    found.setdefault(identity, one)
    return [found[key] for key in sorted(found)]

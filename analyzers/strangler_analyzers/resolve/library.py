"""What outside things are taken to give, where that leads back into the program.

``Knowledge`` is what framework-aware parts (ORMs, loaders) tell the resolution; without it a call of something
outside gives an object of which only its origin is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from strangler_analyzers.resolve.containers import added, call_method, elements, merge_items, summed
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.pending import Partial
from strangler_analyzers.resolve.values import EMPTY, Bound, Class, Const, Func, Items, Made, Value, Values, union

ResultRule = Callable[[Frame, Made, CallOf], Values | None]
ElementRule = Callable[[Frame, Value], Values]
FieldRule = Callable[[Frame, Made, Value], Values | None]

AttributeRule = Callable[[Frame, Value, str], Values]
ClassMemberRule = Callable[[Frame, Made, Class, str], Values | None]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Rules, asked in order; the first that answers (not None, not empty) is believed."""

    results: tuple[ResultRule, ...] = ()
    elements: tuple[ElementRule, ...] = ()
    fields: tuple[FieldRule, ...] = ()
    class_members: tuple[ClassMemberRule, ...] = ()
    attributes: tuple[AttributeRule, ...] = ()
    transactions: tuple[Callable[[Value], str | None], ...] = ()
    starts: tuple[Callable[[Any], Iterable[Func]], ...] = ()

    def started(self, program: Any) -> Iterator[Func]:
        """What frameworks call once all modules are there, before anything else."""
        for rule in self.starts:
            yield from rule(program)

    def transaction(self, value: Value) -> str | None:
        """The kind of transaction that ``value`` begins as a context or decorator."""
        return next((kind for rule in self.transactions if (kind := rule(value))), None)


_STANDARD = (
    "functools.",
    "itertools.",
    "copy.",
    "typing.",
    "asyncio.",
    "importlib.",
    "threading.",
    "multiprocessing.",
    "collections.",
    "re.",
    "heapq.",
    "concurrent.",
    "contextlib.",
)
# Those that call what they are handed before they return, with what else they are handed.
_CALL_AT_ONCE = ("functools.reduce", "itertools.", "re.", "heapq.")
# The place of the function that these start, with the arguments after it.
_START = {"submit": 0, "to_thread": 0, "run_in_executor": 1, "call_soon": 0, "call_soon_threadsafe": 0}


# The place of the argument that is handed back, more or less.
_HANDS_BACK = {
    "functools.lru_cache": 0,
    "functools.cache": 0,
    "functools.singledispatch": 0,
    "copy.copy": -1,
    "copy.deepcopy": -1,
    "typing.cast": -1,
    "asyncio.create_task": -1,
    "asyncio.run": -1,
}


def standard_result(frame: Frame, made: Made, call: CallOf) -> Values | None:
    """The few functions of the standard library that hand back what they were given."""
    name = made.callee.dotted
    if not name.startswith(_STANDARD):
        return None
    if name.startswith(_CALL_AT_ONCE):
        _called_back(frame, call)
    if name in ("functools.partial", "functools.partialmethod") and call.args:
        return _partials(frame, call)
    if name in _HANDS_BACK and call.args:
        return call.args[_HANDS_BACK[name]] or None
    if name in ("collections.defaultdict", "collections.OrderedDict"):
        return _mapping(frame, name, call)
    if name in ("functools.wraps", "functools.update_wrapper"):
        return (made,)
    if name in ("functools.reduce", "itertools.chain", "itertools.chain.from_iterable"):
        return _chained(frame, name, call)
    return _of_modules_and_threads(frame, name, call)


def _of_modules_and_threads(frame: Frame, name: str, call: CallOf) -> Values | None:
    if name == "importlib.import_module" and call.args:
        return frame.program.imported_by_text(frame, call.args, call.kwargs.get("package", EMPTY), call.line) or None
    return _by_method(frame, name, call)


def _by_method(frame: Frame, name: str, call: CallOf) -> Values | None:
    """What threads, and methods of pools, loops and stacks, do."""
    if name in ("threading.Thread", "multiprocessing.Process", "threading.Timer"):
        _started(frame, call)
    method = name.rpartition(".")[2]
    place = _START.get(method)
    if place is not None and len(call.args) > place and name.startswith(("asyncio.", "concurrent.")):
        args, rest = call.args[place + 1 :], call.rest
        frame.program.apply(frame, CallOf(call.args[place], args, call.kwargs, call.line, frame.next_site(), rest))
    elif method == "map" and name.startswith("concurrent.") and len(call.args) > 1:
        held = [elements(frame, values) for values in call.args[1:]]
        given = frame.program.apply(frame, CallOf(call.args[0], held, {}, call.line, frame.next_site()))
        return (frame.program.container(frame, "[", [], given),)
    elif method in ("enter_context", "enter_async_context") and call.args:
        return _entered(frame, call.args[0])
    return None


def _mapping(frame: Frame, name: str, call: CallOf) -> Values:
    """``defaultdict(list)``, ``OrderedDict(pairs)``."""
    items: Items = frame.program.container(frame, "d", [], EMPTY, call.line)
    makes = name == "collections.defaultdict"
    items.factory = call.args[0] if makes and call.args else EMPTY
    for given in call.args[makes : makes + 1]:
        merge_items(frame, items, given)
    for key, values in call.kwargs.items():
        frame.program.keep(items, key, values)
    return (items,)


def _entered(frame: Frame, values: Values) -> Values:
    """What a stack of contexts hands out for one that it enters."""
    found = EMPTY
    for value in values:
        entered = [call_method(frame, value, name, []) for name in ("__enter__", "__aenter__")]
        for name in ("__exit__", "__aexit__"):
            call_method(frame, value, name, [EMPTY] * 3)
        given = entered[0] or entered[1] or elements(frame, (value,))
        found = union(found, given or (value,))
    return found


def _called_back(frame: Frame, call: CallOf) -> None:
    """Call the functions among the arguments with elements of the other arguments."""
    given = [*call.args, *call.kwargs.values()]
    called = [values for values in given if any(isinstance(value, Func | Bound | Partial) for value in values)]
    if not called:
        return
    held = EMPTY
    for values in given:
        held = union(held, elements(frame, values) if values not in called else EMPTY)
    for values in called:
        frame.program.apply(frame, CallOf(values, [held, held], {}, call.line, frame.next_site()))


def _chained(frame: Frame, name: str, call: CallOf) -> Values | None:
    """``reduce(add, lists)``, ``chain(*lists)``, ``chain.from_iterable(lists)``."""
    if name == "itertools.chain":
        return added(frame, call.args) or None
    adds = name != "functools.reduce" or any(value.dotted.startswith("operator.") for value in call.args[0])
    return (adds and summed(frame, call.args[-1])) or None


def _partials(frame: Frame, call: CallOf) -> Values:
    found = []
    for value in call.args[0]:
        partial: Partial = frame.program.partial(frame, call.site, value)
        partial.args, partial.kwargs = call.args[1:], call.kwargs
        found.append(partial)
    return tuple(found)


def _started(frame: Frame, call: CallOf) -> None:
    targets = call.kwargs.get("target") or (call.args[1] if len(call.args) > 1 else EMPTY)
    args = call.kwargs.get("args", EMPTY)
    held = [item for value in args if isinstance(value, Items) for item in value.keyed.values()]
    frame.program.apply(frame, CallOf(targets, held, {}, call.line, frame.next_site()))


def wrapped_result(frame: Frame, made: Made, call: CallOf) -> Values | None:
    """``wraps(f)(inner)`` is ``inner``; so is what any outside decorator makes of a function of ours."""
    callee = made.callee
    if isinstance(callee, Made) and callee.callee.dotted.endswith(("functools.wraps", "contextmanager")) and call.args:
        return call.args[0] or None
    return None


def texts(values: Values) -> list[str]:
    """The texts among ``values``."""
    if len(values) == 1 and type(values[0]) is not Const:
        return []
    return [value.value for value in values if isinstance(value, Const) and isinstance(value.value, str)]


def classes(values: Values) -> list[Class]:
    """The classes among ``values``."""
    return [value for value in values if isinstance(value, Class)]

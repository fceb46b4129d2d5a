"""What tests put in the place of functions and classes: it stays in the test's process, and the service calls it there.

The service has a stand-in under the same name (``far``). Values go over by themselves, doubles and what cannot be
pickled as numbers that stand for them.
"""

from __future__ import annotations

import contextlib
import inspect
import operator
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from . import wire
from .loading import AfterLoading

# What the bridge itself stands on: replaced here, it would be replaced under our feet.
_OURS = frozenset({"socket", "select", "selectors", "threading", "_thread", "pickle", "struct", "io", "json"})

# What test frameworks replace here themselves is the store, which is lent.
_LENT = ("django.db.", "django.test.")


class Replaced(NamedTuple):
    """An attribute that a test has replaced: the module, the way from there to what has the attribute, its name.

    ``kind`` is how that gives it: as it is, bound to an instance, called for its value, or (``aside``) only to the one
    module that the way begins in; a ``dependency`` is what FastAPI gets from the function of that name. A ``store`` is
    given as it is, and is no double: a framework keeps there what the program would have sent, as the database of the
    tests keeps what it would have stored.
    """

    module: str
    within: str
    name: str
    value: Any
    kind: str = "plain"

    @property
    def ref(self) -> str:
        """``module:qualname``."""
        return f"{self.module}:{self.within + '.' if self.within else ''}{self.name}"


_active: List[Any] = []


def watch_mocks() -> None:
    """Know from now on what ``unittest.mock`` has put in the place of what."""
    if "unittest.mock" in sys.modules:
        _watch(sys.modules["unittest.mock"])
    else:
        AfterLoading({"unittest.mock": _watch}).install()


def _watch(mock: Any) -> None:
    enter, leave = mock._patch.__enter__, mock._patch.__exit__

    def entering(self: Any) -> Any:
        result = enter(self)
        _active.append(self)
        return result

    def leaving(self: Any, *error: Any) -> Any:
        _active[:] = [patch for patch in _active if patch is not self]
        return leave(self, *error)

    mock._patch.__enter__, mock._patch.__exit__ = entering, leaving


def replaced() -> Iterator[Replaced]:
    """What is replaced at this moment by ``unittest.mock``."""
    for patch in _active:
        if not str(getattr(patch.target, "__module__", "")).startswith(_LENT):
            yield _described(patch)
    mail = sys.modules.get("django.core.mail")
    if hasattr(mail, "outbox"):  # made by Django's test runner, in the place of sending
        yield Replaced("django.core.mail", "", "outbox", mail.outbox, "store")  # type: ignore[union-attr]


def _described(patch: Any) -> Replaced:
    owner, name = patch.target, patch.attribute
    value = getattr(owner, "__dict__", {}).get(name)
    module, within = _way_to(patch)
    if isinstance(owner, types.ModuleType) and _is_ours(owner.__name__):
        return Replaced(module, within, name, value, "aside")
    if isinstance(owner, type):
        return Replaced(owner.__module__, owner.__qualname__, name, value, _kind(value))
    return Replaced(module, within, name, value)


def _way_to(patch: Any) -> Tuple[str, str]:
    """The module and the way from there to what has the attribute, by the text that the test gave; ('', '') if none."""
    if isinstance(patch.target, types.ModuleType) and not _is_ours(patch.target.__name__):
        return patch.target.__name__, ""
    text = next((arg for arg in getattr(patch.getter, "args", ()) if isinstance(arg, str)), "")
    parts = text.split(".")
    known = [count for count in range(len(parts), 0, -1) if ".".join(parts[:count]) in sys.modules]
    count = next((count for count in known if not _is_ours(".".join(parts[:count]))), 0)
    return ".".join(parts[:count]), ".".join(parts[count:])


def _kind(value: Any) -> str:
    if not hasattr(type(value), "__get__"):
        return "plain"
    return "method" if isinstance(value, types.FunctionType) else "property"


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in _OURS


def can_stay(double: Replaced) -> bool:
    """Whether the service can be given a stand-in for it."""
    return bool(double.module) and (double.kind != "aside" or (double.within.count(".") == 0 and bool(double.within)))


def frozen_clock() -> bool:
    """Whether the test has stopped or moved this process's clock, which nothing can carry over."""
    machine = sys.modules.get("time_machine")
    travel = getattr(machine, "traveller_stack", ()) or getattr(machine, "coordinates_stack", ())
    frozen = getattr(sys.modules.get("freezegun.api"), "freeze_factories", ())
    return bool(travel or frozen)


@contextlib.contextmanager
def set_aside() -> Iterator[None]:
    """For a while, have back what the bridge itself stands on."""
    ours = [p for p in _active if isinstance(p.target, types.ModuleType) and _is_ours(p.target.__name__)]
    present = [(patch.target, patch.attribute, getattr(patch.target, patch.attribute)) for patch in ours]
    for patch in reversed(ours):
        setattr(patch.target, patch.attribute, patch.temp_original)
    try:
        yield
    finally:
        for owner, name, value in present:
            setattr(owner, name, value)


def is_double(value: Any) -> bool:
    """Whether ``unittest.mock`` made it."""
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(value, mock.NonCallableMock)


class Held:
    """Objects of this process that the other one knows by number."""

    def __init__(self, is_known_there: Callable[[type], bool] = lambda cls: True) -> None:
        self._objects: Dict[int, Any] = {}
        self._asked: Set[int] = set()
        self._is_known_there = is_known_there

    def was_asked(self, value: Any) -> bool:
        """Whether the other process has done anything with this object."""
        return id(value) in self._asked

    def number(self, value: Any) -> int:
        """The number of an object, which is kept from now on."""
        self._objects[id(value)] = value
        return id(value)

    def dumps(self, value: Dict[str, Any]) -> bytes:
        """An answer: by value as far as possible."""
        try:
            return wire.dumps(value, self._stays)
        except Exception:  # whatever an object says that does not want to be pickled
            return wire.dumps({key: _Number(self.number(item)) for key, item in value.items()}, self._stays)

    def loads(self, data: bytes) -> Any:
        """A request, with the objects of this process in the place of their numbers."""
        return wire.loads(data, self._objects.__getitem__)

    def _stays(self, value: Any) -> Optional[int]:
        if isinstance(value, _Number):
            return value.number
        stays = is_double(value) or id(value) in self._objects
        return self.number(value) if stays or not self._is_known_there(type(value)) else None

    def carry_out(self, request: Dict[str, Any]) -> Any:
        """Do with an object what was asked."""
        self._asked.add(id(request["on"]))
        result = _DOINGS[request["what"]](request["on"], *request["args"], **request["kwargs"])
        if inspect.isawaitable(result):
            return wire.Ready(_awaited(result))
        # What can be called does here what it does; by value it would do it there.
        return _Number(self.number(result)) if callable(result) and not isinstance(result, type) else result


def _awaited(what: Any) -> Any:
    """The result of something awaitable: in the test's own task, or where that is not waiting, if it comes at once."""
    # Without greenlet, which is loaded where there is one to be in, SQLAlchemy raises for the question.
    concurrency = sys.modules.get("sqlalchemy.util.concurrency") if "greenlet" in sys.modules else None
    if concurrency is not None and concurrency.in_greenlet():
        return concurrency.await_only(what)
    steps = what.__await__()
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    raise RuntimeError("a test double waits for something, which it cannot while the service is asked")


class _Number:
    def __init__(self, number: int) -> None:
        self.number = number


def _call(target: Any, *args: Any, **kwargs: Any) -> Any:
    return target(*args, **kwargs)


_DOINGS: Dict[str, Callable[..., Any]] = {
    "call": _call,
    "get": getattr,
    "set": setattr,
    "item": operator.getitem,
    "length": len,
    "list": list,
    "truth": bool,
    "equal": operator.eq,
    "enter": lambda target: target.__enter__(),
    "leave": lambda target, *error: target.__exit__(*error),
}

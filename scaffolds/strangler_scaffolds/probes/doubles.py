"""What tests put in the place of functions and classes: it stays in the test's process, and the service calls it there.

The service has a stand-in under the same name (``far``). Values go over by themselves, doubles and what cannot be
pickled as numbers that stand for them.
"""

from __future__ import annotations

import operator
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional

from . import wire
from .loading import AfterLoading

# What the bridge itself stands on: replaced here, it would be replaced under our feet.
_OURS = frozenset({"socket", "select", "selectors", "threading", "_thread", "pickle", "struct", "io", "json"})

# What test frameworks replace here themselves is the store, which is lent.
_LENT = ("django.db.", "django.test.")


class Replaced(NamedTuple):
    """An attribute that a test has replaced: the module, the way from there to what has the attribute, its name."""

    module: str
    within: str
    name: str
    value: Any

    @property
    def kind(self) -> str:
        """How its owner gives it: as it is, bound to an instance, or called for its value."""
        if not self.within or not hasattr(type(self.value), "__get__"):
            return "plain"
        return "method" if isinstance(self.value, types.FunctionType) else "property"

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
    """What is replaced at this moment by ``unittest.mock``, in modules and classes."""
    for patch in _active:
        owner = patch.target
        value = vars(owner).get(patch.attribute) if isinstance(owner, (types.ModuleType, type)) else None
        if str(getattr(owner, "__module__", "")).startswith(_LENT):
            continue
        if isinstance(owner, types.ModuleType):
            yield Replaced(owner.__name__, "", patch.attribute, value)
        elif isinstance(owner, type):
            yield Replaced(owner.__module__, owner.__qualname__, patch.attribute, value)
        else:
            yield Replaced("", type(owner).__qualname__, patch.attribute, None)
    mail = sys.modules.get("django.core.mail")
    if hasattr(mail, "outbox"):  # made by Django's test runner, in the place of sending
        yield Replaced("django.core.mail", "", "outbox", mail.outbox)  # type: ignore[union-attr]


def can_stay(double: Replaced) -> bool:
    """Whether the service can be given a stand-in for it."""
    return bool(double.module) and double.module.partition(".")[0] not in _OURS


def _is_double(value: Any) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(value, mock.NonCallableMock)


class Held:
    """Objects of this process that the other one knows by number."""

    def __init__(self) -> None:
        self._objects: Dict[int, Any] = {}

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
        return self.number(value) if _is_double(value) or id(value) in self._objects else None

    def carry_out(self, request: Dict[str, Any]) -> Any:
        """Do with an object what was asked."""
        result = _DOINGS[request["what"]](request["on"], *request["args"], **request["kwargs"])
        # What can be called does here what it does; by value it would do it there.
        return _Number(self.number(result)) if callable(result) and not isinstance(result, type) else result


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

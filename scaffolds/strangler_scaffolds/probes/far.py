"""The service's side of test doubles: stand-ins for objects of the test's process, which do there what is asked."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import wire
from .wire import Wire


class Line:
    """The connection to the test's process, opened when something is asked for the first time."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._wire: Any = None
        self._lock = threading.RLock()

    def ask(self, what: str, on: Any, *args: Any, **kwargs: Any) -> Any:
        """Have something done with an object there; gives the result, or raises what it raised."""
        request = {"do": "double", "what": what, "on": on, "args": args, "kwargs": kwargs}
        with self._lock:
            self._wire = self._wire or Wire.to(self._address)
            self._wire.send(wire.dumps(request, _stays, lenient=True))
            answer = wire.loads(self._wire.receive(), self.far)
        if "error" in answer:
            raise answer["error"]
        return answer["result"]

    def far(self, number: int) -> Far:
        """The stand-in for the object with this number."""
        return Far(self, number)

    def close(self) -> None:
        """Ask nothing more."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None


class Far:
    """Stands for an object of the test's process."""

    def __init__(self, line: Line, number: int) -> None:
        object.__setattr__(self, "_strangler_line", line)
        object.__setattr__(self, "_strangler_number", number)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._strangler_line.ask("call", self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._strangler_line.ask("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._strangler_line.ask("set", self, name, value)

    def __getitem__(self, key: Any) -> Any:
        return self._strangler_line.ask("item", self, key)

    def __iter__(self) -> Any:
        return iter(self._strangler_line.ask("list", self))

    def __len__(self) -> int:
        return int(self._strangler_line.ask("length", self))

    def __bool__(self) -> bool:
        return bool(self._strangler_line.ask("truth", self))

    def __eq__(self, other: object) -> bool:
        return bool(self._strangler_line.ask("equal", self, other))

    def __hash__(self) -> int:
        return hash(self._strangler_number)

    def __enter__(self) -> Any:
        return self._strangler_line.ask("enter", self)

    def __exit__(self, *error: Any) -> Any:
        return self._strangler_line.ask("leave", self, None, None, None) if error[0] is None else False


def _stays(value: Any) -> Any:
    return object.__getattribute__(value, "_strangler_number") if type(value) is Far else None


@contextlib.contextmanager
def standing_in(doubles: list[Any], address: str, application: Any = None) -> Iterator[None]:
    """Let this process, and ``application``, have stand-ins for ``doubles`` (module, within, name, kind, number)."""
    if not doubles:
        yield
        return
    line = Line(address)
    with contextlib.ExitStack() as stack:
        stack.callback(line.close)
        for module, within, name, kind, number in doubles:
            owner, far = _owner(module, within), line.far(number)
            if kind == "dependency":
                stack.enter_context(overriding(application, [(getattr(owner, name, None), far)]))
            elif owner is not None and kind == "aside":
                user = _owner(module, "")
                stack.callback(setattr, user, within, owner)
                setattr(user, within, Beside(owner, name, far))
            elif owner is not None:
                stack.callback(_put_back, owner, name, getattr(owner, "__dict__", {}).get(name, _ABSENT))
                setattr(owner, name, _bound(far, kind))
        yield


@contextlib.contextmanager
def overriding(application: Any, given: Iterable[tuple[Any, Any]]) -> Iterator[None]:
    """Let FastAPI get other values from dependencies: pairs of the function (None: it is not here) and the value."""
    held = getattr(application, "dependency_overrides", {})
    added = {function: _giving(value) for function, value in given if function is not None}
    held.update(added)
    try:
        yield
    finally:
        for function in added:
            held.pop(function, None)


def _giving(value: Any) -> Callable[[], Any]:
    return lambda: value


class Beside:
    """A module as one other module sees it: the same, but for one name. Everybody else needs the real one."""

    def __init__(self, module: Any, name: str, value: Any) -> None:
        self._module = module
        setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def _bound(far: Far, kind: str) -> Any:
    if kind == "method":
        return lambda *args, **kwargs: far(*args, **kwargs)
    return property(lambda instance: far()) if kind == "property" else far


_ABSENT = object()


def _owner(module: str, within: str) -> Any:
    try:
        owner: Any = importlib.import_module(module)
    except ImportError:
        return None  # this process does without that module
    for part in within.split(".") if within else ():
        owner = getattr(owner, part, None)
    return owner


def _put_back(owner: Any, name: str, value: Any) -> None:
    if value is _ABSENT:
        delattr(owner, name)
    else:
        setattr(owner, name, value)

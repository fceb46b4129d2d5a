"""Frames of pickled values over a loopback socket, between the two processes of a proof.

Both run the same code by the same user's command. Who connects shows a token first, and nothing of anybody else's is
ever unpickled.
"""

from __future__ import annotations

import io
import pickle
import secrets
import socket
import struct
import sys
import types
from functools import cached_property
from typing import Any, Dict, List, Optional, Tuple

_LENGTH = struct.Struct("!I")
_TOKEN_BYTES = 32


def new_token() -> str:
    """What the two processes know one another by."""
    return secrets.token_hex(_TOKEN_BYTES // 2)


class _Plain(Exception):
    """What an exception without fields of its own weighs."""


_PLAIN_SIZE = _Plain.__basicsize__


def _is_plain_error(cls: Any) -> bool:
    """Whether an exception's class has its own way to make one, and nothing but arguments and attributes."""
    is_own = isinstance(cls.__init__, types.FunctionType) and cls.__reduce__ is BaseException.__reduce__
    return is_own and cls.__basicsize__ == _PLAIN_SIZE


def _raised(cls: Any, args: Any, attributes: Any) -> BaseException:
    error: BaseException = cls.__new__(cls, *args)
    error.args = args
    vars(error).update(attributes)
    return error


class Pickler(pickle.Pickler):
    """Pickles values; what stays where it is goes as what ``stays`` gives for it (a number, or None)."""

    def __init__(self, stream: Any, stays: Any) -> None:
        super().__init__(stream, protocol=4)
        self._stays = stays

    def persistent_id(self, obj: Any) -> Any:
        return self._stays(obj)

    def reducer_override(self, obj: Any) -> Any:
        """An exception as it is: made anew from its arguments, many a class would not take them."""
        if isinstance(obj, BaseException) and _is_plain_error(type(obj)):
            return _raised, (type(obj), obj.args, vars(obj))
        return NotImplemented


class Opaque:
    """Something that cannot leave its process, by what it says of itself."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


# Of these a value says everything; where it is kept says nothing.
_VALUES = (type(None), bool, int, float, complex, str, bytes, tuple, list, dict, set, frozenset)
_CODE = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)


def _at(module: str, name: str) -> Any:
    """What a module of this process has under a name."""
    return getattr(sys.modules[module], name)


def _places() -> Dict[int, Tuple[str, str, Any]]:
    """Of each object that modules keep, by its identity: the first module that does, the name there, and the object.

    With that in it, nothing else has the identity meanwhile.
    """
    found: Dict[int, Tuple[str, str, Any]] = {}
    for name, module in list(sys.modules.items()):
        for key, value in list(getattr(module, "__dict__", {}).items()):
            found.setdefault(id(value), (name, key, value))
    return found


class Ready:
    """Something awaitable whose result is there."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Any:
        return self.value
        yield


class LenientPickler(Pickler):
    """Leaves out what cannot be pickled, wherever it is in a value: a lock, a connection, a function without a name.

    An object that a module keeps (a task, a logger) is the other process's own.
    """

    @cached_property
    def _kept(self) -> Dict[int, Tuple[str, str, Any]]:
        return _places()  # once for a message: it goes through all that all modules have

    def reducer_override(self, obj: Any) -> Any:
        error = super().reducer_override(obj)
        if error is not NotImplemented:
            return error
        if not isinstance(obj, _VALUES + _CODE) and id(obj) in self._kept:
            return _at, self._kept[id(obj)][:2]
        if isinstance(obj, (type, types.FunctionType)):
            found: Any = sys.modules.get(obj.__module__)
            for part in obj.__qualname__.split("."):
                found = getattr(found, part, None)
            return NotImplemented if found is obj else (Opaque, (repr(obj),))
        try:
            obj.__reduce_ex__(4)
        except Exception:  # whatever an object says that does not want to be pickled
            return Opaque, (repr(obj),)
        return NotImplemented


class Unpickler(pickle.Unpickler):
    """Gets values back; ``find`` gives what a number stands for."""

    def __init__(self, stream: Any, find: Any) -> None:
        super().__init__(stream)
        self._find = find

    def persistent_load(self, pid: Any) -> Any:
        return self._find(pid)


def dumps(value: Any, stays: Any = None, *, lenient: bool = False) -> bytes:
    """A value as bytes; ``lenient`` leaves out what cannot be pickled.

    Raises:
        Exception: part of it cannot be pickled (of whatever class its own code raises).
    """
    stream = io.BytesIO()
    (LenientPickler if lenient else Pickler)(stream, stays or (lambda obj: None)).dump(value)
    return stream.getvalue()


def loads(data: bytes, find: Any = None) -> Any:
    """The value that was given to :func:`dumps`."""
    return Unpickler(io.BytesIO(data), find).load()


class Wire:
    """One end of a connection."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected  # read without a buffer of ours: who selects on it must see what has come

    @classmethod
    def to(cls, address: str) -> Wire:
        """Connect to the one who listens at ``port:token``."""
        port, _, token = address.partition(":")
        wire = cls(socket.create_connection(("127.0.0.1", int(port))))
        wire.socket.sendall(token.encode("ascii"))
        return wire

    def shows(self, token: str) -> bool:
        """Whether the other end knows the token; to be asked before anything else."""
        return secrets.compare_digest(self._read(_TOKEN_BYTES), token.encode("ascii"))

    def send(self, data: bytes) -> None:
        """Send one frame."""
        self.socket.sendall(_LENGTH.pack(len(data)) + data)

    def receive(self) -> Optional[bytes]:
        """The next frame, or None if the other end has closed."""
        head = self._read(_LENGTH.size)
        return self._read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None

    def _read(self, count: int) -> bytes:
        parts: List[bytes] = []
        while count and (part := self.socket.recv(min(count, 1 << 20))):
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close both directions."""
        self.socket.close()

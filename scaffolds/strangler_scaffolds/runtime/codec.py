"""Values over the wire and back, the same in type and content.

JSON carries what it can as it is. The rest is an object with one key that begins with ``$``, such as
``{"$date": "2026-01-31"}``. Dataclasses, enums, named tuples, plain objects and exceptions travel under the name of the
module they are defined in, and only classes that both sides allow are ever sent or looked up.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import enum
import fractions
import json
import math
import pathlib
import sys
import uuid
from typing import Any, Callable, Dict, List, Optional

from . import objects
from .rows import is_model

# JSON readers other than Python's lose digits beyond this.
_SAFE_INTEGER = 2**53


class CodecError(TypeError):
    """A value cannot cross; ``path`` says where in the arguments or the result it is."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


#: In a class of a client's: the ref of the class it stands for, under whose name its instances travel.
STANDS_FOR = "_strangler_stands_for"


def name_of(cls: type) -> str:
    """The name a class travels under."""
    return f"{cls.__module__}:{cls.__qualname__}"


class Codec:
    """Encodes and decodes; ``find`` gives the class for a name, or None if that name is not allowed.

    ``reference`` and ``dereference`` translate instances of mapped (ORM) classes into keys and back, where both sides
    work on one store; without them such an instance is refused.
    """

    def __init__(
        self,
        find: Callable[[str], Optional[type]],
        reference: Optional[Callable[[Any], Optional[Dict[str, Any]]]] = None,
        dereference: Optional[Callable[[type, Any], Any]] = None,
    ) -> None:
        self._find = find
        self._reference = reference
        self._dereference = dereference

    def dumps(self, value: Any) -> bytes:
        """``value`` as JSON.

        Raises:
            CodecError: part of it cannot cross.
        """
        return json.dumps(self.encode(value), ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        """The value that was given to :meth:`dumps`.

        Raises:
            CodecError: it names a class that is not allowed here, or is not of this encoding.
        """
        return self.decode(json.loads(data))

    def encode(self, value: Any, path: str = "value") -> Any:
        """``value`` as what JSON can carry."""
        kind = type(value)
        if value is None or kind is bool:
            return value
        simple = _ENCODERS.get(kind)
        if simple is not None:
            return simple(value)
        if kind is list:
            return [self.encode(item, f"{path}[{index}]") for index, item in enumerate(value)]
        if kind is dict:
            return self._encode_dict(value, path)
        if kind in _COLLECTIONS:
            return {_COLLECTIONS[kind]: self._encode_items(kind, value, path)}
        return self._encode_object(value, path)

    def _encode_items(self, kind: type, value: Any, path: str) -> List[Any]:
        encoded = [self.encode(item, f"{path}[{index}]") for index, item in enumerate(value)]
        # A set has no order; give it one, so that the same value is the same bytes.
        return sorted(encoded, key=json.dumps) if kind in (set, frozenset) else encoded

    def _encode_dict(self, value: Dict[Any, Any], path: str) -> Any:
        plain = all(type(key) is str for key in value) and not any(key.startswith("$") for key in value)
        if plain:
            return (
                {_text(key): self.encode(item, f"{path}[{key!r}]") for key, item in value.items()}
                if all(_is_text(key) for key in value)
                else self._encode_pairs(value, path)
            )
        return self._encode_pairs(value, path)

    def _encode_pairs(self, value: Dict[Any, Any], path: str) -> Any:
        pairs = [[self.encode(k, f"{path} key"), self.encode(v, f"{path}[{k!r}]")] for k, v in value.items()]
        return {"$dict": pairs}

    def _encode_object(self, value: Any, path: str) -> Any:
        cls = type(value)
        if isinstance(value, enum.Enum):
            return {"$enum": [name_of(cls), value.name]}
        referred = self._reference(value) if self._reference else None
        if referred is not None:
            return {"$ref": [name_of(cls), self.encode(referred, path)]}
        if isinstance(value, BaseException):
            return {"$error": self.encode_error(value)}
        parts = None if isinstance(value, type) else objects.taken_apart(value)
        if parts is not None and (self._find(name_of(cls)) is cls or STANDS_FOR in vars(cls)):
            return {parts.tag: [name_of(cls), *self._encode_parts(parts, path)]}
        raise CodecError(f"a {name_of(cls)} cannot cross", path)

    def _encode_parts(self, parts: objects.Parts, path: str) -> List[Any]:
        if parts.items is not None:
            return [[self.encode(item, f"{path}[{index}]") for index, item in enumerate(parts.items)]]
        encoded = [{name: self.encode(item, f"{path}.{name}") for name, item in parts.members.items()}]
        return [*encoded, self.encode(parts.beside, path)] if parts.beside else encoded

    def encode_error(self, error: BaseException) -> Dict[str, Any]:
        """An exception with what it carries; a part that cannot cross is left out and named in ``lost``."""
        lost: List[str] = []
        # An OSError keeps the names of files beside its arguments, and gives them back when it is copied.
        given = error.__reduce__()[1] if isinstance(error, OSError) else error.args
        args = [self._or_text(item, f"args[{index}]", lost) for index, item in enumerate(given)]
        state = {}
        for key, item in vars(error).items():
            try:
                state[key] = self.encode(item, key)
            except CodecError:
                lost.append(key)
        return {"type": name_of(type(error)), "args": args, "state": state, "lost": lost}

    def _or_text(self, value: Any, path: str, lost: List[str]) -> Any:
        try:
            return self.encode(value, path)
        except CodecError:
            lost.append(path)
            return str(value)

    def decode(self, value: Any) -> Any:
        """The value that was given to :meth:`encode`."""
        if isinstance(value, list):
            return [self.decode(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            tag, content = next(iter(value.items()))
            if tag.startswith("$"):
                return self._decode_tagged(tag, content)
        return {key: self.decode(item) for key, item in value.items()}

    def _decode_tagged(self, tag: str, content: Any) -> Any:
        simple = _DECODERS.get(tag)
        if simple is not None:
            return simple(content)
        if tag in _COLLECTION_TAGS:
            return _COLLECTION_TAGS[tag](self.decode(item) for item in content)
        if tag == "$dict":
            return {self.decode(key): self.decode(item) for key, item in content}
        if tag == "$error":
            return self.decode_error(content)
        if tag in ("$enum", "$data", "$named", "$object", "$ref"):
            return self._decode_object(tag, self._class(content[0]), *content[1:])
        raise CodecError(f"unknown tag {tag}", "value")

    def _decode_object(self, tag: str, cls: Any, content: Any, beside: Any = None) -> Any:
        if tag == "$enum":
            return cls[content]
        if tag == "$named":
            return cls._make(self.decode(item) for item in content)
        if tag == "$ref":
            if self._dereference is None:
                raise CodecError(f"a {name_of(cls)} cannot be looked up here", "value")
            return self._dereference(cls, self.decode(content))
        members = {name: self.decode(item) for name, item in content.items()}
        return objects.put_together(cls, members, self.decode(beside))

    def decode_error(self, content: Dict[str, Any]) -> BaseException:
        """The exception that was given to :meth:`encode_error`, of the same class.

        Raises:
            CodecError: its class is not allowed or not known here.
        """
        cls = self._class(content["type"])
        if not issubclass(cls, BaseException):
            raise CodecError(f"{content['type']} is no exception", "error")
        args = tuple(self.decode(item) for item in content["args"])
        error: BaseException = cls.__new__(cls, *args)
        error.args = args[:2] if issubclass(cls, OSError) else args
        for key, item in content["state"].items():
            setattr(error, key, self.decode(item))
        return error

    def _class(self, name: str) -> Any:
        found = self._find(name)
        if found is None:
            raise CodecError(f"the class {name} is not part of this contract", "value")
        return found


def class_finder(packages: List[str]) -> Callable[[str], Optional[type]]:
    """A lookup of classes by name: those of ``packages`` and their sub-packages, and the built-in exceptions.

    A class of another library is found only if that library is loaded already and the class is an exception or one of
    Django's models, so no message can make a process import or build anything else.
    """

    def find(name: str) -> Optional[type]:
        module_name, _, qualname = name.partition(":")
        inside = any(module_name == package or module_name.startswith(package + ".") for package in packages)
        if inside:
            __import__(module_name)
        found: Any = sys.modules.get(module_name)
        for part in qualname.split("."):
            found = getattr(found, part, None)
        if not isinstance(found, type):
            return None
        return found if inside or issubclass(found, BaseException) or is_model(found) else None

    return find


def _is_text(value: str) -> bool:
    """Whether a text is Unicode; one with lone surrogates needs a tag, other readers would refuse it."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: str) -> Any:
    return (
        value if _is_text(value) else {"$surrogates": base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()}
    )


def _integer(value: int) -> Any:
    return value if -_SAFE_INTEGER <= value <= _SAFE_INTEGER else {"$int": str(value)}


def _float(value: float) -> Any:
    return value if math.isfinite(value) else {"$float": repr(value)}


def _datetime(value: datetime.datetime) -> Any:
    text = value.isoformat() + ("!" if value.fold else "")
    zone = getattr(value.tzinfo, "key", None)  # a named zone (zoneinfo) is more than its present offset
    return {"$datetime": [text, zone] if zone else text}


def _read_datetime(content: Any) -> datetime.datetime:
    text, zone = content if isinstance(content, list) else (content, None)
    value = datetime.datetime.fromisoformat(text.rstrip("!"))
    if zone:
        from zoneinfo import ZoneInfo  # only where the sender had it: Python 3.9 and later

        value = value.replace(tzinfo=ZoneInfo(zone))
    return value.replace(fold=1) if text.endswith("!") else value


def _timedelta(value: datetime.timedelta) -> Any:
    return {"$timedelta": [value.days, value.seconds, value.microseconds]}


_ENCODERS: Dict[type, Callable[[Any], Any]] = {
    str: _text,
    int: _integer,
    float: _float,
    bytes: lambda value: {"$bytes": base64.b64encode(value).decode()},
    bytearray: lambda value: {"$bytearray": base64.b64encode(value).decode()},
    complex: lambda value: {"$complex": [repr(value.real), repr(value.imag)]},
    decimal.Decimal: lambda value: {"$decimal": str(value)},
    fractions.Fraction: lambda value: {"$fraction": [str(value.numerator), str(value.denominator)]},
    datetime.date: lambda value: {"$date": value.isoformat()},
    datetime.time: lambda value: {"$time": value.isoformat()},
    datetime.datetime: _datetime,
    datetime.timedelta: _timedelta,
    uuid.UUID: lambda value: {"$uuid": str(value)},
    pathlib.PosixPath: lambda value: {"$path": str(value)},
    pathlib.PurePosixPath: lambda value: {"$purepath": str(value)},
    type(Ellipsis): lambda value: {"$ellipsis": None},
}

_DECODERS: Dict[str, Callable[[Any], Any]] = {
    "$surrogates": lambda content: base64.b64decode(content).decode("utf-8", "surrogatepass"),
    "$int": int,
    "$float": float,
    "$bytes": base64.b64decode,
    "$bytearray": lambda content: bytearray(base64.b64decode(content)),
    "$complex": lambda content: complex(float(content[0]), float(content[1])),
    "$decimal": decimal.Decimal,
    "$fraction": lambda content: fractions.Fraction(int(content[0]), int(content[1])),
    "$date": datetime.date.fromisoformat,
    "$time": datetime.time.fromisoformat,
    "$datetime": _read_datetime,
    "$timedelta": lambda content: datetime.timedelta(*content),
    "$uuid": uuid.UUID,
    "$path": pathlib.Path,
    "$purepath": pathlib.PurePosixPath,
    "$ellipsis": lambda content: Ellipsis,
}

_COLLECTIONS: Dict[type, str] = {tuple: "$tuple", set: "$set", frozenset: "$frozenset"}
_COLLECTION_TAGS: Dict[str, Callable[[Any], Any]] = {"$tuple": tuple, "$set": set, "$frozenset": frozenset}

"""What texts known beforehand come to: methods, formatting, the parts of addresses, defaults of the environment."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.values import EMPTY, Const, Ext, Items, Made, Member, Value, Values, union

# Methods that give a text or truth value for texts and numbers, and nothing else.
_METHODS = frozenset(
    [
        "capitalize",
        "endswith",
        "isdigit",
        "isidentifier",
        "lower",
        "lstrip",
        "removeprefix",
        "removesuffix",
        "replace",
        "rstrip",
        "startswith",
        "strip",
        "title",
        "upper",
    ]
)
# Methods that give a list of texts.
_TAKES_APART = frozenset(["partition", "rpartition", "rsplit", "split", "splitlines"])
_ADDRESSES = ("urllib.parse.urlparse", "urllib.parse.urlsplit", "six.moves.urllib.parse.urlparse")
_PARTS = frozenset(["scheme", "netloc", "path", "query", "fragment", "hostname"])
_ENVIRONMENT = re.compile(r"(?:.*\.)?(?:environ\.(?:get|pop|setdefault)|getenv)\Z")
_SETTING = re.compile(r"[A-Z][A-Z0-9_]*\Z")
_WORDS = {"false": False, "0": False, "no": False, "off": False, "": False, "true": True, "1": True, "yes": True}
_PERCENT = re.compile(r"%(?:\((\w+)\))?[-+ #0]*\d*(?:\.\d+)?([sdirx%])")
# ``{}``, ``{0}``, ``{name}``, ``{0.attribute!r:>10}``; doubled braces are none.
_FIELD = re.compile(r"(?<!\{)\{(\w*)[^{}]*\}(?!\})")


def call_text(frame: Frame, base: Const, attr: str, call: CallOf) -> Values:
    """What a method of a text gives."""
    if attr == "format":
        return _formatted(frame, base, call)
    if attr == "join":
        return _joined(frame, base, call)
    if attr in _TAKES_APART:
        return _taken_apart(frame, base, attr, call)
    if attr not in _METHODS or not isinstance(base.value, str) or call.kwargs:
        return EMPTY
    given = [_plain(values) for values in call.args]
    if any(one is None for one in given):
        return (base,) if attr.endswith("strip") else EMPTY
    try:
        return frame.program.constant(getattr(base.value, attr)(*given))  # type: ignore[no-any-return]
    except TypeError:
        return EMPTY


def _taken_apart(frame: Frame, base: Const, attr: str, call: CallOf) -> Values:
    given = [_plain(values) for values in call.args]
    if not isinstance(base.value, str) or "{}" in base.value or call.kwargs or None in given:
        return EMPTY
    try:
        parts = getattr(base.value, attr)(*given)
    except (TypeError, ValueError):
        return EMPTY
    if len(parts) > _MOST_PARTS:
        return EMPTY
    return (frame.program.container(frame, "[", [frame.program.constant(part) for part in parts], EMPTY),)


_MOST_PARTS = 20


def _plain(values: Values) -> Any:
    return values[0].value if len(values) == 1 and isinstance(values[0], Const) else None


def one_text(values: Values) -> str:
    """The text, if it is one that is known; else ``{}``."""
    known = _plain(values)
    return known if isinstance(known, str) else "{}"


def _joined(frame: Frame, base: Const, call: CallOf) -> Values:
    held = [value for values in call.args[:1] for value in values]
    if len(held) != 1 or not isinstance(held[0], Items) or held[0].rest or not isinstance(base.value, str):
        return EMPTY
    return frame.program.constant(base.value.join(map(one_text, held[0].in_order())))  # type: ignore[no-any-return]


def _formatted(frame: Frame, base: Const, call: CallOf) -> Values:
    """The text with what is known put in; what is not known stays ``{}``."""
    if not isinstance(base.value, str):
        return (base,)
    given = [*map(one_text, call.args)]
    named = {name: one_text(values) for name, values in call.kwargs.items()}
    counter = iter(range(len(given)))

    def put(match: re.Match[str]) -> str:
        key = match[1]
        if key.isidentifier():
            return named.get(key, "{}")
        place = int(key) if key.isdecimal() else next(counter, -1)
        return given[place] if 0 <= place < len(given) else "{}"

    return frame.program.constant(_FIELD.sub(put, base.value))  # type: ignore[no-any-return]


def percent(frame: Frame, text: str, given: Values) -> Values:
    """``text % given``, ``{}`` for what is not known."""
    items = next((value for value in given if isinstance(value, Items)), None)
    counter = iter(range(1000))

    def put(match: re.Match[str]) -> str:
        if match[2] == "%":
            return "%"
        key: Any = match[1] or next(counter)
        if items is None:
            return one_text(given)
        return one_text(items.keyed.get(key, EMPTY))

    return frame.program.constant(_PERCENT.sub(put, text))  # type: ignore[no-any-return]


def attribute(frame: Frame, value: Value, attr: str) -> Values:
    """A part of an address that was taken apart, if the address is known."""
    if attr in _PARTS and isinstance(value, Made) and value.callee.dotted in _ADDRESSES and value.args:
        address = _plain(value.args[0])
        if isinstance(address, str):
            return frame.program.constant(getattr(urlsplit(address), attr))  # type: ignore[no-any-return]
    return EMPTY


def default(frame: Frame, made: Made, call: CallOf) -> Values | None:
    """What a setting of the environment is when nobody sets it: the constant that its reader is given as default."""
    name = _plain(call.args[0]) if call.args else None
    if not isinstance(name, str) or not _SETTING.match(name) or not _reads_settings(made):
        return None
    given = call.kwargs.get("default") or (call.args[1] if len(call.args) > 1 else EMPTY) or _declared(made, name)
    known = tuple(value for value in given if isinstance(value, Const))
    if not known or len(known) != len(given):
        return None
    if made.callee.dotted.endswith(".bool") or _casts_to_bool(call):
        return tuple(one for value in known for one in frame.program.constant(_truth(value.value)))
    return union(known, (made,)) if call.kwargs.get("cast") else known


def _declared(made: Made, name: str) -> Values:
    """The default in what the reader was made with: ``Env(DEBUG=(bool, False))``, or just ``DEBUG=False``."""
    reader = made.callee.base if isinstance(made.callee, Member) else made.callee
    given = reader.kwargs.get(name, EMPTY) if isinstance(reader, Made) else EMPTY
    return next((value.keyed.get(1, EMPTY) for value in given if isinstance(value, Items)), given)


def is_unset(value: Value) -> bool:
    """Whether ``value`` is what the environment has under a name when nobody sets it: nothing."""
    if not isinstance(value, Made) or not _ENVIRONMENT.match(value.callee.dotted) or not value.args:
        return False
    name = _plain(value.args[0])
    return isinstance(name, str) and len(value.args) == 1 and not value.kwargs


def _reads_settings(made: Made) -> bool:
    """``os.getenv``, and readers of other libraries: called with a name in capitals and ``default=`` or ``cast=``."""
    name = made.callee.dotted
    if name.startswith("<"):
        return False
    return bool(_ENVIRONMENT.match(name)) or any(word in name.lower() for word in ("environ", "decouple", "config"))


def _casts_to_bool(call: CallOf) -> bool:
    return any(isinstance(value, Ext) and value.dotted.endswith("bool") for value in call.kwargs.get("cast", ()))


def _truth(value: Any) -> bool:
    return _WORDS.get(value.strip().lower(), True) if isinstance(value, str) else bool(value)

"""Keeps a few calls as examples for contract tests, in the form that goes over the wire, with nothing private in them.

What looks private is replaced, the same by the same, wherever it stands; a call in which anything was replaced says so.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

_PRIVATE_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|api_?key|credential|authori[sz]ation|cookie|session|signature|private|salt"
    r"|e_?mail|phone|mobile|address|street|zip|postal|birth|ssn|iban|card|cvv|(first|last|full|sur)_?name|ip$",
    re.IGNORECASE,
)
_PRIVATE_TEXTS = (
    re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),
    re.compile(r"\b(?:sk|pk|ghp|gho|xox[abp]|AKIA)[-_]?\w{12,}"),
    re.compile(r"\b(?:\d[ -]?){13,19}\b"),
    re.compile(r"(?i)\b(?:bearer|basic)\s+\S{8,}"),
)
_LARGEST = 20_000  # bytes of one example
_KEPT = 3  # of one function, in one process, with arguments of the same shape


class Samples:
    """The examples of one process; ``codec`` is what calls cross with."""

    def __init__(self, codec: Any, error: Any) -> None:
        self._codec = codec
        self._error = error
        self._seen: Dict[str, int] = {}

    def before(self, arguments: Dict[str, Any]) -> Any:
        """The arguments as they are before the call, or why they cannot cross, as text."""
        try:
            return {name: self._codec.encode(value, name) for name, value in arguments.items()}
        except self._error as error:
            return str(error)

    def after(self, ref: str, arguments: Any, kinds: str, outcome: Dict[str, Any]) -> Dict[str, Any]:
        """What is noted of a call: an example, nothing, or why it cannot cross."""
        if isinstance(arguments, str):
            return {"stuck": arguments}
        try:
            said = self._outcome(outcome)
        except self._error as error:
            return {"stuck": str(error)}
        key = f"{ref} {kinds} {sorted(said)}"
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] > _KEPT:
            return {}
        cleaner = _Cleaner()
        sample = {"arguments": cleaner.clean(arguments), **{k: cleaner.clean(v) for k, v in said.items()}}
        sample["redacted"] = bool(cleaner.replaced)
        return {"sample": sample} if len(repr(sample)) <= _LARGEST else {}

    def _outcome(self, outcome: Dict[str, Any]) -> Dict[str, Any]:
        if "error" in outcome:
            encoded = self._codec.encode_error(outcome["error"])
            return {"error": {"type": encoded["type"], "args": encoded["args"]}}
        return {"result": self._codec.encode(outcome["result"], "result")}


class _Cleaner:
    """Replaces what is private in one example."""

    def __init__(self) -> None:
        self.replaced: Dict[str, str] = {}

    def clean(self, value: Any, name: str = "") -> Any:
        """``value`` (of the wire) without private texts."""
        if isinstance(value, dict):
            return {key: self.clean(item, name if key.startswith("$") else key) for key, item in value.items()}
        if isinstance(value, list):
            return self._list(value, name)
        if isinstance(value, str) and value:
            return self._text(value, name)
        private_number = isinstance(value, (int, float)) and not isinstance(value, bool) and _is_private(name)
        return self._number(value) if private_number else value

    def _list(self, items: List[Any], name: str) -> List[Any]:
        named = len(items) >= 2 and isinstance(items[0], str) and ":" in items[0]  # [class, members]
        first = [items[0]] if named else []
        return first + [self.clean(item, name) for item in items[len(first) :]]

    def _number(self, value: Any) -> Any:
        self.replaced[repr(value)] = "0"
        return type(value)(0)

    def _text(self, value: str, name: str) -> str:
        if _is_private(name):
            return self._put(value)
        for pattern in _PRIVATE_TEXTS:
            value = pattern.sub(lambda found: self._put(found.group()), value)
        return value

    def _put(self, text: str) -> str:
        return self.replaced.setdefault(text, f"redacted-{len(self.replaced) + 1}")


def _is_private(name: str) -> bool:
    return bool(_PRIVATE_NAMES.search(name))


def samples_for(packages: List[str]) -> Optional[Samples]:
    """Examples with the codec that lies beside the probes; its classes are those of ``packages``."""
    from ._runtime.codec import Codec, CodecError, class_finder  # type: ignore[import-not-found,unused-ignore]

    return Samples(Codec(class_finder(packages)), CodecError)

"""What both Flask and Django put into a signed value: JSON in base64, compressed if that is shorter."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

_LARGEST = 256 * 1024


def unpacked(text: str, decode: Callable[[str], bytes]) -> Mapping[str, Any] | None:
    """The JSON object in ``text`` (a leading dot: compressed); None if it is none, or larger than any session."""
    try:
        data = decode(text.removeprefix("."))
        if text.startswith("."):
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(data, _LARGEST)
            if unpacker.unconsumed_tail:
                return None
        found = json.loads(data)
    except (ValueError, zlib.error, RecursionError):
        return None
    except Exception as error:
        if type(error).__module__.startswith("itsdangerous"):
            return None
        raise
    return found if isinstance(found, dict) else None

"""Sees through the clients that `strangler extract` has written: a module of one is the module that it stands for."""

from __future__ import annotations

import re

_MARK = b"# Written by `strangler extract`"
_STANDS_FOR = re.compile(rb'^"""Stands in for `([\w.]+)`', re.MULTILINE)
_PRIVATE = re.compile(rb"^(?:async def|def|class) (_(?!_)\w*)", re.MULTILINE)


def seen_through(data: bytes) -> bytes:
    """The source that is analysed in the place of a file's.

    Callers of a client mean the function behind it, wherever that runs. So a client's module says that it has all names
    of the module it stands for, and what is only there for the client says nothing.
    """
    if not data.startswith(_MARK):
        return data
    found = _STANDS_FOR.search(data)
    if found is None:
        return b""
    module = found[1]
    private = [b"from " + module + b" import " + name + b"\n" for name in sorted(set(_PRIVATE.findall(data)))]
    return b"from " + module + b" import *\n" + b"".join(private)

"""The event loop of the processes that have to be fast: uvloop where it is installed."""

from __future__ import annotations

import asyncio

from strangler.errors import StranglerError


def loop_factory(name: str = "auto") -> type[asyncio.AbstractEventLoop] | None:
    """What makes the loop ``auto``, ``uvloop`` or ``asyncio``; ``None`` is asyncio's own.

    Raises:
        StranglerError: uvloop is asked for by name, and not installed.
    """
    if name != "asyncio":
        try:
            import uvloop
        except ImportError:
            if name == "uvloop":
                raise StranglerError("uvloop is not installed", hint="pip install 'strangler[fast]'") from None
        else:
            return uvloop.Loop
    return None

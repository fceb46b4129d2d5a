"""Whether anything listens where a service should answer, at this moment."""

from __future__ import annotations

import asyncio
import contextlib
import os
from urllib.parse import urlsplit

_PATIENCE_SECONDS = 1.0


async def obstacle(url: str) -> str | None:
    """Why no connection can be made to ``http[s]://HOST[:PORT]``, in a few words; None if one was made, and closed."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except TimeoutError:
        return "no connection in time"
    except OSError as error:
        return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return None

"""Whether anything listens where a service should answer, at this moment, and the sentence for when nothing does."""

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


def unanswering(name: str, url: str, seen: str) -> str:
    """The sentence about a service that is not where the plan says, by what was ``seen`` of it."""
    return f"the service does not answer at {url}: {seen}; start it, or mend services.{name}.upstream in the plan"

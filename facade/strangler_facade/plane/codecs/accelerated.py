"""The codec in use: the compiled one where it was built for this Python, otherwise the plain one; the same results.

``STRANGLER_PURE=1`` in the environment leaves the compiled part out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from strangler_facade.plane.codecs import heads
from strangler_facade.plane.codecs.accelerate import MARK, SOURCE, digest
from strangler_facade.plane.codecs.fields import REQUEST_KINDS, RESPONSE_KINDS
from strangler_facade.plane.codecs.heads import RequestHead, ResponseHead

next_request: Callable[[bytes], tuple[RequestHead, int] | None] = heads.next_request
next_response: Callable[[bytes], tuple[ResponseHead, int] | None] = heads.next_response
compiled = False


def _is_current(folder: Path = SOURCE.parent) -> bool:
    """Whether what was built is of the source that is here: nobody runs yesterday's code."""
    mark = folder / MARK
    return mark.exists() and mark.read_text(encoding="utf-8") == digest()


if not os.environ.get("STRANGLER_PURE") and _is_current():
    try:
        from strangler_facade.plane.codecs import _heads
    except ImportError:
        pass
    else:
        _heads.use(
            REQUEST_KINDS,
            RESPONSE_KINDS,
            RequestHead,
            ResponseHead,
            heads.next_request,
            heads.next_response,
            heads.NO_EXTRAS,
            heads.LONGEST_TARGET,
            heads.MOST_FIELDS,
        )
        next_request, next_response = _heads.next_request, _heads.next_response
        compiled = True

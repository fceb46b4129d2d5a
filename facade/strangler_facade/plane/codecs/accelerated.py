"""The codec in use: the compiled one where it was built for this Python, otherwise the plain one; the same results.

``STRANGLER_PURE=1`` in the environment leaves the compiled part out.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from strangler_facade.plane.codecs import heads
from strangler_facade.plane.codecs.fields import REQUEST_KINDS, RESPONSE_KINDS
from strangler_facade.plane.codecs.heads import RequestHead, ResponseHead

request_head: Callable[[bytes], RequestHead] = heads.request_head
response_head: Callable[[bytes], ResponseHead] = heads.response_head
compiled = False

if not os.environ.get("STRANGLER_PURE"):
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
            heads.request_head,
            heads.response_head,
            heads.NO_EXTRAS,
            heads.LONGEST_TARGET,
            heads.MOST_FIELDS,
        )
        request_head, response_head = _heads.request_head, _heads.response_head
        compiled = True

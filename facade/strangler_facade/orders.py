"""What a worker hands the shadow process of a request it has answered: all that is needed to ask again and to compare.

Raw bytes behind their lengths, not JSON: making one is all that mirroring costs a worker.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from pydantic import TypeAdapter

from strangler_facade.channel import LENGTH, ChannelError, Frames
from strangler_facade.table import Target

_PARTS = struct.Struct(">7IHd???")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all orders of a route: whom to ask, and how much of it at a time.

    ``cap`` is in bytes of an answer's body, ``timeout`` in seconds, ``concurrency`` how many orders may be under way.
    """

    route: str
    primary: Target
    shadow: Target
    cap: int
    concurrency: int
    timeout: float


@dataclass(frozen=True, slots=True)
class Order:
    """A request, and what its client was answered by the primary.

    ``terms`` are ``Terms`` as bytes. ``block`` is the whole request for the shadowed target, ``again`` that for the
    primary, empty if it must not be asked a second time; with ``twice`` it is, whatever the answers. ``lines`` and
    ``body`` are the answer's, the body in chunks where ``chunked`` says so, and not whole where ``truncated`` does.
    """

    terms: bytes
    method: bytes
    path: bytes
    block: bytes
    again: bytes
    lines: bytes
    body: bytes
    status: int
    seconds: float
    truncated: bool
    chunked: bool
    twice: bool


_TERMS: TypeAdapter[Terms] = TypeAdapter(Terms)


def written(terms: Terms) -> bytes:
    """Terms as they stand in an order."""
    return json.dumps(asdict(terms), separators=(",", ":")).encode()


@lru_cache(maxsize=1024)
def terms_of(text: bytes) -> Terms:
    """The terms an order names."""
    return _TERMS.validate_json(text)


def packed(order: Order) -> bytes:
    """An order as it goes over the socket."""
    parts = (order.terms, order.method, order.path, order.block, order.again, order.lines, order.body)
    head = _PARTS.pack(*map(len, parts), order.status, order.seconds, *_flags(order))
    return b"".join((LENGTH.pack(len(head) + sum(map(len, parts))), head, *parts))


def _flags(order: Order) -> tuple[bool, bool, bool]:
    return order.truncated, order.chunked, order.twice


class Orders:
    """Turns the bytes of a connection, cut anywhere, back into orders."""

    def __init__(self) -> None:
        self._frames = Frames(_PARTS.size)

    def feed(self, data: bytes) -> Iterator[Order]:
        """Yield every order that ``data`` completes.

        Raises:
            ChannelError: this is no order.
        """
        return map(_unpacked, self._frames.feed(data))


def _unpacked(frame: bytes) -> Order:
    *lengths, status, seconds, truncated, chunked, twice = _PARTS.unpack_from(frame)
    if _PARTS.size + sum(lengths) != len(frame):
        raise ChannelError("an order's parts do not add up to its length")
    ends = list(accumulate(lengths, initial=_PARTS.size))
    terms, method, path, block, again, lines, body = (frame[a:b] for a, b in pairwise(ends))
    return Order(terms, method, path, block, again, lines, body, status, seconds, truncated, chunked, twice)

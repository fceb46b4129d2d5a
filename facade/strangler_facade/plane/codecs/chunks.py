"""A chunked body, checked while it passes: sizes, line ends and trailers, cut anywhere by the network."""

from __future__ import annotations

import re
from typing import Final

from strangler_facade.plane.codecs.fields import KEEP, REQUEST_LINES
from strangler_facade.plane.codecs.refusal import Refusal

_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[\t -~\x80-\xff]*)?")
_LONGEST_LINE: Final = 4096
_MOST_TRAILERS: Final = 16 * 1024
_SIZE, _DATA, _END, _TRAILER, _DONE = range(5)
_FORBIDDEN = frozenset(
    b"set-cookie content-type content-encoding content-range cache-control vary location date age expires trailer "
    b"www-authenticate if-match if-none-match if-modified-since range".split()
)


class Chunks:
    """Reads one chunked body. Chunk extensions are left out, trailers that frame, route or authorise too.

    ``feed`` gives what to pass on: chunked again, or (``plain``) the bytes of the body alone.
    """

    __slots__ = ("_held", "_left", "_plain", "_state", "_trailer_size", "size")

    def __init__(self, plain: bool = False) -> None:
        self._state = _SIZE
        self._held = b""
        self._left = 0
        self._plain = plain
        self._trailer_size = 0
        self.size = 0

    @property
    def done(self) -> bool:
        """Whether the body is complete."""
        return self._state == _DONE

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """What to pass on of ``data``, and what of it comes after the body.

        Raises:
            Refusal: 400, the chunks are malformed.
        """
        if self._held:
            data, self._held = self._held + data, b""
        out: list[bytes] = []
        position = 0
        while self._state != _DONE:
            if self._state == _DATA:
                after = self._take_data(data, position, out)
            else:
                after = self._take_line(data, position, out)
            if after == position:
                break
            position = after
        rest = data[position:]
        if self._state == _DONE:
            return b"".join(out), rest
        self._held = rest
        return b"".join(out), b""

    def _take_data(self, data: bytes, position: int, out: list[bytes]) -> int:
        piece = data[position : position + self._left]
        if piece:
            out.append(piece)
            self._left -= len(piece)
            self.size += len(piece)
        if not self._left:
            self._state = _END
        return position + len(piece)

    def _take_line(self, data: bytes, position: int, out: list[bytes]) -> int:
        end = data.find(b"\r\n", position)
        if end < 0:
            self._refuse_early(data, position)
            return position
        line = data[position:end]
        if self._state == _SIZE:
            self._begin_chunk(line, out)
        elif self._state == _END:
            if line:
                raise Refusal(400, "a chunk is longer than its size")
            self._pass(b"\r\n", out)
            self._state = _SIZE
        else:
            self._trailer(line, out)
        return end + 2

    def _refuse_early(self, data: bytes, position: int) -> None:
        """Refuse a line that can no longer become a good one, before its end has come."""
        pending = data[position:]
        if self._state == _END and pending not in (b"", b"\r"):
            raise Refusal(400, "a chunk is longer than its size")
        if len(pending) > _LONGEST_LINE or b"\n" in pending or b"\r" in pending[:-1]:
            raise Refusal(400, "a chunk's line is malformed")
        if self._state == _SIZE and not _SIZE_LINE.fullmatch(pending.rstrip(b"\r") or b"0"):
            raise Refusal(400, "a chunk's size is malformed")

    def _begin_chunk(self, line: bytes, out: list[bytes]) -> None:
        match = _SIZE_LINE.fullmatch(line) if len(line) <= _LONGEST_LINE else None
        if match is None:
            raise Refusal(400, "a chunk's size is malformed")
        self._left = int(match[1], 16)
        self._pass(match[1] + b"\r\n", out)
        self._state = _DATA if self._left else _TRAILER

    def _trailer(self, line: bytes, out: list[bytes]) -> None:
        if not line:
            self._pass(b"\r\n", out)
            self._state = _DONE
            return
        self._trailer_size += len(line)
        if self._trailer_size > _MOST_TRAILERS:
            raise Refusal(431, "the trailers are too long")
        kind = REQUEST_LINES[line + b"\r"][0]
        if kind == KEEP and line.partition(b":")[0].lower() not in _FORBIDDEN:
            self._pass(line + b"\r\n", out)

    def _pass(self, framing: bytes, out: list[bytes]) -> None:
        if not self._plain:
            out.append(framing)

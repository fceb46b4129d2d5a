"""A request and its answer, copied as they pass, for a mirror."""

from __future__ import annotations


class Capture:
    """What a mirror needs of one exchange; more than ``cap`` bytes of a body are not kept but counted as too large."""

    __slots__ = (
        "_cap",
        "_in",
        "_out",
        "answer",
        "body",
        "length",
        "lines",
        "seconds",
        "status",
        "too_large",
        "truncated",
    )

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._in = self._out = 0
        self.body: list[bytes] = []
        self.answer: list[bytes | memoryview] = []
        self.status, self.length, self.lines, self.seconds = 0, 0, b"", 0.0
        self.too_large = self.truncated = False

    @property
    def size(self) -> int:
        """How many bytes of both bodies are held."""
        return min(self._in, self._cap) + min(self._out, self._cap)

    def request_body(self, data: bytes) -> None:
        """Bytes of the request's body have passed."""
        self._in += len(data)
        if self._in > self._cap:
            self.too_large = True
            self.body.clear()
        else:
            self.body.append(data)

    def answer_begins(self, status: int, length: int, lines: bytes, seconds: float) -> None:
        """The head of the answer has passed."""
        self.status, self.length, self.lines, self.seconds = status, length, lines, seconds

    def answer_body(self, data: bytes | memoryview) -> None:
        """Bytes of the answer's body have passed, in the target's framing."""
        left = self._cap - self._out
        self._out += len(data)
        if left > 0:
            self.answer.append(data[:left])
        self.truncated = self._out > self._cap

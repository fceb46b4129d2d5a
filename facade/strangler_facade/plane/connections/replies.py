"""The answers the facade gives itself."""

from __future__ import annotations

from http import HTTPStatus


def reply(status: int, reason: str, *, close: bool, extra: bytes = b"", bodiless: bool = False) -> bytes:
    """A whole response: ``reason`` as one line of text, ``extra`` header lines, without a body for HEAD."""
    body = f"{reason}\n".encode()
    phrase = HTTPStatus(status).phrase
    head = (
        f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
    ).encode()
    return b"".join((head, extra, b"Connection: close\r\n" if close else b"", b"\r\n", b"" if bodiless else body))

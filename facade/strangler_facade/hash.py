"""Which of 65,536 buckets a user is in: the published hash, the same in every engine that runs the table.

``bucket = xxHash64(salt + ":" + key, seed 0) mod 65536``, over the UTF-8 bytes. A target with ``percent`` p that comes
first in a split owns the buckets below ``round(p * 655.36)``, the next one those above it, the rest is the last's.

- Envoy computes it with a hash policy over the key (a regex rewrite puts the salt before it) and weights that sum to
  65536; HAProxy with ``concat``, ``xxh64`` and ``and(65535)``; nginx is taught it in Lua or njs.
- It is monotone: raising a weight adds buckets at the end of the target's range, so nobody who had it loses it.
"""

from __future__ import annotations

import struct

BUCKETS = 65536
"""How many buckets there are; a power of two, so that engines with signed and unsigned integers agree."""

_MASK = 0xFFFFFFFFFFFFFFFF
_P1, _P2, _P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P4, _P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5


def bucket(salt: str, key: str) -> int:
    """The bucket of ``key``, from 0 to 65535."""
    return xxh64(f"{salt}:{key}".encode("utf-8", "surrogateescape")) & (BUCKETS - 1)


def threshold(percent: float) -> int:
    """How many buckets ``percent`` (0 to 100) of the users are."""
    return round(percent * BUCKETS / 100)


def xxh64(data: bytes) -> int:
    """The 64-bit xxHash of ``data`` with seed 0, unsigned (xxHash specification 0.1.1)."""
    length = len(data)
    position = length & ~31
    value = _stripes(data, position) if position else _P5
    value = (value + length) & _MASK
    while position + 8 <= length:
        lane = int.from_bytes(data[position : position + 8], "little")
        value = (_rotate(value ^ _round(0, lane), 27) * _P1 + _P4) & _MASK
        position += 8
    if position + 4 <= length:
        word = int.from_bytes(data[position : position + 4], "little")
        value = (_rotate(value ^ (word * _P1 & _MASK), 23) * _P2 + _P3) & _MASK
        position += 4
    for byte in data[position:]:
        value = _rotate(value ^ (byte * _P5 & _MASK), 11) * _P1 & _MASK
    return _avalanche(value)


def _stripes(data: bytes, end: int) -> int:
    a, b, c, d = (_P1 + _P2) & _MASK, _P2, 0, -_P1 & _MASK
    for w, x, y, z in struct.iter_unpack("<4Q", data[:end]):
        a, b, c, d = _round(a, w), _round(b, x), _round(c, y), _round(d, z)
    value = (_rotate(a, 1) + _rotate(b, 7) + _rotate(c, 12) + _rotate(d, 18)) & _MASK
    for lane in (a, b, c, d):
        value = ((value ^ _round(0, lane)) * _P1 + _P4) & _MASK
    return value


def _round(value: int, lane: int) -> int:
    return _rotate((value + lane * _P2) & _MASK, 31) * _P1 & _MASK


def _rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _avalanche(value: int) -> int:
    value = (value ^ (value >> 33)) * _P2 & _MASK
    value = (value ^ (value >> 29)) * _P3 & _MASK
    return value ^ (value >> 32)

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler_facade.hash import BUCKETS, bucket, threshold, xxh64

# Computed with the reference implementation; the third and fourth cover the 32-byte stripes and every tail.
PUBLISHED = [
    (b"", 0xEF46DB3751D8E999),
    (b"a", 0xD24EC4F1A98C6E5B),
    (b"abc", 0x44BC2CF5AD770999),
    (b"Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1),
]


@pytest.mark.parametrize(("data", "expected"), PUBLISHED)
def test_the_hash_is_the_published_one(data, expected):
    assert xxh64(data) == expected


@given(st.binary(max_size=200))
def test_the_hash_is_64_bits_and_depends_on_every_byte(data):
    assert 0 <= xxh64(data) < 1 << 64
    assert xxh64(data) != xxh64(data + b"\0")


def test_a_bucket_is_of_salt_and_key():
    assert bucket("billing", "u1") == xxh64(b"billing:u1") % BUCKETS
    assert bucket("billing", "u1") != bucket("orders", "u1")


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_higher_percentage_never_has_fewer_buckets(a, b):
    low, high = sorted((a, b))
    assert 0 <= threshold(low) <= threshold(high) <= BUCKETS


@pytest.mark.parametrize(("percent", "buckets"), [(0, 0), (0.001, 1), (1, 655), (5, 3277), (50, 32768), (100, 65536)])
def test_a_percentage_is_the_nearest_number_of_buckets(percent, buckets):
    assert threshold(percent) == buckets


def test_a_hundred_thousand_users_are_split_within_half_a_point():
    places = [bucket("s", f"user-{number}") for number in range(100_000)]
    for percent in (1, 10, 25, 50, 90):
        share = sum(place < threshold(percent) for place in places) / 1000
        assert abs(share - percent) < 0.5


def test_the_documented_buckets_are_true():
    page = (Path(__file__).parents[2] / "docs/reference/facade.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| `(.+)` \| `(.+)` \| `([0-9a-f]{16})` \| (\d+) \|", page)
    assert len(rows) == 4
    for salt, key, value, place in rows:
        assert (f"{xxh64(f'{salt}:{key}'.encode()):016x}", str(bucket(salt, key))) == (value, place)

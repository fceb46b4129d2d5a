from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler_facade.channel import BOUNDS, LARGEST, LENGTH, ChannelError, Decoder, encode

MESSAGES = st.lists(st.dictionaries(st.text(max_size=5), st.integers(), max_size=3), max_size=5)


@given(MESSAGES, st.data())
def test_messages_arrive_whole_in_whatever_pieces(messages, data):
    sent = [{**message, "type": "x"} for message in messages]
    rest = b"".join(map(encode, sent))
    decoder, got = Decoder(), []
    while rest:
        cut = data.draw(st.integers(1, len(rest)))
        got += decoder.feed(rest[:cut])
        rest = rest[cut:]
    assert got == sent


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"type": 1}', b"\xff"])
def test_what_is_no_message_is_refused(body):
    with pytest.raises(ChannelError):
        list(Decoder().feed(LENGTH.pack(len(body)) + body))


def test_a_message_beyond_the_limit_is_refused_by_both_sides():
    with pytest.raises(ChannelError):
        list(Decoder().feed(LENGTH.pack(LARGEST + 1)))
    with pytest.raises(ChannelError):
        encode({"type": "x" * LARGEST})


def test_the_latency_bounds_rise_evenly_from_a_tenth_of_a_millisecond():
    assert BOUNDS[0] == 0.0001 and list(BOUNDS) == sorted(BOUNDS)
    assert all(1.18 < high / low < 1.20 for low, high in itertools.pairwise(BOUNDS))

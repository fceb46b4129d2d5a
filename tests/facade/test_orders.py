from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler_facade.channel import LENGTH, ChannelError
from strangler_facade.orders import Order, Orders, Terms, packed, terms_of, written
from strangler_facade.table import Breaker, Target

TERMS = Terms(
    "billing.0",
    Target("monolith", "https://127.0.0.1:1", ca_file="/ca.pem"),
    Target("billing", "http://127.0.0.1:2/base", breaker=Breaker(consecutive=3)),
    1000,
    32,
    5.0,
)
PART = st.binary(max_size=40)
ORDERS = st.builds(
    Order,
    terms=st.just(written(TERMS)),
    method=PART,
    path=PART,
    block=PART,
    again=PART,
    lines=PART,
    body=PART,
    status=st.integers(0, 999),
    seconds=st.floats(0, 1e6),
    truncated=st.booleans(),
    chunked=st.booleans(),
    twice=st.booleans(),
)


def test_terms_come_back_as_they_were_written() -> None:
    assert terms_of(written(TERMS)) == TERMS


@given(orders=st.lists(ORDERS, max_size=4), size=st.integers(1, 97))
def test_orders_come_back_however_they_are_cut(orders: list[Order], size: int) -> None:
    data, reader = b"".join(map(packed, orders)), Orders()
    found = [order for at in range(0, len(data), size) for order in reader.feed(data[at : at + size])]
    assert found == orders


@pytest.mark.parametrize("frame", [b"", b"x" * 10, b"\xff" * 60])
def test_what_is_no_order_is_refused(frame: bytes) -> None:
    with pytest.raises(ChannelError):
        list(Orders().feed(LENGTH.pack(len(frame)) + frame))

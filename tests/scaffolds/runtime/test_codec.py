from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
import uuid
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strangler_scaffolds.runtime.codec import Codec, CodecError, class_finder


class Colour(enum.Enum):
    RED = "r"


class Pair(NamedTuple):
    left: int
    right: str


@dataclasses.dataclass(frozen=True)
class Money:
    cents: int
    currency: str


@dataclasses.dataclass
class Basket:
    lines: list[Money]
    owner: Basket | None = None


class Refused(Exception):
    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail, self.extra = detail, extra


CODEC = Codec(class_finder([__name__]))

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=())),
    st.binary(),
    st.decimals(allow_nan=False),
    st.fractions(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.just(datetime.UTC)),
    st.datetimes(timezones=st.timezones()),
    st.timedeltas(),
    st.uuids(),
    st.complex_numbers(allow_nan=False),
    st.just(Colour.RED),
    st.builds(Money, st.integers(), st.text()),
    st.builds(Pair, st.integers(), st.text()),
)
hashables = st.one_of(st.integers(), st.text(), st.binary(), st.tuples(st.integers(), st.text()), st.dates())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.dictionaries(hashables, inner),
        st.sets(hashables),
        st.frozensets(hashables),
        st.builds(Basket, st.lists(st.builds(Money, st.integers(), st.text()))),
    ),
    max_leaves=8,
)


def same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and left == right and repr(left) == repr(right)


@given(values)
def test_every_value_comes_back_the_same_in_type_and_content(value: Any) -> None:
    back = CODEC.loads(CODEC.dumps(value))
    assert type(back) is type(value)
    assert back == value


@pytest.mark.parametrize(
    "value",
    [
        math.inf,
        -0.0,
        2**80,
        "\ud800",
        {"$date": "not a date"},
        {1: "int keys"},
        {"a": {"$tuple": [1]}},
        bytearray(b"x"),
        decimal.Decimal("1.10"),
        fractions.Fraction(1, 3),
        pathlib.PurePosixPath("/a"),
        uuid.UUID(int=7),
        datetime.datetime(2026, 10, 25, 2, 30, fold=1),
        ...,
    ],
)
def test_what_json_cannot_say_is_said_with_a_tag(value: Any) -> None:
    assert same(CODEC.loads(CODEC.dumps(value)), value)


def test_nan_stays_nan() -> None:
    assert math.isnan(CODEC.loads(CODEC.dumps(math.nan)))


def test_an_exception_arrives_as_the_same_class_with_all_it_carries() -> None:
    error = Refused("no", field="meter", at=datetime.date(2026, 1, 2))
    back = CODEC.decode_error(CODEC.encode_error(error))
    assert type(back) is Refused
    assert isinstance(back, Refused)
    assert (back.args, back.detail, back.extra) == (error.args, error.detail, error.extra)


def test_what_an_exception_cannot_take_along_is_named() -> None:
    error = Refused("no", handle=object())
    assert CODEC.encode_error(error)["lost"] == ["extra"]


def test_a_value_that_cannot_cross_is_named_with_its_place() -> None:
    with pytest.raises(CodecError, match=r"value\['a'\]\[1\]: a builtins:object cannot cross"):
        CODEC.dumps({"a": [1, object()]})


@pytest.mark.parametrize("name", ["os:system", "subprocess:Popen", "builtins:dict", "pathlib:Path"])
def test_a_message_cannot_name_a_class_outside_the_contract(name: str) -> None:
    with pytest.raises(CodecError):
        CODEC.decode({"$data": [name, {}]})


def test_an_error_can_only_be_an_exception() -> None:
    with pytest.raises(CodecError):
        CODEC.decode_error({"type": f"{__name__}:Money", "args": [], "state": {}})


@given(st.sets(st.integers()), st.randoms())
def test_equal_sets_are_equal_bytes(value: set[int], random: Any) -> None:
    shuffled = list(value)
    random.shuffle(shuffled)
    assert CODEC.dumps(set(shuffled)) == CODEC.dumps(value)

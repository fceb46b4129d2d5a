from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from strangler.analysis import Analysis, Edge, Module, dumps, from_members, members, replaced, serialize

WHOLE = Analysis("1", packages=("shop",), modules=(Module("shop.a", "shop/a.py"),), edges=(Edge("a", "b", "call"),))


@pytest.fixture
def lazy() -> Analysis:
    return from_members("1", {}, members(WHOLE))


def test_parts_are_read_when_they_are_asked_for_and_once(lazy: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    plain = serialize.json.loads
    monkeypatch.setattr(serialize.json, "loads", lambda text: read.append(text[2:9]) or plain(text))
    assert lazy.modules is lazy.modules
    assert read == ["modules"]


def test_it_equals_copies_and_prints_as_the_whole_one(lazy: Analysis) -> None:
    assert lazy == WHOLE
    assert repr(lazy) == repr(WHOLE)
    assert copy.copy(lazy) == pickle.loads(pickle.dumps(lazy)) == WHOLE
    assert dataclasses.replace(lazy, packages=()) == dataclasses.replace(WHOLE, packages=())


def test_what_was_not_read_is_written_as_it_was(lazy: Analysis) -> None:
    assert dumps(lazy) == dumps(WHOLE)
    assert dumps(replaced(lazy, packages=("store",))) == dumps(dataclasses.replace(WHOLE, packages=("store",)))


def test_what_is_given_as_a_value_too_is_neither_read_nor_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    both = from_members("1", {"modules": WHOLE.modules}, members(WHOLE))
    monkeypatch.setattr(serialize.json, "loads", lambda text: pytest.fail("read"))
    monkeypatch.setattr(serialize, "_member", lambda name, value: pytest.fail("written anew"))
    assert both.modules is WHOLE.modules
    assert members(both) == members(both, serialize.NAMES)


def test_replacing_reads_nothing_and_keeps_what_was_read(lazy: Analysis) -> None:
    modules = lazy.modules
    other = replaced(lazy, edges=())
    assert other.modules is modules
    assert other.edges == ()
    assert other.packages == ("shop",)


def test_no_field_is_no_attribute(lazy: Analysis) -> None:
    for value in (lazy, WHOLE):
        with pytest.raises(AttributeError, match="novelty"):
            value.novelty  # noqa: B018

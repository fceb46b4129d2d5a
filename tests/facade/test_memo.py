"""Remembered results: bounded, and never a wrong one."""

from __future__ import annotations

import pytest

from strangler_facade.memo import Memo


def test_a_result_is_worked_out_once():
    asked = []
    memo = Memo(lambda key: asked.append(key) or key.upper())
    assert [memo["a"], memo["a"], memo["b"]] == ["A", "A", "B"]
    assert asked == ["a", "b"]


def test_long_keys_are_answered_and_forgotten():
    memo = Memo(len, longest=3)
    assert memo["abcd"] == 4
    assert not memo


def test_a_full_memo_begins_anew():
    memo = Memo(int, most=2)
    assert [memo[key] for key in ("1", "2", "3", "1")] == [1, 2, 3, 1]
    assert len(memo) == 2


def test_an_error_is_not_remembered():
    memo = Memo(int)
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            memo["x"]
    assert not memo

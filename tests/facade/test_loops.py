from __future__ import annotations

import sys

import pytest

from strangler.errors import StranglerError
from strangler_facade.loops import loop_factory


def test_asyncio_s_own_loop_is_always_there() -> None:
    assert loop_factory("asyncio") is None


def test_uvloop_is_used_where_it_is_and_only_missed_by_who_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop_factory("auto") is None
    with pytest.raises(StranglerError, match="uvloop is not installed"):
        loop_factory("uvloop")

from __future__ import annotations

from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler_scaffolds.sources import Sources, decode


def test_bytes_come_back_as_they_were() -> None:
    for data in (b"\xef\xbb\xbfa = 1\r\n", b"# coding: latin-1\n\xe9 = 1\n", b"a\rb\n", b""):
        assert decode(data, "m.py").data == data


def test_undecodable_source_is_named() -> None:
    with pytest.raises(StranglerError) as caught:
        decode(b"\xff\xfe", "bad.py")
    assert str(caught.value.location) == "bad.py"


def test_a_file_that_is_gone_asks_for_a_new_analysis(tmp_path: Path) -> None:
    with pytest.raises(StranglerError, match="cannot read gone") as caught:
        Sources(tmp_path).read("gone.py")
    assert "analyze" in caught.value.hint


def test_an_overlay_stands_in_for_the_disk(tmp_path: Path) -> None:
    assert Sources(tmp_path, {"a.py": b"1"}).read("a.py") == b"1"

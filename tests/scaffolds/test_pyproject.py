from __future__ import annotations

from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler_scaffolds.pyproject import pyproject
from strangler_scaffolds.sources import Sources


def test_it_says_what_it_says_and_nothing_where_there_is_none(tmp_path: Path) -> None:
    assert pyproject(Sources(tmp_path)) == {}
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    assert pyproject(Sources(tmp_path)) == {"project": {"name": "shop"}}


@pytest.mark.parametrize("content", [b"[project\n", b"name = '\xff'\n"])
def test_one_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(StranglerError, match=r"pyproject\.toml cannot be read") as raised:
        pyproject(Sources(tmp_path))
    assert str(raised.value.location) == "pyproject.toml"

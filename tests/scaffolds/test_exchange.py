from __future__ import annotations

from pathlib import Path

import pytest

from strangler_scaffolds import exchange as module
from strangler_scaffolds.exchange import exchange


def folders(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "name").write_text(folder.name)
    return first, second


def test_two_folders_change_places(tmp_path: Path) -> None:
    first, second = folders(tmp_path)
    exchange(first, second)
    assert ((first / "name").read_text(), (second / "name").read_text()) == ("second", "first")


def test_it_works_without_the_kernels_help_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = folders(tmp_path)
    monkeypatch.setattr(module, "_exchange", lambda one, two: False)
    exchange(first, second)
    assert ((first / "name").read_text(), (second / "name").read_text()) == ("second", "first")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "second"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    first, _ = folders(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        exchange(first, tmp_path / "third")

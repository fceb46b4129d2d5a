from __future__ import annotations

from pathlib import Path

import pytest

from strangler_analyzers.sealed import seal, unseal


def test_what_was_sealed_comes_back(tmp_path: Path) -> None:
    seal(tmp_path / "new" / "folder", "a.bin", b"body")
    assert unseal(tmp_path / "new" / "folder", "a.bin") == b"body"


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: b"x" + data[1:], lambda data: b""])
def test_what_was_spoilt_is_absent(tmp_path: Path, spoil) -> None:
    seal(tmp_path, "a.bin", b"body")
    path = tmp_path / "a.bin"
    path.write_bytes(spoil(path.read_bytes()))
    assert unseal(tmp_path, "a.bin") is None


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    seal(None, "a.bin", b"body")
    assert unseal(None, "a.bin") is None
    (tmp_path / "file").write_text("")
    seal(tmp_path / "file", "a.bin", b"body")
    assert unseal(tmp_path / "file", "a.bin") is None

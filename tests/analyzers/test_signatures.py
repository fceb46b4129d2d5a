from __future__ import annotations

import os
from pathlib import Path

import pytest

from strangler_analyzers import signatures
from strangler_analyzers.signatures import digest, digests


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were read."""
    found: list[str] = []
    read = signatures.read

    def noted(root: Path, path: str) -> bytes | None:
        found.append(path)
        return read(root, path)

    monkeypatch.setattr(signatures, "read", noted)
    return found


def _age(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ten seconds go by."""
    later = path.stat().st_ctime_ns + 10**10
    monkeypatch.setattr(signatures.time, "time_ns", lambda: later)


def test_files_that_were_not_touched_are_not_read_again(tmp_path: Path, reads, monkeypatch) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    _age(tmp_path / "a.py", monkeypatch)
    for _ in range(2):
        assert digests(tmp_path, ["a.py"], tmp_path / "cache") == {"a.py": digest(b"x = 1\n")}
    assert reads == ["a.py"]


def test_a_file_touched_just_before_is_read_again(tmp_path: Path, reads) -> None:
    """It could have been changed once more within the grain of the clock."""
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    for _ in range(2):
        digests(tmp_path, ["a.py"], tmp_path / "cache")
    assert reads == ["a.py", "a.py"]


def test_another_content_of_the_same_size_and_time_is_noticed(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\n")
    _age(path, monkeypatch)
    digests(tmp_path, ["a.py"], tmp_path / "cache")
    status = path.stat()
    path.write_bytes(b"x = 2\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests(tmp_path, ["a.py"], tmp_path / "cache") == {"a.py": digest(b"x = 2\n")}


def test_a_file_that_cannot_be_read_has_no_hash(tmp_path: Path) -> None:
    assert digests(tmp_path, ["gone.py"], tmp_path / "cache") == {"gone.py": ""}

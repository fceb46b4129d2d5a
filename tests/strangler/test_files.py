from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from strangler.errors import OutputError
from strangler.files import write_file, write_tree


def test_a_file_keeps_its_mode_when_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o755)
    write_file(path, "new")
    assert path.read_text(encoding="utf-8") == "new"
    assert path.stat().st_mode & 0o777 == 0o755


def test_a_pipe_or_device_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as aside:
        read = aside.submit(pipe.read_bytes)
        write_file(pipe, "all of it\n" * 20_000)
        assert read.result() == b"all of it\n" * 20_000
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_device_that_takes_nothing_is_told() -> None:
    with pytest.raises(OutputError, match="cannot write /dev/full: No space left"):
        write_file(Path("/dev/full"), "x")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_file(path, "new")
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("plan.yaml", "old")]


def test_a_file_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        write_file(tmp_path / "absent" / "file", "text")


def test_a_tree_holds_exactly_what_was_written(tmp_path: Path) -> None:
    write_tree(tmp_path / "out", {"a/b.txt": "b", "c.bin": b"\x00"})
    written = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert written == ["out/a/b.txt", "out/c.bin"]


def test_a_tree_is_not_written_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("keep", encoding="utf-8")
    with pytest.raises(OutputError, match="not empty"):
        write_tree(tmp_path / "out", {"a": "a"})
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["mine"]


def test_a_tree_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    write_tree(tmp_path / "out", {"old": "old"})
    write_tree(tmp_path / "out", {"new": "new"}, replace=True)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["new"]


def test_a_tree_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    write_tree(tmp_path / "out", {"old": "old"})
    with pytest.raises(OutputError):
        write_tree(tmp_path / "out", {"a": "file", "a/b": "below a file"}, replace=True)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["old"]


def test_an_old_tree_comes_back_where_names_cannot_be_exchanged_and_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path / "out", {"old": "old"})
    rename, done = Path.rename, list[str]()

    def failing(self: Path, target: Path) -> Path:
        done.append(target.name)
        if len(done) == 2:  # the old one is aside by now
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr("strangler.files._exchange", lambda first, second: False)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="Input/output error"):
        write_tree(tmp_path / "out", {"new": "new"}, replace=True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]

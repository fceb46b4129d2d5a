from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sources import SALEOR, Source, is_repository, missing, tree


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Two commits: the second one changes a.py."""
    folder = tmp_path / "clone"
    folder.mkdir()
    _git(folder, "init", "--quiet")
    for text in ("first", "second"):
        (folder / "a.py").write_text(text)
        (folder / "a.html").write_text(text)
        _git(folder, "add", "--all")
        _git(folder, "commit", "--quiet", "--message", text)
    return folder


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words], cwd=folder, check=True)


def test_the_commit_of_a_clone_is_measured_and_leaves_nothing(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THAT", str(clone))
    with tree(Source("THAT", "a clone", "HEAD^")) as folder:
        assert {path.name: path.read_text() for path in folder.iterdir()} == {"a.py": "first"}
    assert not folder.exists()
    with tree(Source("THAT", "a clone"), python_only=False) as folder:
        assert {path.name: path.read_text() for path in folder.iterdir()} == {"a.py": "second", "a.html": "second"}


def test_a_bare_clone_is_one_too(clone: Path, tmp_path: Path) -> None:
    _git(tmp_path, "clone", "--quiet", "--bare", str(clone), "bare")
    assert is_repository(tmp_path / "bare")
    assert not is_repository(tmp_path)


def test_an_unpacked_tree_is_taken_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THAT", str(tmp_path))
    with tree(Source("THAT", "a tree", "no-such-commit")) as folder:
        assert folder == tmp_path
    assert tmp_path.exists()


def test_what_is_not_given_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("SALEOR", raising=False)
    assert missing("seams", "all of it", SALEOR)
    assert capsys.readouterr().out == "NOT RUN: all of it: set SALEOR (saleor/saleor)\n"
    monkeypatch.setenv("SALEOR", "somewhere")
    assert not missing("seams", "all of it", SALEOR)

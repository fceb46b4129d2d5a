from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from strangler_analyzers.seams.history import read_commits, read_owners
from strangler_analyzers.seams.surroundings import Commit


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    commit(tmp_path, "ann", "a.py", "b.py")
    commit(tmp_path, "bob", "b.py", "notes.md")
    return tmp_path


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def commit(root: Path, author: str, *names: str) -> None:
    for name in names:
        path = root / name
        path.write_text(f"{path.read_text() if path.exists() else ''}# {author}\n")
    git(root, "add", ".")
    identity = ("-c", f"user.name={author}", "-c", f"user.email={author}@example.org", "-c", "commit.gpgsign=false")
    git(root, *identity, "commit", "-qm", "change")


def test_commits_are_read_newest_first_and_python_only(repository: Path) -> None:
    assert read_commits(repository) == (Commit("bob", ("b.py",)), Commit("ann", ("a.py", "b.py")))


def test_a_folder_without_history_has_none(tmp_path: Path) -> None:
    assert read_commits(tmp_path) == ()


def test_what_is_remembered_grows_by_what_is_new(repository: Path, tmp_path: Path) -> None:
    store = tmp_path / ".cache" / "history.json"
    first = read_commits(repository, store=store)
    # What is remembered is not read again: a mark put into the store comes back.
    store.write_text(store.read_text().replace("ann", "remembered"))
    commit(repository, "cid", "c.py")
    assert read_commits(repository, store=store) == (
        Commit("cid", ("c.py",)),
        first[0],
        Commit("remembered", ("a.py", "b.py")),
    )


@pytest.mark.parametrize("spoilt", ["", "{", '{"head": 1}', '{"head": "x", "commits": [[1]]}'])
def test_a_spoilt_store_is_read_anew(repository: Path, tmp_path: Path, spoilt: str) -> None:
    store = tmp_path / "history.json"
    store.write_text(spoilt)
    assert read_commits(repository, store=store) == read_commits(repository)


def test_rewritten_history_is_read_anew(repository: Path, tmp_path: Path) -> None:
    store = tmp_path / "history.json"
    read_commits(repository, store=store)
    git(repository, "reset", "-q", "--hard", "HEAD~1")
    commit(repository, "eve", "e.py")
    assert read_commits(repository, store=store)[0] == Commit("eve", ("e.py",))


def test_owners_are_read_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/CODEOWNERS").write_text("# us\n* @all # everybody\n\n[Section]\n/m/ @core @x\n")
    rules = read_owners(tmp_path)
    assert [(rule.pattern, rule.owners, rule.line) for rule in rules] == [
        ("*", ("@all",), 2),
        ("/m/", ("@core", "@x"), 5),
    ]
    assert read_owners(tmp_path / ".github")[0].path == "CODEOWNERS"

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from strangler_deploy.control_plane.provisioning import git as git_module
from strangler_deploy.control_plane.provisioning.git import Change, GitError, Repository

MOMENT = "1700000000 +0000"


def test_a_name_in_a_change_cannot_say_anything_to_git(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r.git", None, "main")
    files = {'odd "name"\\': "data 3\nabc\ndone\n", "b": "\x00\xff"}
    commit = repository.build("", Change("from x\ndone\n", MOMENT, (), files))
    assert repository.publish(commit, "")
    assert repository.read(commit, *files, "none") == files
    assert not repository.publish(commit, ""), "the branch is there by now"
    repository.close()


def test_a_second_process_waits_for_the_clone(tmp_path: Path) -> None:
    first = Repository(tmp_path / "r.git", None, "main")
    got: list[Repository] = []
    thread = threading.Thread(target=lambda: got.append(Repository(tmp_path / "r.git", None, "main")))
    thread.start()
    thread.join(0.2)
    assert not got
    first.close()
    thread.join()
    got[0].close()


def test_leftover_locks_of_killed_gits_are_cleared(tmp_path: Path) -> None:
    first = Repository(tmp_path / "r.git", None, "main")
    first.close()
    (tmp_path / "r.git/refs/heads/main.lock").touch()
    again = Repository(tmp_path / "r.git", None, "main")
    assert again.publish(again.build("", Change("a\n", MOMENT, (), {"a": "b"})), "")
    again.close()


def test_git_that_cannot_run_is_an_error_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="cannot run") as caught:
        Repository(tmp_path / "r.git", None, "main")
    assert caught.value.hint
    assert git_module.TRAILER == "Strangler-Request"

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from strangler.cli import main
from strangler.cli.machine import trouble_of_the_machine
from strangler.cli.main import root


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EMFILE])
def test_what_a_person_can_do_about_has_its_place_and_a_hint(number: int) -> None:
    found = trouble_of_the_machine(OSError(number, os.strerror(number), "/srv/shop/services"))
    assert found is not None
    assert found.message == f"cannot use /srv/shop/services: {os.strerror(number)}" and found.hint


def test_what_nobody_can_do_about_is_our_bug() -> None:
    assert trouble_of_the_machine(OSError(errno.EBADF, "Bad file descriptor")) is None
    assert trouble_of_the_machine(OSError("no number at all")) is None


@pytest.mark.parametrize(
    "command", ["deploy render -o", "scaffold stock -o", "facade token ada --state", "control-plane token ada --state"]
)
def test_a_folder_below_a_file_is_no_bug_of_ours(command: str, run: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    status, said = run(*command.split(), f"{__file__}/below")
    assert status == 2
    assert said["error"]["hint"] == "it is a file, or below one: name a folder"


def test_a_command_ends_with_2_and_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", tmp_path / "report")

    monkeypatch.setattr(root, "main", full)
    assert main(["analyze"]) == 2
    said = f"error: cannot use {tmp_path}/report: No space left on device\n  hint: make room on the disk\n"
    assert capsys.readouterr().err == said
    assert main(["analyze", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err

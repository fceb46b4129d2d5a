"""A disk that is really full: a small file system of its own, with nothing left on it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strangler.errors import StranglerError

pytestmark = pytest.mark.real
SIZE = 4 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four MiB in memory."""
    if not os.environ.get("STRANGLER_REAL"):
        pytest.skip("NOT RUN: mounts a file system; .ci/steps/51-facade-control does")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    made = subprocess.run(mount, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"NOT RUN: this machine lets nobody mount a file system ({made.stderr.strip()})")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Take every byte that is left."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                continue


def test_on_a_disk_that_is_full_shifts_are_refused_and_everybody_still_goes_back(small_disk: Path, facade: Any) -> None:
    facade.state = small_disk / "state"
    facade.start()
    facade.client.shadow("billing", True, "a test")
    facade.client.shift("billing", 50, "a test")
    fill(small_disk)
    with pytest.raises(StranglerError, match="cannot write"):
        for percent in range(51, 99):  # the log of the database has room for some
            facade.client.shift("billing", percent, "x" * 400)
    with facade.load() as statuses:
        facade.service.broken = True
        facade.until(lambda: facade.client.service("billing")["weight"] == 0, "the way back")
        facade.service.broken = False
        seen = len(statuses)
        facade.until(lambda: len(statuses) > seen + 30, "traffic afterwards")
        assert set(statuses[seen:]) == {200}
    assert facade.split() == 0
    (small_disk / "filler").unlink()
    facade.until(lambda: facade.client.status()["owed_entries"] == 0, "everything written")
    assert any(line["action"] == "retreat" for line in facade.client.history())
    facade.client.shift("billing", 10, "there is room again")
    facade.stop()

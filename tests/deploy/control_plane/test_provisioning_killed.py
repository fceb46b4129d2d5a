"""A process that is killed at any point, and what the next one makes of it."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from strangler_deploy.control_plane.provisioning.git import Repository
from strangler_deploy.control_plane.provisioning.outbox import Outbox, Settings
from strangler_deploy.control_plane.store.store import Store
from strangler_deploy.control_plane.tenants.requests import onboard, open_requests
from strangler_deploy.control_plane.tenants.stages import State

from .conftest import PLAN, git, trailers

KILLS = int(os.environ.get("STRANGLER_KILLS", "4"))


def _begin(database: str, clone: Path, remote: str | None) -> int:
    """A process that does everything from the start, until nothing is left; returns its id."""
    child = os.fork()
    if child:
        return child
    os.setsid()
    store, repository = Store(database), Repository(clone, remote, "main")
    done = Outbox(store, repository, Settings(PLAN), lambda: datetime.now(UTC)).empty()
    os._exit(0 if done else 1)


def _kill(child: int, with_children: bool) -> None:
    if with_children:
        with suppress(ProcessLookupError):  # it may not have a group of its own yet
            os.killpg(child, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.mark.parametrize("own", [False, True], ids=["remote", "own repository"])
def test_after_kill_9_at_any_point_each_request_has_exactly_one_commit(
    own: bool, tmp_path: Path, database: str, remote: Path
) -> None:
    draw, clone, number = random.Random(9), tmp_path / "killed" / "repository.git", 0
    work = (database, clone, None if own else str(remote))
    store = Store(database)
    longest = 0.2
    for kill in range(KILLS + 1):
        number += 1
        with store.write() as connection:
            onboard(connection, {"id": f"tenant-{number}"}, "standard", "alice", datetime.now(UTC))
        store.close()
        began, child = time.monotonic(), _begin(*work)
        if kill == 0:  # undisturbed, to know how long there is something to kill
            assert os.waitpid(child, 0)[1] == 0
            longest = time.monotonic() - began
        else:
            time.sleep(draw.uniform(0.0, longest))
            _kill(child, with_children=own and draw.random() < 0.5)
    assert os.waitpid(_begin(*work), 0)[1] == 0
    where = clone if own else remote
    assert trailers(where) == [str(n) for n in range(number, 0, -1)]
    with store.read() as connection:
        assert len(open_requests(connection, State.COMMITTED, 10_000)) == number
    git(where, "fsck", "--strict")
    folders = set(git(where, "ls-tree", "-d", "--name-only", "main", "tenants/").splitlines())
    assert folders == {f"tenants/tenant-{n}" for n in range(1, number + 1)}
    store.close()

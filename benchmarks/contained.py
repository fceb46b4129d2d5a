"""Runs a command so that nothing of it is left: bounded in time, and every process that it started is gone afterwards.

Processes that left their parent or made a session of their own are found too, because the kernel gives those who lost
their parent to us (``PR_SET_CHILD_SUBREAPER``).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36
_GRACE_SECONDS = 20.0


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit status, its seconds, whether it was out of time, how many processes it left."""

    status: int
    seconds: float
    out_of_time: bool = False
    left: int = 0


def run(command: Sequence[str], environment: Mapping[str, str], seconds: float) -> Outcome:
    """Run ``command`` for at most ``seconds``; one that is out of time may tidy up first (SIGINT), then is killed."""
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=_may_be_interrupted)
    out_of_time = False
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        out_of_time, status = True, _interrupted(process)
    except BaseException:  # whoever stops us stops it, in the same way
        _interrupted(process)
        raise
    finally:
        left = sweep()
    return Outcome(status, time.monotonic() - began, out_of_time, left)


def _may_be_interrupted() -> None:
    """What a shell starts in the background ignores SIGINT, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _interrupted(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(_GRACE_SECONDS)
    process.kill()
    return process.wait()


def sweep() -> int:
    """End every process below this one, and those that come to it while it does; how many there were."""
    ended = 0
    while children := _children():
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in children:
            with contextlib.suppress(ChildProcessError):
                ended += os.waitpid(pid, 0)[1] == signal.SIGKILL
    return ended


def _children() -> list[int]:
    """The processes whose parent is this one; those that ended already are among them until they were waited for."""
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if _parent(path) == os.getpid()]


def _parent(stat: Path) -> int:
    """The parent in a process's ``/proc`` entry; 0 if it is gone."""
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def main() -> int:
    """``contained.py SECONDS COMMAND...``: the command's exit status (124 if it was out of time), and what it left."""
    outcome = run(sys.argv[2:], os.environ, float(sys.argv[1]))
    if outcome.left:
        print(f"{outcome.left} processes were left behind, and ended", file=sys.stderr)
    if outcome.out_of_time:
        print(f"ended after {sys.argv[1]} s", file=sys.stderr)
        return 124
    return outcome.status if outcome.status >= 0 else 128 - outcome.status


if __name__ == "__main__":
    sys.exit(main())

"""The repository that commits go to, through git's plumbing: no work tree, no index, nothing half done after a kill.

Objects are written first and a reference is moved last, by git itself, in one step. All of it happens in a bare clone
of our own. Its lock file is open in every git process that we start: whoever gets the lock after a kill knows that
none of them lives any more, and that every ``*.lock`` in the clone is a leftover.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from strangler.errors import UpstreamError

TRAILER = "Strangler-Request"
_BASE, _BUILD = "refs/strangler/base", "refs/strangler/build"
_TIMEOUT = 120
# What is published has to be on disk; written together, as a tenant has dozens of files.
_SAFE = ("-c", "core.fsync=committed", "-c", "core.fsyncMethod=batch", "-c", "gc.autoDetach=false")
_FIELDS, _RECORDS = "\x1f", "\x1e"


class GitError(UpstreamError):
    """Git does not do what it should (unreachable, disk full); nothing was published."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit does: folders and files that go (each with all below it), files that come, and what it says.

    ``moment`` is ``SECONDS +0000``; with it the same change on the same base is the same commit.
    """

    message: str
    moment: str
    removed: Sequence[str]
    files: Mapping[str, str]


class Repository:
    """One branch of a repository: ``remote`` (URL or path), or without one the clone itself."""

    def __init__(self, directory: Path, remote: str | None, branch: str) -> None:
        """Make the clone if there is none, and wait until no git of an earlier process of ours is left."""
        self._directory, self._remote, self._ref = directory, remote, f"refs/heads/{branch}"
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(directory.with_name(directory.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        for leftover in directory.rglob("*.lock"):
            leftover.unlink()
        if not (directory / "HEAD").exists():
            self._git("init", "--quiet", "--bare", f"--initial-branch={branch}", ".")
        self._known = self._resolve(_BASE)
        self._git("gc", "--auto", "--quiet")

    def close(self) -> None:
        """Let another process have the clone."""
        os.close(self._lock)

    def head(self) -> str:
        """The branch's newest commit, asked of the remote if there is one; "" while there is none.

        Raises:
            GitError: the remote does not answer.
        """
        if self._remote is None:
            return self._resolve(self._ref)
        listed = self._git("ls-remote", "--", self._remote, self._ref).split()
        if not listed:
            return ""
        if self._known != listed[0]:
            self._git("fetch", "--quiet", "--no-tags", "--", self._remote, f"+{self._ref}:{_BASE}")
            self._known = self._resolve(_BASE)
        return self._known

    def build(self, base: str, change: Change) -> str:
        """A commit of the change on ``base`` ("": the first of all), which nothing refers to yet."""
        stream = b"".join(_stream(base, change))
        return self._git("fast-import", "--quiet", "--force", "--done", "--date-format=raw", stdin=stream).strip()

    def publish(self, commit: str, base: str, branch: str = "") -> bool:
        """Make the branch (or a new one beside it) point to ``commit``; False if it is not at ``base`` any more.

        Raises:
            GitError: it is not known whether that worked; the next ``head`` tells.
        """
        ref, expected = (f"refs/heads/{branch}", "") if branch else (self._ref, base)
        if self._remote is None:
            done = self._run("update-ref", ref, commit, expected or "0" * 40)
        else:
            lease = f"--force-with-lease={ref}:{expected}"
            done = self._run("push", "--quiet", "--porcelain", lease, "--", self._remote, f"{commit}:{ref}")
        if done.returncode == 0:
            self._known = self._known if branch else commit
            return True
        text = (done.stdout + done.stderr).decode(errors="replace")
        if any(word in text for word in ("stale info", "[rejected]", "but expected", "reference already exists")):
            return False
        raise GitError(f"git cannot publish: {_last_line(text)}")

    def requests_since(self, cursor: str, head: str) -> Iterator[tuple[str, str]]:
        """(request, commit) of every commit of ours that ``head`` has and ``cursor`` ("": nothing) has not."""
        if head in ("", cursor):
            return
        known = cursor and self._run("merge-base", "--is-ancestor", cursor, head).returncode == 0
        fields = f"%H{_FIELDS}%(trailers:key={TRAILER},valueonly,separator=%x2C){_RECORDS}"
        log = self._git("log", f"--format={fields}", "--reverse", f"{cursor}..{head}" if known else head)
        for record in log.split(_RECORDS):
            commit, _, said = record.strip().partition(_FIELDS)
            yield from ((request.strip(), commit) for request in said.split(",") if request.strip())

    def branch_commit(self, branch: str) -> str:
        """The commit that a branch beside ours points to; "" if there is none."""
        ref = f"refs/heads/{branch}"
        if self._remote is None:
            return self._resolve(ref)
        return (self._git("ls-remote", "--", self._remote, ref).split() or [""])[0]

    def contains(self, commit: str, revision: str) -> bool:
        """Whether ``revision`` is ``commit`` or came after it; False as well if we do not know it."""
        return bool(revision) and self._run("merge-base", "--is-ancestor", commit, revision).returncode == 0

    def read(self, commit: str, *paths: str) -> dict[str, str]:
        """Those of the files that a commit has, by their paths; no path may have a line end in it."""
        asked = "".join(f"{commit}:{path}\n" for path in paths)
        done = self._run("cat-file", "--batch=%(objecttype) %(objectsize)", stdin=asked.encode())
        if done.returncode != 0:
            raise GitError(f"git cannot read: {_last_line(done.stderr.decode(errors='replace'))}")
        return dict(_contents(paths, done.stdout))

    def _resolve(self, ref: str) -> str:
        done = self._run("rev-parse", "--verify", "--quiet", ref)
        return done.stdout.decode().strip() if done.returncode == 0 else ""

    def _git(self, *arguments: str, stdin: bytes = b"") -> str:
        done = self._run(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise GitError(f"git {arguments[0]} fails: {_last_line(done.stderr.decode(errors='replace'))}")
        return done.stdout.decode()

    def _run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = ["git", *_SAFE, *arguments]
        settings = {"GIT_DIR": ".", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            return subprocess.run(
                command,
                cwd=self._directory,
                env={**os.environ, **settings},
                input=stdin,
                capture_output=True,
                pass_fds=(self._lock,),
                timeout=_TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitError(f"git {arguments[0]} cannot run: {error}", hint="is git installed?") from error


def _contents(paths: Sequence[str], answer: bytes) -> Iterator[tuple[str, str]]:
    """What ``git cat-file --batch`` answered: for each path a line, and after that of a file its bytes."""
    at = 0
    for path in paths:
        end = answer.index(b"\n", at)
        kind, _, size = answer[at:end].rpartition(b" ")
        at = end + 1
        if kind == b"blob":
            yield path, answer[at : at + int(size)].decode()
        at += int(size) + 1 if size.isdigit() else 0


def _stream(base: str, change: Change) -> Iterator[bytes]:
    """The change in the language of ``git fast-import``; lengths come first, so that no content can say anything."""
    who = f"Strangler control plane <control-plane@strangler.invalid> {change.moment}"
    yield f"commit {_BUILD}\nmark :1\ncommitter {who}\n".encode()
    yield _data(change.message)
    if base:
        yield f"from {base}\n".encode()
    for path in change.removed:
        yield f"D {_quoted(path)}\n".encode()
    for path, text in sorted(change.files.items()):
        yield f"M 100644 inline {_quoted(path)}\n".encode()
        yield _data(text)
    yield b"\nget-mark :1\ndone\n"


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "! "))]
    return (telling or lines or ["no reason given"])[0][:300]

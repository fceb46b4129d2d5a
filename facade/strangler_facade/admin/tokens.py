"""Who may do what: tokens with a role, kept as hashes in the state directory."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path

from strangler.errors import StranglerError
from strangler.files import write_file

_LOCAL = "local"


class Role(IntEnum):
    """Each role may do what those before it may: look; shift, shadow and roll back; approve and record evidence."""

    VIEWER = 1
    OPERATOR = 2
    APPROVER = 3


@dataclass(frozen=True, slots=True)
class Holder:
    """The owner of a token."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class _Grant:
    name: str
    role: str
    sha256: str


class Tokens:
    """The tokens of one facade: ``tokens.json`` (hashes), and ``token`` for the command line on this machine."""

    def __init__(self, state: Path) -> None:
        self._path = state / "tokens.json"
        self._local = state / "token"

    def prepare(self) -> None:
        """Make the local token, an approver's, unless it is there."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if not self._local.exists() or not self._path.exists():
            _write_private(self._local, self.grant(_LOCAL, Role.APPROVER))

    def grant(self, name: str, role: Role) -> str:
        """Make a token and return it; it is not kept, and replaces the one that ``name`` had."""
        token = secrets.token_urlsafe(24)
        kept = [grant for grant in self._grants() if grant.name != name]
        self._save([*kept, _Grant(name, role.name.lower(), _digest(token))])
        return token

    def revoke(self, name: str) -> None:
        """Forget the token of ``name``.

        Raises:
            StranglerError: it has none.
        """
        kept = [grant for grant in self._grants() if grant.name != name]
        if len(kept) == len(self._grants()):
            raise StranglerError(f"'{name}' has no token")
        self._save(kept)

    def holder(self, token: str) -> Holder | None:
        """Whose token it is, None if nobody's."""
        digest = _digest(token)
        for grant in self._grants():
            if hmac.compare_digest(grant.sha256, digest):
                return Holder(grant.name, Role[grant.role.upper()])
        return None

    def holders(self) -> list[Holder]:
        """Everybody with a token."""
        return [Holder(grant.name, Role[grant.role.upper()]) for grant in self._grants()]

    def _grants(self) -> list[_Grant]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        try:
            return [_Grant(**item) for item in json.loads(text)]
        except (ValueError, TypeError) as error:
            raise StranglerError(f"{self._path} is damaged: {error}", hint="delete it; a new one is made") from error

    def _save(self, grants: list[_Grant]) -> None:
        _write_private(self._path, json.dumps([asdict(grant) for grant in grants], indent=1) + "\n")


def local_token(state: Path) -> str:
    """The token for the command line on this machine, "" if there is none that we may read."""
    with contextlib.suppress(OSError):
        return (state / "token").read_text(encoding="utf-8").strip()
    return ""


def _write_private(path: Path, text: str) -> None:
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # write_file keeps the mode of what it replaces
    write_file(path, text)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

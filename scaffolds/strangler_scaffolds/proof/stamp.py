"""When a service was proven, and of which code: a proof says nothing about code that came after it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from strangler.errors import StranglerError
from strangler_scaffolds.write import RECORDS

PROOFS = ".strangler/proofs"
_STAMP, _PROOF = "stamp.json", "proof.json"
_MADE_BY_TOOLS = frozenset({"__pycache__", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
_NO_CODE = frozenset({".pyc", ".db", ".db-shm", ".db-wal", ".sqlite3", ".log"})


@dataclass(frozen=True, slots=True)
class Proven:
    """The last proof of a service: whether it held, on which day, and whether the code is still the one it was of."""

    holds: bool
    day: date
    fresh: bool
    phases: str
    kill_rate: float | None


def stamp(root: Path, service: str, day: date) -> dict[str, str]:
    """The file that goes beside a proof."""
    content = {"code": _digest(root, service), "day": day.isoformat()}
    return {_STAMP: json.dumps(content, indent=1) + "\n"}


def proven(root: Path, service: str) -> Proven | None:
    """The last proof of a service of the monolith at ``root``; None if there is none.

    Raises:
        StranglerError: there is one, but it cannot be read.
    """
    folder = root / PROOFS / service
    if not (folder / _STAMP).is_file():
        return None
    stamped, proof = _read(folder / _STAMP), _read(folder / _PROOF)
    phases = "".join(phase["phase"] for phase in proof["phases"])
    fresh = stamped["code"] == _digest(root, service)
    return Proven(proof["holds"], date.fromisoformat(stamped["day"]), fresh, phases, proof["kill_rate"])


def extracted(root: Path, service: str) -> Path | None:
    """The folder into which a service of the monolith at ``root`` was extracted; None if it was not."""
    record = root / RECORDS / f"{service}.json"
    return root / _read(record)["directory"] if record.is_file() else None


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StranglerError(f"cannot read {path}: {error}", hint="extract or prove the service again") from error


def _digest(root: Path, service: str) -> str:
    """SHA-256 over the service's tree and what its extraction changed in the monolith, as they are now."""
    digest = hashlib.sha256()
    for name, path in _code(root, service):
        content = path.read_bytes() if path.is_file() else b"\0gone"
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _code(root: Path, service: str) -> Iterator[tuple[str, Path]]:
    record = _read(root / RECORDS / f"{service}.json")
    directory = root / record["directory"]
    for path in sorted(directory.rglob("*")):
        within = path.relative_to(directory)
        if path.is_file() and path.suffix not in _NO_CODE and not _MADE_BY_TOOLS.intersection(within.parts):
            yield f"service/{within.as_posix()}", path
    for edited in sorted(record["edits"]):
        yield f"monolith/{edited}", root / edited

"""Brings a service up to the monolith's and the plan's present state, and keeps what was changed in it by hand.

A three-way merge of each file: what was written last time, what would be written now, and what is there. The first is
kept beside the record of the extraction.
"""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from strangler.errors import StranglerError
from strangler.files import write_file
from strangler.model import Finding, Location
from strangler_scaffolds.extract import Edit
from strangler_scaffolds.gate import ACCEPTED, breaking
from strangler_scaffolds.write import DELETED, RECORDS, change_folder


@dataclass(frozen=True)
class Merged:
    """A service's tree after the merge, its files with conflicts, and those kept as they were changed by hand.

    ``changed`` are the files that the merge writes, makes or deletes.
    """

    tree: Mapping[str, bytes]
    conflicts: tuple[str, ...]
    kept: tuple[str, ...]
    changed: tuple[str, ...] = ()


def remember(service: str, root: Path, tree: Mapping[str, bytes]) -> None:
    """Keep what was written, as the base of the next merge."""
    packed = {path: base64.b64encode(zlib.compress(data, 9)).decode() for path, data in sorted(tree.items())}
    path = _base(service, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, json.dumps(packed, indent=0) + "\n")


def _base(service: str, root: Path) -> Path:
    return root / RECORDS / f"{service}.base.json"


def remembered(service: str, root: Path) -> dict[str, bytes]:
    """What was written last.

    Raises:
        StranglerError: nothing was.
    """
    try:
        packed = json.loads(_base(service, root).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        hint = f"strangler extract {service}"
        raise StranglerError(f"it is not known what was written for '{service}'", hint=hint) from error
    return {path: zlib.decompress(base64.b64decode(data)) for path, data in packed.items()}


def api_breaks(base: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Finding]:
    """What callers of the service as it was written last would stumble over in the one that would be written now."""
    name = "openapi.json"
    if name not in base or name not in new:
        return []
    hint = "keep the old function beside the new one until all callers have changed, or let it pass with --break-api"
    return [
        Finding("API-BREAK", what, Location(name), hint) for what in breaking(*map(json.loads, (base[name], new[name])))
    ]


def accepting(base: Mapping[str, bytes], new: Mapping[str, bytes], breaks: Iterable[str]) -> dict[str, bytes]:
    """The tree that would be written now, with breaks that were decided on noted for the service's own gate."""
    name, manifest = "openapi.json", "strangler.json"
    earlier = json.loads(base.get(name, b"{}")).get(ACCEPTED, [])
    accepted = sorted({*earlier, *breaks})
    if not accepted or name not in new:
        return dict(new)
    described = json.dumps({**json.loads(new[name]), ACCEPTED: accepted}, indent=2, ensure_ascii=False).encode() + b"\n"
    content = json.loads(new[manifest])
    content["files"][name] = sha256(described).hexdigest()
    return {**new, name: described, manifest: (json.dumps(content, indent=1) + "\n").encode()}


def merge(base: Mapping[str, bytes], new: Mapping[str, bytes], directory: Path) -> Merged:
    """Merge what would be written now into what is there."""
    tree: dict[str, bytes] = {}
    conflicts: list[str] = []
    kept: list[str] = []
    there = {path: (directory / path).read_bytes() for path in _files(directory)}
    for path in sorted({*base, *new, *there}):
        ours, old, theirs = there.get(path), base.get(path), new.get(path)
        if path == "strangler.json" or ours == old:
            result = theirs
        elif theirs in (old, ours):
            result = ours
            kept.append(path)
        else:
            result, clean = _merge_file(ours or b"", old or b"", theirs or b"")
            (kept if clean else conflicts).append(path)
        if result is not None:
            tree[path] = result
    changed = tuple(path for path in sorted({*there, *tree}) if there.get(path) != tree.get(path))
    return Merged(tree, tuple(conflicts), tuple(kept), changed)


def _files(directory: Path) -> list[str]:
    """What a service's folder holds of its own: no history, environment or cache."""
    paths = (path.relative_to(directory) for path in directory.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if not any(map(_is_aside, path.parts)))


def _is_aside(name: str) -> bool:
    return name in {".venv", ".git", "__pycache__"} or name.endswith(("_cache", ".egg-info"))


def _merge_file(ours: bytes, base: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """A three-way merge by git, with conflict markers where both changed the same lines."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("by-hand", "last-time", "now")]
        for path, data in zip(paths, (ours, base, theirs), strict=True):
            path.write_bytes(data)
        labels = [part for path in paths for part in ("-L", path.name)]
        command = ["git", "merge-file", "-p", "--diff3", *labels, *map(str, paths)]
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except OSError as error:
            raise StranglerError("update merges with git, and there is none", hint="install git") from error
    return done.stdout, done.returncode == 0


def write_merged(service: str, root: Path, directory: Path, merged: Merged, new: Mapping[str, bytes]) -> None:
    """Put a merge in the place of the service's files, all at once; what is none of them (``.git``, ``.venv``) stays.

    Raises:
        OutputError: the folder cannot be changed; then nothing was.
    """
    folder = directory.resolve()
    edits = [Edit(f"{folder.name}/{path}", None, merged.tree.get(path, DELETED)) for path in merged.changed]
    change_folder(folder, folder.parent, edits)
    remember(service, root, new)

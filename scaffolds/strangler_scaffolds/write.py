"""Puts an extraction on disk, and takes it back: the monolith's tree is the one before or the one after, never between.

Every top-level folder that changes is built anew beside the old one (unchanged files are hard links), and the two
folders change places in one step of the kernel. What was there is kept in the record, which ``undo`` goes back by.
"""

from __future__ import annotations

import base64
import difflib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from strangler.errors import OutputError
from strangler.files import write_file, write_tree
from strangler.model import Location
from strangler_scaffolds.exchange import exchange
from strangler_scaffolds.extract import Edit, Extraction

RECORDS = ".strangler/extractions"
#: As an edit's content: the file goes.
DELETED = b"\0deleted"


def diff(extraction: Extraction) -> Iterator[str]:
    """The changes in the monolith as a unified diff, line by line."""
    for edit in extraction.edits:
        before = (edit.before or b"").decode("utf-8", "replace").splitlines(keepends=True)
        after = edit.after.decode("utf-8", "replace").splitlines(keepends=True)
        source = f"a/{edit.path}" if edit.before is not None else "/dev/null"
        yield from difflib.unified_diff(before, after, source, f"b/{edit.path}")


def write(extraction: Extraction, root: Path, directory: Path) -> None:
    """Write the service's tree to ``directory`` and the changes into the monolith at ``root``.

    Raises:
        OutputError: ``directory`` holds something else, a file of the monolith has changed since it was read,
            or nothing could be written.
    """
    _require_unchanged(extraction.edits, root)
    write_tree(directory, extraction.tree, replace=_is_ours(directory))
    write_monolith(extraction, root, directory)


def write_monolith(extraction: Extraction, root: Path, directory: Path) -> None:
    """Write the changes into the monolith at ``root`` alone; the service's own folder is ``directory``.

    Raises:
        OutputError: a file of the monolith has changed since it was read, or nothing could be written.
    """
    _require_unchanged(extraction.edits, root)
    _record(extraction, root, directory)
    change(extraction.edits, root)


def undo(service: str, root: Path) -> tuple[list[str], Path]:
    """Bring the monolith back to where it was before the extraction; gives the paths and the service's folder.

    Raises:
        OutputError: there is no such extraction, or a file was changed since.
    """
    record = _read_record(service, root)
    backward = list(_backward(record["edits"], root))
    change(backward, root)
    for kept in (f"{service}.json", f"{service}.base.json"):
        (root / RECORDS / kept).unlink(missing_ok=True)
    return [edit.path for edit in backward], Path(record["directory"])


def directory_of(service: str, root: Path) -> Path:
    """The folder that a service was extracted to.

    Raises:
        OutputError: it was not extracted, or is not there any more.
    """
    directory = root / str(_read_record(service, root)["directory"])
    if not _is_ours(directory):
        raise OutputError(f"there is no service in {directory}", hint="name its folder with -o, or extract it anew")
    return directory


def generated(root: Path) -> frozenset[str]:
    """The files that extractions have put into the monolith at ``root``, by path: clients, and nothing of its own."""
    found: set[str] = set()
    for record in sorted((root / RECORDS).glob("*.json")):
        edits = json.loads(record.read_text(encoding="utf-8")).get("edits", {})
        found.update(path for path, edit in edits.items() if edit["before"] is None)
    return frozenset(found)


def _is_ours(directory: Path) -> bool:
    return (directory / "strangler.json").is_file()


def _require_unchanged(edits: Iterable[Edit], root: Path) -> None:
    for edit in edits:
        path = root / edit.path
        found = path.read_bytes() if path.is_file() else None
        if found != edit.before and found != edit.after:
            hint = "run the command again" if edit.before is not None else "move it away, or name the package otherwise"
            raise OutputError(f"{edit.path} is not as it was read", hint=hint, location=Location(edit.path))


def _record(extraction: Extraction, root: Path, directory: Path) -> None:
    """Note what every changed file was; of an earlier extraction of the same service, the first state counts."""
    path = root / RECORDS / f"{extraction.service}.json"
    earlier = json.loads(path.read_text(encoding="utf-8"))["edits"] if path.is_file() else {}
    edits = dict(earlier)
    for edit in extraction.edits:
        first = earlier.get(edit.path, {}).get("before", _packed(edit.before))
        edits[edit.path] = {"before": first, "after": _digest(edit.after)}
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"service": extraction.service, "directory": os.path.relpath(directory, root), "edits": edits}
    write_file(path, json.dumps(content, indent=1, sort_keys=True) + "\n")


def _packed(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _read_record(service: str, root: Path) -> dict[str, Any]:
    path = root / RECORDS / f"{service}.json"
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"there is no record of an extraction of '{service}'", hint=f"it would be {path}") from error
    return record


def _backward(edits: Mapping[str, Mapping[str, str | None]], root: Path) -> Iterator[Edit]:
    dirty = []
    for path, edit in sorted(edits.items()):
        found = (root / path).read_bytes() if (root / path).is_file() else None
        before = None if edit["before"] is None else base64.b64decode(edit["before"])
        if found == before:
            continue
        if found is None or _digest(found) != edit["after"]:
            dirty.append(path)
        else:
            yield Edit(path, found, before if before is not None else DELETED)
    if dirty:
        hint = "commit or set aside your own changes to these files first: " + ", ".join(dirty)
        raise OutputError("the extraction cannot be undone, files were changed since", hint=hint)


def change(edits: Sequence[Edit], root: Path) -> None:
    """Make all edits appear at once, one exchange for each top-level folder that has any."""
    by_folder: dict[str, list[Edit]] = {}
    for edit in edits:
        by_folder.setdefault(_unit(edit.path), []).append(edit)
    for folder, changes in sorted(by_folder.items()):
        if folder:
            change_folder(root / folder, root, changes)
        else:
            for edit in changes:
                write_file(root / edit.path, edit.after)


def _unit(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""


def change_folder(folder: Path, root: Path, edits: Sequence[Edit]) -> None:
    """Make the edits in one folder below ``root`` appear at once; all else in it (links, a ``.git``) stays as it is.

    Raises:
        OutputError: it cannot be changed; then nothing was.
    """
    staging = folder.with_name(f".{folder.name}.strangler-{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        shutil.copytree(folder, staging, copy_function=_link, symlinks=True)
        for edit in edits:
            _put(staging / Path(edit.path).relative_to(folder.relative_to(root)), edit)
        exchange(staging, folder)
    except OSError as error:
        raise OutputError(f"cannot change {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _link(source: str, target: str) -> str:
    os.link(source, target, follow_symlinks=False)
    return target


def _put(path: Path, edit: Edit) -> None:
    if edit.after == DELETED:
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if any(parent.iterdir()):
                return
            parent.rmdir()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o7777 if path.exists() else 0o644
    path.unlink(missing_ok=True)  # a hard link: writing into it would change the tree in use
    path.write_bytes(edit.after)
    path.chmod(mode)

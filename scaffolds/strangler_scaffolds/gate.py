"""Compares the service's openapi.json with an earlier one, and says what present callers would stumble over.

    python ci/api_gate.py [--against REVISION] [--base FILE] [FILE]

Without an option the earlier one is that of the last tag, or of the commit where this branch left the main branch. A
break that was decided on is listed, as it is printed, under `x-accepted-breaks` in openapi.json. Exit 0: callers go on;
1: they would stumble; 2: there is no history, or something cannot be read. Needs the standard library and git.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]
ACCEPTED = "x-accepted-breaks"


def breaking(old: Schema, new: Schema) -> list[str]:
    """What a caller written for ``old`` would stumble over in ``new``, one line each, but for what ``new`` accepts."""
    found = []
    for path, item in old["paths"].items():
        if path not in new["paths"]:
            found.append(f"{path} is gone")
        else:
            found += [f"{path}: {what}" for what in _broken(item["post"], new["paths"][path]["post"], old, new)]
    accepted = set(new.get(ACCEPTED, ()))
    return [what for what in found if what not in accepted]


def _broken(old: Schema, new: Schema, old_document: Schema, new_document: Schema) -> list[str]:
    before, after = _arguments_of(old), _arguments_of(new)
    sent, taken = before["properties"], after["properties"]
    found = [f"argument {name} is gone" for name in sent if name not in taken]
    found += [f"argument {name} is required now" for name in after["required"] if name not in before["required"]]
    takes = _Comparison(new_document, old_document)
    found += [
        f"argument {name} no longer takes what it took"
        for name in sent
        if name in taken and not takes.covers(taken[name], sent[name])
    ]
    expected, given = (_json_of(side["responses"]["200"])["properties"]["result"] for side in (old, new))
    gives = _Comparison(old_document, new_document).covers(expected, given)
    return found if gives else [*found, "the result is no longer what it was"]


def _arguments_of(operation: Schema) -> Schema:
    arguments: Schema = _json_of(operation["requestBody"])["properties"]["arguments"]
    return arguments


def _json_of(part: Schema) -> Schema:
    schema: Schema = part["content"]["application/json"]["schema"]
    return schema


class _Comparison:
    """Whether every value that fits a schema of one document (``narrow``) also fits one of another (``wide``)."""

    def __init__(self, wide: Schema, narrow: Schema) -> None:
        self._wide = wide
        self._narrow = narrow
        self._seen: set[tuple[str, str]] = set()

    def covers(self, wide: Schema, narrow: Schema) -> bool:
        """Where either schema says nothing, nothing is known to break."""
        pair = (wide.get("$ref", ""), narrow.get("$ref", ""))
        if pair in self._seen:
            return True  # a class that holds itself
        if any(pair):
            self._seen.add(pair)
            return self.covers(_resolved(wide, self._wide), _resolved(narrow, self._narrow))
        if not wide or not narrow:
            return True
        if "anyOf" in narrow:
            return all(self.covers(wide, option) for option in narrow["anyOf"])
        if "anyOf" in wide:
            return any(self.covers(option, narrow) for option in wide["anyOf"])
        return _types(narrow) <= _types(wide) and self._parts_fit(wide, narrow)

    def _parts_fit(self, wide: Schema, narrow: Schema) -> bool:
        if "const" in wide and wide["const"] != narrow.get("const"):
            return False
        items = zip(wide.get("prefixItems", ()), narrow.get("prefixItems", ()), strict=False)
        parts = [*items, (wide.get("items", {}), narrow.get("items", {}))]
        parts.append((_or_anything(wide), _or_anything(narrow)))
        return all(self.covers(*part) for part in parts) and self._members_fit(wide, narrow)

    def _members_fit(self, wide: Schema, narrow: Schema) -> bool:
        """Members are read one by one: each that is expected must be there, more do no harm unless they are refused."""
        expected, there = wide.get("properties", {}), narrow.get("properties", {})
        if wide.get("additionalProperties") is False and there.keys() - expected.keys():
            return False
        return all(name in there and self.covers(schema, there[name]) for name, schema in expected.items())


def _types(schema: Schema) -> set[str]:
    stated = schema.get("type", ())
    types = {stated} if isinstance(stated, str) else set(stated)
    return types | {"integer"} if "number" in types else types


def _or_anything(schema: Schema) -> Schema:
    more = schema.get("additionalProperties", {})
    return more if isinstance(more, Mapping) else {}


def _resolved(schema: Schema, document: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = document.get("components", {}).get("schemas", {}).get(schema["$ref"].rpartition("/")[2], {})
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Compare and print; the status is the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=Path("openapi.json"), metavar="FILE")
    earlier = parser.add_mutually_exclusive_group()
    earlier.add_argument(
        "--against", metavar="REVISION", help="a branch, tag or commit; what it and HEAD have in common"
    )
    earlier.add_argument("--base", type=Path, metavar="FILE", help="the earlier description as a file")
    options = parser.parse_args(words)
    try:
        name, text = _earlier(options.file, options.against, options.base)
        found = breaking(json.loads(text), json.loads(options.file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, LookupError) as error:
        sys.stderr.write(f"api_gate: {error}\n")
        return 2
    sys.stdout.write("".join(f"{options.file}: {what}\n" for what in found))
    sys.stdout.write(f"{len(found)} breaks since {name}\n")
    return 1 if found else 0


def _earlier(file: Path, against: str | None, base: Path | None) -> tuple[str, str]:
    if base is not None:
        return str(base), base.read_text(encoding="utf-8")
    revision = _shared(file, against) if against else _last(file)
    if not revision:
        raise LookupError(f"no history to compare with: {against or 'no tag and no main branch'} (fetch it, or --base)")
    # One that had no description yet promised nothing.
    return revision, _git(file, "show", f"{revision}:./{file.name}") or '{"paths": {}}'


def _shared(file: Path, revision: str) -> str:
    """Where this branch left another one; on that branch itself, the commit before."""
    shared, here = (_git(file, *words).strip() for words in (("merge-base", revision, "HEAD"), ("rev-parse", "HEAD")))
    return shared if shared != here else _git(file, "rev-parse", "--verify", "--quiet", "HEAD^").strip() or here


def _last(file: Path) -> str:
    """The last tag before this commit, else where the branch left the main one."""
    tag = _git(file, "describe", "--tags", "--abbrev=0", "HEAD").strip()
    branches = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
    return tag or next((shared for branch in branches if (shared := _shared(file, branch))), "")


def _git(file: Path, *words: str) -> str:
    folder = file.resolve().parent
    return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main())

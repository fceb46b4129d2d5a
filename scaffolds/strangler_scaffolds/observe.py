"""Runs the monolith by the user's command, and reports what was seen of calls into the plan's seams."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strangler.analysis import Analysis
from strangler.errors import StranglerError
from strangler.plan import Plan
from strangler_scaffolds.proof.runs import add_probes, lay_out_probes
from strangler_scaffolds.territory import survey


@dataclass(frozen=True)
class Observed:
    """What was seen of one function: types by how often, never values.

    ``most_calls`` is the highest number of calls within one test, ``uncommitted`` the calls made while the caller held
    uncommitted work, ``changed`` the arguments that the function changed.
    """

    ref: str
    calls: int
    most_calls: int
    uncommitted: int
    arguments: Mapping[str, Mapping[str, int]]
    returns: Mapping[str, int]
    raises: Mapping[str, int]
    changed: tuple[str, ...]


def observe(analysis: Analysis, plan: Plan, root: Path, command: Sequence[str]) -> tuple[int, list[Observed]]:
    """Run ``command`` in the monolith's folder; gives its exit status and what was seen, by function.

    Raises:
        StranglerError: the plan has no service with code, or the command cannot be started.
    """
    seams = [sorted(survey(analysis, plan, name).moved) for name, service in plan.services.items() if service.modules]
    if not seams:
        raise StranglerError("the plan has no service with code to observe", hint="strangler plan accept SEAM")
    with tempfile.TemporaryDirectory(prefix="strangler-observe-") as folder:
        scratch = Path(folder)
        lay_out_probes(scratch)
        out = scratch / "out"
        out.mkdir()
        settings = scratch / "observe.json"
        settings.write_text(json.dumps({"seams": [{"moved": moved} for moved in seams]}))
        environment = {**os.environ, "STRANGLER_PROBE_OUT": str(out), "STRANGLER_OBSERVE": str(settings)}
        add_probes(environment, scratch / "probes")
        try:
            status = subprocess.run(list(command), cwd=root, env=environment, check=False).returncode
        except OSError as error:
            raise StranglerError(f"cannot run {command[0]}: {error.strerror}") from error
        return status, summarise(_records(out))


def _records(out: Path) -> list[dict[str, Any]]:
    lines = [line for path in sorted(out.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [record for record in map(json.loads, lines) if record["kind"] == "seen"]


def summarise(records: Iterable[Mapping[str, Any]]) -> list[Observed]:
    """One value per function, by ref."""
    by_ref: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        by_ref.setdefault(record["ref"], []).append(record)
    return [_summary(ref, seen) for ref, seen in sorted(by_ref.items())]


def _summary(ref: str, seen: list[Mapping[str, Any]]) -> Observed:
    names = sorted({name for record in seen for name in record["arguments"]})
    return Observed(
        ref=ref,
        calls=len(seen),
        most_calls=max(Counter(record["test"] for record in seen).values()),
        uncommitted=sum(record["uncommitted"] for record in seen),
        arguments={name: _counted(r["arguments"].get(name, "") for r in seen) for name in names},
        returns=_counted(record["returns"] for record in seen),
        raises=_counted(record["raises"] for record in seen),
        changed=tuple(sorted({name for record in seen for name in record["changed"]})),
    )


def _counted(kinds: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(kind for kind in kinds if kind).items()))

"""Runs the monolith by the user's command, and reports what was seen of calls into the plan's seams."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from strangler.analysis import Analysis
from strangler.errors import StranglerError
from strangler.plan import Plan
from strangler_scaffolds.proof.runs import add_probes, lay_out_probes
from strangler_scaffolds.seen import Observed, summarise
from strangler_scaffolds.territory import survey


def observe(
    analysis: Analysis, plan: Plan, root: Path, command: Sequence[str], *, samples: bool = True
) -> tuple[int, list[Observed]]:
    """Run ``command`` in the monolith's folder; gives its exit status and what was seen, by function.

    Args:
        analysis: says which modules lie in the seams.
        plan: names the seams.
        root: the monolith's folder.
        command: the user's own command.
        samples: whether a few calls are kept as examples, redacted.

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
        packages = sorted({name.partition(".")[0] for moved in seams for name in moved})
        said = {"seams": [{"moved": moved} for moved in seams], "packages": packages, "samples": samples}
        settings.write_text(json.dumps(said))
        environment = {**os.environ, "STRANGLER_PROBE_OUT": str(out), "STRANGLER_OBSERVE": str(settings)}
        add_probes(environment, scratch / "probes")
        try:
            # What the command prints goes to standard error: our own standard output is for our result.
            status = subprocess.run(list(command), cwd=root, env=environment, stdout=2, check=False).returncode
        except OSError as error:
            raise StranglerError(f"cannot run {command[0]}: {error.strerror}") from error
        return status, summarise(_records(out))


def _records(out: Path) -> list[dict[str, Any]]:
    lines = [line for path in sorted(out.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [record for record in map(json.loads, lines) if record["kind"] == "seen"]

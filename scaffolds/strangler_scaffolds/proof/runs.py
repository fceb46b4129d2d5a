"""Runs the monolith's test command once, with probes beside it, and reads what they saw."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from strangler.errors import StranglerError
from strangler_scaffolds.proof.records import read_records
from strangler_scaffolds.proof.verdict import Phase

_LEFT_OUT = (
    ".git",
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    ".strangler",
    ".tox",
    ".mypy_cache",
    ".pytest_cache",
)
TITLES = {
    "A": "the monolith as it was",
    "A2": "the monolith as it was, again",
    "B": "through the client, locally",
    "C": "through the codec, in one process",
    "D": "against the real service, over HTTP",
    "H": "against a service with a fault",
}
# Of what a run printed this many bytes are kept with the proof: the failures stand at the end.
_LONGEST = 100_000
_PHASES = {"A": "", "A2": "", "B": "local", "C": "loopback", "D": "remote", "H": "remote"}


@dataclass(frozen=True)
class Bench:
    """Where runs happen: a scratch folder with the probes, and how the tests are started."""

    scratch: Path
    command: tuple[str, ...]
    client: str
    settings: Mapping[str, Any]

    @property
    def probes(self) -> Path:
        """The folder that goes on the import path."""
        return self.scratch / "probes"


def prepare(scratch: Path, command: str, client: str, settings: Mapping[str, Any]) -> Bench:
    """Lay out the probes in ``scratch``."""
    lay_out_probes(scratch)
    return Bench(scratch, tuple(shlex.split(command)), client, settings)


def lay_out_probes(scratch: Path) -> None:
    """Copy the probes to where a run can import them."""
    with as_file(files("strangler_scaffolds") / "runtime") as runtime:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(runtime, scratch / "probes" / "strangler_probes" / "_runtime", ignore=ignored)
    with as_file(files("strangler_scaffolds") / "probes") as source:
        ignored = shutil.ignore_patterns("start", "__pycache__")
        shutil.copytree(source, scratch / "probes" / "strangler_probes", ignore=ignored, dirs_exist_ok=True)
        shutil.copytree(source / "start", scratch / "probes" / "start", ignore=shutil.ignore_patterns("__pycache__"))


def copy_tree(root: Path, target: Path, *, but: Sequence[str] = ()) -> Path:
    """A copy of the monolith to run in, without what no test needs and without the top-level folders in ``but``."""
    everywhere = shutil.ignore_patterns(*_LEFT_OUT)

    def ignored(folder: str, names: list[str]) -> set[str]:
        return everywhere(folder, names) | (set(but) & set(names) if Path(folder) == root else set())

    shutil.copytree(root, target, ignore=ignored, symlinks=True)
    return target


def run(bench: Bench, tree: Path, name: str, *, only: Sequence[str] = (), **settings: Any) -> Phase:
    """Run the tests once in ``tree`` as the phase ``name`` (a key of ``TITLES``).

    Args:
        bench: probes and command.
        tree: the folder the command is run in.
        name: which phase.
        only: ids of the tests to run, stopping at the first failure; empty for all.
        settings: settings for the probes that differ in this run.

    Raises:
        StranglerError: the command cannot be started.
    """
    out = bench.scratch / f"{name}-{len(list(bench.scratch.glob('*.log')))}"
    out.mkdir()
    log = out.with_suffix(".log")
    environment = _environment(bench, out, name, settings)
    started = time.monotonic()
    try:
        with log.open("wb") as stream:
            command = [*bench.command, *([_stop(bench.command), *only] if only else [])]
            subprocess.run(command, cwd=tree, env=environment, stdout=stream, stderr=subprocess.STDOUT, check=False)
    except OSError as error:
        hint = "set monolith.test in the plan to a command that works in the monolith's folder"
        raise StranglerError(f"cannot run {shlex.join(bench.command)}: {error.strerror}", hint=hint) from error
    seen = read_records(out)
    seconds = time.monotonic() - started
    return Phase(
        name, TITLES[name], seen.vector, seen.ways, seen.reasons, seconds, _said(log, out), _last_words(log), seen.met
    )


def _said(log: Path, out: Path) -> str:
    """The end of the run's output and of that of each service process that it started."""
    return "".join(f"== {one.name}\n{_tail(one)}\n" for one in [log, *sorted(out.glob("*.log"))])


def _tail(log: Path) -> str:
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - _LONGEST))
        return stream.read().decode("utf-8", "replace").rstrip()


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:200]


def _stop(command: Sequence[str]) -> str:
    """What stops the runner at the first failure: pytest has a word of its own, unittest and Django share theirs."""
    return "-x" if any("pytest" in word or "py.test" in word for word in command) else "--failfast"


def add_probes(environment: dict[str, str], probes: Path) -> None:
    """Let every Python process that gets ``environment`` load the probes."""
    path = [str(probes / "start"), str(probes), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(entry for entry in path if entry)
    environment["PYTEST_ADDOPTS"] = f"{environment.get('PYTEST_ADDOPTS', '')} -p strangler_probes.outcomes".strip()


def _environment(bench: Bench, out: Path, name: str, settings: Mapping[str, Any]) -> dict[str, str]:
    environment = {**os.environ, "STRANGLER_PROBE_OUT": str(out), "PYTHONDONTWRITEBYTECODE": "1"}
    add_probes(environment, bench.probes)
    if _PHASES[name]:
        written = out.with_suffix(".json")
        said = {**bench.settings, **settings, "phase": _PHASES[name], "probe_root": str(bench.probes), "logs": str(out)}
        said["follow_lines"] = name == "D"
        written.write_text(json.dumps(said))
        environment |= {"STRANGLER_PROVE": str(written), "STRANGLER_HOOKS": "strangler_probes.bridge:attach"}
    return environment

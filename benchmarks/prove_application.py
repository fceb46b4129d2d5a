"""Takes a service out of a real application and proves it, and prints every figure with the step's time.

    python benchmarks/prove_application.py DIRECTORY --plan FILE --service NAME [--python PATH] [--phases ABCDH]

The application is copied first; nothing is written to DIRECTORY. PATH is the Python of an environment in which the
application's own tests run (it comes first on the path, so that the plan can say ``python -m pytest``). Plans that
were tried are in benchmarks/applications. Printed are the commit, the digest of the baseline's result vector, the
crossings by verdict, each refusal and waiver with its place and reason, what the service's own checks say, every phase
of the proof, and the seconds of each step; the figures of all that come last.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from figures import Figure, report, status

STRANGLER = (sys.executable, "-m", "strangler")


def main() -> None:
    """Extract, check and prove what the command line names."""
    options = _arguments()
    prove(options)


def prove(options: argparse.Namespace) -> None:
    """Extract, check and prove a copy; print a line for each step and report the figures."""
    with tempfile.TemporaryDirectory(prefix="prove-application-") as folder:
        scratch = options.keep or Path(folder)
        root = scratch / options.name
        ignored = shutil.ignore_patterns(".git", "node_modules", ".venv", "__pycache__", ".strangler")
        shutil.copytree(options.directory, root, ignore=ignored, symlinks=True)
        shutil.copy(options.plan, root / "strangler.yaml")
        bench = Bench(root, options.service, options.python, options.directory)
        say("application", f"{options.name} at commit {options.commit or _commit(options.directory)}")
        for figure in run(bench, options):
            report(figure)


def _arguments() -> argparse.Namespace:
    return arguments(sys.argv[1:])


def arguments(words: list[str]) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--service", required=True)
    parser.add_argument("--name", help="what the application is called (default: as DIRECTORY is)")
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--commit", help="what is printed as the commit (default: what git says of DIRECTORY)")
    parser.add_argument("--phases", default="ABCDH")
    parser.add_argument("--mutants", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a new folder in which everything is left")
    options = parser.parse_args(words)
    options.directory = options.directory.resolve()
    options.name = options.name or options.directory.name
    if options.keep:
        options.keep.mkdir(parents=True)
        options.keep = options.keep.resolve()
    return options


class Bench:
    """One application, one service, and how commands are run on them; ``before`` is the application as it was."""

    def __init__(self, root: Path, service: str, python: Path, before: Path) -> None:
        self.root = root
        self.before = before
        self.service = service
        self.directory = root / "services" / service
        self.python = Path(os.path.abspath(python))  # noqa: PTH100 - a link into an environment must stay one
        path = os.pathsep.join((str(self.python.parent), str(Path(sys.executable).parent), os.environ["PATH"]))
        self.environment = {**os.environ, "PATH": path}

    def strangler(self, *words: str) -> tuple[int, Any]:
        """Run a command of ours with ``--json``; gives its status and what it printed."""
        began = time.monotonic()
        done = self._run([*STRANGLER, *words, "--json"], self.root)
        say("seconds", f"{time.monotonic() - began:.1f} for strangler {' '.join(words[:2])}")
        if done.returncode > 1:
            sys.exit(f"strangler {' '.join(words)}: {done.stderr[-2000:]}")
        return done.returncode, json.loads(done.stdout)

    def check(self, name: str, *words: str) -> int | None:
        """Run a check in the service's folder and say how it ended; its exit status, None if it is not installed."""
        try:
            done = self._run(list(words), self.directory)
        except FileNotFoundError:
            say(name, "NOT RUN: it is not installed")
            return None
        lines = done.stdout.strip().splitlines()
        say(name, f"exit {done.returncode}: {lines[-1] if lines else 'nothing to say'}")
        return done.returncode

    def _run(self, command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, check=False, errors="replace"
        )


def run(bench: Bench, options: argparse.Namespace) -> Iterator[Figure]:
    """All steps, in the order of a user, and their figures."""
    name = f"{options.name}, {bench.service}"
    bench.strangler("analyze", ".", "-o", ".strangler-analysis.json", "--format", "json")
    document = ("--analysis", ".strangler-analysis.json")
    _, crossings = bench.strangler("extract", bench.service, "--check", *document)
    _tell_crossings(crossings)
    refused = sum(c["verdict"] == "refuse" and not c["waived"] for c in crossings["crossings"])
    yield Figure("scaffolds", f"{name}: crossings refused and not waived", refused, target=0)
    status, extracted = bench.strangler("extract", bench.service, *document)
    if status:
        say("refused", "nothing was written")
        return
    yield from _extraction(name, bench, extracted)
    words = ["prove", bench.service, "--phases", options.phases, "--mutants", str(options.mutants)]
    _, proof = bench.strangler(*words, "--python", str(bench.python))
    _tell_proof(proof)
    yield from _proof(name, proof)


CHECKS = {
    "ruff": ("ruff", "check", "."),
    "mypy": ("mypy",),
    "hadolint": ("hadolint", "Dockerfile"),
    "the service's own tests": ("python", "-m", "pytest", "-q"),
}


def _tell_crossings(crossings: Mapping[str, Any]) -> None:
    say("crossings", _counted(crossings["verdicts"]))
    rules = Counter((c["verdict"], c["rule"]) for c in crossings["crossings"])
    for (verdict, rule), count in sorted(rules.items()):
        say("rule", f"{verdict} {rule} {count}")
    for crossing in crossings["crossings"]:
        place = "{path}:{line}".format_map(crossing["location"])
        if crossing["verdict"] == "refuse":
            say("REFUSED", f"{crossing['rule']} {place} {crossing['message']}")
        elif crossing["waived"]:
            say("waived", f"{crossing['rule']} {place} {crossing['message']}")


def _extraction(name: str, bench: Bench, extracted: Mapping[str, Any]) -> Iterator[Figure]:
    origins = Counter(extracted["domain"].values())
    domain = bench.directory / f"{bench.service.replace('-', '_')}_service" / "domain"
    # What an extraction changes on purpose it says: code in part, an alembic.ini, clients of other services.
    whole = [path for path, origin in extracted["domain"].items() if origin in ("moved", "shared", "data")]
    changed = [path for path in whole if not _is_same(domain / path, bench.before, path)]
    say("files", f"{_counted(origins)}; not byte-identical: {', '.join(changed) or 'none'}")
    say("monolith", f"{len(extracted['changed'])} files changed, {len(extracted['added'])} added")
    say("entries", ", ".join(f"{ref} ({kind})" for ref, kind in extracted["entries"].items()) or "none")
    yield Figure("scaffolds", f"{name}: moved files that are other bytes, of {len(whole)}", len(changed))
    ended = {check: bench.check(check, *words) for check, words in CHECKS.items()}
    ran = [check for check, status in ended.items() if status is not None]
    failed = sum(bool(ended[check]) for check in ran)
    yield Figure("scaffolds", f"{name}: failed of the service's {', '.join(ran)}", failed, target=0)


def _is_same(moved: Path, root: Path, path: str) -> bool:
    return any(
        (base / path).is_file() and (base / path).read_bytes() == moved.read_bytes() for base in (root, root / "src")
    )


def _tell_proof(proof: Mapping[str, Any]) -> None:
    for phase in proof["phases"]:
        figures = f"{phase['tests']} tests ({_counted(phase['outcomes'])}), vector {phase['digest']}"
        say(f"phase {phase['phase']}", f"{figures}, differences {len(phase['differences'])}; {_counted(phase['ways'])}")
        for difference in phase["differences"]:
            say("difference", f"{difference['test']}: {difference['before']} → {difference['now']}")
    say("flaky", ", ".join(proof["flaky"]) or "none")
    for test, reason in proof["local_only"].items():
        say("local-only", f"{test}: {reason}")
    for mutant in proof["mutants"]:
        if not mutant["killed_by"]:
            by = f"{mutant['met_by']} tests run this code"
            say("survived", f"{mutant['path']}:{mutant['line']} {mutant['what']} ({by})")
    say("holds", str(proof["holds"]))


def _proof(name: str, proof: Mapping[str, Any]) -> Iterator[Figure]:
    phases = proof["phases"]
    vector = phases[0]["digest"] if phases else "none"
    differing = sum(len(phase["differences"]) for phase in phases)
    tests = max((phase["tests"] for phase in phases), default=0)
    measure = f"{name}: outcomes that differ in phases {' '.join(phase['phase'] for phase in phases)}"
    yield Figure("scaffolds", measure, differing, peer=f"{tests:,} tests, vector {vector}", target=0)
    if proof["touching"]:
        share = 100 * proof["local_only_share"]
        peer = f"{proof['touching']:,} tests that reach the seam"
        yield Figure("scaffolds", f"{name}: tests that ran with local code only", share, "%", peer, floor=10, target=5)
    if mutants := proof["mutants"]:
        rate = sum(bool(mutant["killed_by"]) for mutant in mutants) / len(mutants)
        peer = f"{len(mutants)} faults"
        yield Figure("scaffolds", f"{name}: faults noticed", rate, "", peer, floor=0.8, target=0.95, higher=True)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


def _commit(directory: Path) -> str:
    command = ["git", "-C", str(directory), "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def say(what: str, text: str) -> None:
    """One line of the account."""
    print(f"{what}: {text}", flush=True)


if __name__ == "__main__":
    main()
    sys.exit(status())

"""The phases of a proof, one after the other, in copies of the monolith."""

from __future__ import annotations

import ast
import base64
import contextlib
import json
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from strangler.errors import StranglerError
from strangler.files import require_free, write_file
from strangler.plan import Plan, RoutePattern
from strangler_scaffolds.proof.mutants import Mutant, mutants_of
from strangler_scaffolds.proof.runs import Bench, copy_tree, prepare, run
from strangler_scaffolds.proof.runtime import require_framework, service_python
from strangler_scaffolds.proof.verdict import MutantResult, Phase, Proof
from strangler_scaffolds.write import RECORDS

Told = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How much is proven: the phases by letter, how many mutants, drawn by which seed, and the limits that must hold.

    ``keep`` is a new folder in which trees and logs are left for a closer look.
    """

    phases: str = "ABCDH"
    mutants: int = 20
    seed: int = 1
    local_only_ceiling: float = 0.10
    kill_floor: float = 0.80
    python: str | None = None
    keep: Path | None = None


def prove(plan: Plan, service: str, root: Path, options: Options, tell: Told) -> Proof:
    """Run the monolith's own tests in every way that ``options`` names, and compare.

    Args:
        plan: names the test command.
        service: which service; it must have been extracted.
        root: the monolith's folder, with the extraction written into it.
        options: what to run.
        tell: is told what begins, and how it ended.

    Raises:
        StranglerError: the service was not extracted, the plan names no test command, or it cannot be run.
    """
    record = _record(service, root)
    command = plan.monolith.test
    if not command:
        hint = 'for example: strangler plan set monolith.test "python -m pytest -q"'
        raise StranglerError("the plan does not say how the monolith is tested", hint=hint)
    with _scratch(options.keep) as folder:
        scratch = Path(folder)
        stage = _Stage(plan, service, root, record, scratch, options)
        bench = prepare(scratch, command, stage.client, stage.settings())
        proof = Proof(service, (), (), options.local_only_ceiling, options.kill_floor, _commit(root))
        for phase in _phases(stage, bench, options, tell):
            proof = replace(proof, phases=(*proof.phases, phase))
            tell(proof.ended(phase))
        if "H" not in options.phases or proof.remote is None:
            return proof
        return _with_mutants(proof, stage, bench, options, tell)


def _scratch(keep: Path | None) -> contextlib.AbstractContextManager[str]:
    if keep is None:
        return tempfile.TemporaryDirectory(prefix="strangler-prove-", ignore_cleanup_errors=True)
    require_free(keep)
    keep.mkdir(parents=True, exist_ok=True)
    return contextlib.nullcontext(str(keep.resolve()))


def _record(service: str, root: Path) -> dict[str, Any]:
    path = root / RECORDS / f"{service}.json"
    if not path.is_file():
        raise StranglerError(f"service '{service}' was not extracted", hint=f"strangler extract {service}")
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


class _Stage:
    """The folders and settings of one proof."""

    def __init__(
        self, plan: Plan, service: str, root: Path, record: dict[str, Any], scratch: Path, options: Options
    ) -> None:
        self._plan = plan
        self._service = service
        self.directory = (root / record["directory"]).resolve()
        self.manifest = json.loads((self.directory / "strangler.json").read_text(encoding="utf-8"))
        host = self.manifest.get("host") or {}
        require_framework(shlex.split(plan.monolith.test or ""), host.get("framework", ""), root)
        self.package = f"{service.replace('-', '_')}_service"
        self.client = _client_folder(service, record)
        but = _folder_inside(self.directory, root.resolve())
        self.extracted = copy_tree(root, scratch / "extracted", but=but)
        self.before = copy_tree(root, scratch / "before", but=but)
        _restore(self.before, record["edits"])
        is_run = "D" in options.phases  # the others need no environment for the service, and none is made
        self._python = service_python(self.directory, options.python or plan.monolith.python) if is_run else ""

    def settings(self) -> dict[str, Any]:
        modules = {kind: sorted(self._modules(kind)) for kind in ("moved", "shared")}
        routes = [_route(route) for route in self._plan.services[self._service].routes]
        host = self.manifest.get("host") or {}
        return {
            **modules,
            "routes": routes,
            "client": import_name(self.client, self._plan.monolith.packages),
            "package": self.package,
            "django_settings": host.get("module") if host.get("framework") == "django" else None,
            "service_root": str(self.directory),
            "service_python": self._python,
        }

    def _modules(self, origin: str) -> Iterator[str]:
        for path, file in self.manifest["domain"].items():
            if file["origin"] == origin and path.endswith(".py"):
                yield path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def moved_files(self) -> dict[str, bytes]:
        """Path below the service's folder → content of each moved file."""
        prefix = f"{self.package}/domain/"
        paths = [prefix + path for path, file in self.manifest["domain"].items() if file["origin"] == "moved"]
        return {path: (self.directory / path).read_bytes() for path in sorted(paths)}


def _client_folder(service: str, record: Mapping[str, Any]) -> str:
    found = [path for path in record["edits"] if path.endswith("/_binding.py")]
    if not found:
        hint = f"remove the client's folder and run strangler extract {service} again"
        raise StranglerError(f"the record of the extraction of '{service}' does not hold its client", hint=hint)
    folder: str = found[0].removesuffix("/_binding.py")
    return folder


def import_name(folder: str, packages: Sequence[str]) -> str:
    """The dotted name of a folder below one of the monolith's packages, wherever its source root is."""
    parts = folder.split("/")
    tops = {package.partition(".")[0] for package in packages}
    start = next((index for index, part in enumerate(parts) if part in tops), 0)
    return ".".join(parts[start:])


def _folder_inside(directory: Path, root: Path) -> list[str]:
    """The top-level folder of the monolith that services lie in, which no test needs, if it is one."""
    if not directory.is_relative_to(root):
        return []
    parts = directory.relative_to(root).parts
    return [parts[0]] if len(parts) > 1 else []


def _restore(tree: Path, edits: Mapping[str, Mapping[str, str | None]]) -> None:
    for path, edit in edits.items():
        if edit["before"] is None:
            (tree / path).unlink(missing_ok=True)
        else:
            write_file(tree / path, base64.b64decode(edit["before"]))


def _route(route: RoutePattern) -> dict[str, Any]:
    return {"pattern": route_regex(route.path), "methods": list(route.methods) if route.methods else None}


def route_regex(path: str) -> str:
    """The regular expression of a route's path template: ``{name}`` one segment, ``*`` a part of one, ``**`` any."""
    parts = re.split(r"(/\*\*|\*\*|\*|\{[^}]*\})", path)
    meaning = {"/**": "(?:/.*)?", "**": ".*", "*": "[^/]*"}
    return "".join(meaning.get(p, "[^/]+" if p.startswith("{") else re.escape(p)) for p in parts)


def _phases(stage: _Stage, bench: Bench, options: Options, tell: Told) -> Iterator[Phase]:
    wanted = [("A", stage.before), ("A2", stage.before)]
    wanted += [(name, stage.extracted) for name in "BCD" if name in options.phases]
    for name, tree in wanted:
        tell(f"{name}: tests, {TITLES_OF[name]}")
        phase = run(bench, tree, name)
        yield phase
        if not phase.vector:
            return  # a command that runs no test proves nothing, however often it is repeated


TITLES_OF = {"A": "as they were", "A2": "once more", "B": "through the client", "C": "through the codec", "D": "remote"}


def _with_mutants(proof: Proof, stage: _Stage, bench: Bench, options: Options, tell: Told) -> Proof:
    files = stage.moved_files()
    drawn = mutants_of(files, callable_lines(files), count=options.mutants, seed=options.seed)
    results = []
    for number, mutant in enumerate(drawn, 1):
        tell(f"H: fault {number} of {len(drawn)}: {mutant.path.rpartition('/')[2]}:{mutant.line} {mutant.what}")
        results.append(_try(mutant, stage, bench, proof))
        tell(f"H: noticed by {results[-1].fate}")
    return replace(proof, mutants=tuple(results))


def callable_lines(files: Mapping[str, bytes]) -> dict[str, Sequence[range]]:
    """Path → the lines of each function in it."""
    found: dict[str, Sequence[range]] = {}
    for path, data in files.items():
        functions = [n for n in ast.walk(ast.parse(data)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        found[path] = [range(n.lineno, (n.end_lineno or n.lineno) + 1) for n in functions]
    return found


def _try(mutant: Mutant, stage: _Stage, bench: Bench, proof: Proof) -> MutantResult:
    """Run the tests that run the code in question against a service with a fault in it, until one of them notices."""
    tests = _meeting(mutant, proof)
    noticed: list[str] = []
    if tests:
        with tempfile.TemporaryDirectory(prefix="mutant-", dir=bench.scratch) as folder:
            service = copy_tree(stage.directory, Path(folder) / "service")
            (service / mutant.path).write_bytes(mutant.data)
            phase = run(bench, stage.extracted, "H", only=tests, service_root=str(service))
        noticed = [test for test, outcome in phase.vector.items() if outcome != proof.baseline.vector.get(test)]
    return MutantResult(mutant.path, mutant.line, mutant.what, tuple(sorted(noticed)), len(tests))


def _meeting(mutant: Mutant, proof: Proof) -> list[str]:
    """The tests that run a line of the mutant's; all that reach the service, if a line was run between the tests."""
    assert proof.remote is not None
    lines = range(mutant.line, mutant.end + 1)
    met = frozenset[str]().union(*(proof.remote.met.get((mutant.path, line), ()) for line in lines))
    if "" in met:
        met = frozenset(t for t, ways in proof.remote.ways.items() if any(way.startswith("remote") for way in ways))
    return sorted(met - {""})


def _commit(root: Path) -> str:
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""

"""A seam as an entry for the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from strangler.analysis import Analysis, Route, Seam
from strangler.errors import StranglerError
from strangler.model import Finding, Location, Severity
from strangler_analyzers.seams.program import of_the_program

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# What a person has to decide about before code can move: rule, list in the seam's details, what to do.
_VERDICTS = (
    ("TXN-SPAN", "transactions", "split it, or take its tables into one service"),
    ("FK-CROSS", "foreign_keys", "keep the id, drop the constraint"),
    ("TABLE-FOREIGN", "foreign_tables", "ask the owner through its contract"),
    ("CALL-LOOP", "calls_in_loops", "give the contract a batch operation"),
)


def find_seam(analysis: Analysis, name: str) -> Seam:
    """The seam with this id or name.

    Raises:
        StranglerError: there is none.
    """
    seam = analysis.seam(name)
    if seam is None:
        known = ", ".join(seam.id for seam in analysis.seams) or "none was proposed"
        raise StranglerError(f"no seam '{name}'", hint=f"proposed: {known}")
    return seam


def draft_service(analysis: Analysis, seam_id: str) -> Mapping[str, Any]:
    """The plan's entry for a seam: modules, tables, routes, and a policy per function that others call.

    What belongs to the program as a whole (:func:`left_out`) is not in it, with its routes, tables and functions.

    Raises:
        StranglerError: no such seam, or nothing but entry points and settings in it.
    """
    seam = find_seam(analysis, seam_id)
    out = set(left_out(analysis, seam))
    modules = [name for name in seam.modules if name not in out]
    if not modules:
        hint = "these stay with the program; name modules in the plan to take them anyway"
        raise StranglerError(f"seam '{seam.id}' is nothing but {', '.join(sorted(out))}", hint=hint)
    routes = [route for route in _routes(analysis, seam) if route.module not in out and not takes_all(route.path)]
    theirs = {table.name for table in analysis.tables if table.owner in out}
    drafted = {
        "owner": next((entry["owner"] for entry in seam.details.get("owners", ())), None),
        "modules": module_patterns(modules, [module.name for module in analysis.modules]),
        "tables": [table for table in seam.tables if table not in theirs],
        "shared": list(seam.details.get("libraries", ())),
        "routes": route_patterns(routes),
        "calls": _calls(seam, {route.handler for route in analysis.routes}, out),
    }
    return {key: value for key, value in drafted.items() if value}


def left_out(analysis: Analysis, seam: Seam) -> list[str]:
    """The seam's modules that are the whole program's (entry points, settings, the root of the routes), sorted."""
    return sorted(of_the_program(analysis).intersection(seam.modules))


def _routes(analysis: Analysis, seam: Seam) -> list[Route]:
    own = set(seam.routes)
    return [route for route in analysis.routes if route.id in own]


def takes_all(path: str) -> bool:
    """Whether a route's template has no fixed part (``/{}``), so that as a pattern it would take what others serve."""
    parts = [part for part in path.split("/") if part]
    return bool(parts) and all(part.startswith(("{", "*")) for part in parts)


def verdicts(analysis: Analysis, seam: Seam) -> list[Finding]:
    """What needs a person's decision before the seam can be extracted, each with its place."""
    found = list(_catch_alls(analysis, seam))
    for rule, key, hint in _VERDICTS:
        for entry in seam.details.get(key, ()):
            path, _, line = (entry["evidence"] or [""])[0].rpartition(":")
            place = Location(path, int(line)) if path else None
            message = f"{entry['source']} → {entry['target']}: {entry['kind']} {entry['what']}".rstrip()
            found.append(Finding(rule, message, place, hint, Severity.WARNING))
    return sorted(found, key=lambda finding: finding.order)


def _catch_alls(analysis: Analysis, seam: Seam) -> Iterator[Finding]:
    hint = "left out of the plan; give the service a prefix of its own, and the route with it"
    for route in _routes(analysis, seam):
        if takes_all(route.path):
            message = f"{route.path} of {route.handler} would take what the monolith serves under any name"
            place = Location(route.evidence[0].path, route.evidence[0].line) if route.evidence else None
            yield Finding("ROUTE-ALL", message, place, hint, Severity.WARNING)


def module_patterns(modules: Sequence[str], known: Sequence[str]) -> list[str]:
    """``modules`` as the fewest patterns that cover them and no other of ``known``."""
    own, patterns = set(modules), list[str]()
    covered: set[str] = set()
    for prefix in sorted(_prefixes(own), key=lambda prefix: (prefix.count("."), prefix)):
        below = {name for name in known if name.startswith(prefix + ".")}
        if below and below <= own and not below <= covered:
            patterns.append(f"{prefix}.*")
            covered |= below
    return sorted({*patterns, *(own - covered)})


def _prefixes(modules: set[str]) -> set[str]:
    splits = [name.split(".") for name in modules]
    return {".".join(parts[:depth]) for parts in splits for depth in range(1, len(parts))}


def route_patterns(routes: Sequence[Route]) -> list[Any]:
    """One pattern per path; methods are named where not every one is served."""
    methods: dict[str, set[str] | None] = {}
    for route in routes:
        path = route.path.replace("{}", "*")
        taken = methods.get(path, set())
        methods[path] = None if route.methods is None or taken is None else taken | set(route.methods)
    return [_pattern(path, methods[path]) for path in sorted(methods)]


def _pattern(path: str, methods: set[str] | None) -> Any:
    named = [method for method in _METHODS if method in (methods or ())]
    return {"path": path, "methods": named} if named else path


def _calls(seam: Seam, handlers: set[str], out: set[str]) -> dict[str, dict[str, str]]:
    """What others call; a handler that only HTTP reaches is no client's business."""
    policies = _policies(seam.details.get("contract", ()))
    return {ref: policy for ref, policy in policies if ref not in handlers and ref.partition(":")[0] not in out}


def _policies(operations: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    for operation in operations:
        if operation.get("kind") in ("function", "method") and not _makes_an_object(operation["ref"]):
            policy = {"kind": operation["operation"]}
            if operation["operation"] == "command":
                policy["idempotency"] = operation["idempotency"]
            yield operation["ref"], policy


def _makes_an_object(ref: str) -> bool:
    """A constructor is no call that a client could make: the object would be on the other side."""
    return ref.rpartition(".")[2] in ("__init__", "__new__", "__post_init__")

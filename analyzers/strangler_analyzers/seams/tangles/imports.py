"""Knots of imports: rings, imports inside functions, constants of others, names that tests replace."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Call
from strangler.model import Finding
from strangler_analyzers.seams.tangles.view import View, findings, module_of


def import_cycles(view: View) -> Iterator[Finding]:
    """``IMPORT-CYCLE``: the cheapest imports that close a ring, and the calls for which they are made."""
    calls: dict[tuple[str, str], list[Call]] = {}
    for call in view.analysis.calls if view.rings else ():
        calls.setdefault((module_of(call.caller), module_of(call.callee)), []).append(call)
    for ring in view.rings:
        for edge in ring.breakers:
            message = f"{edge.source} imports {edge.target}, which needs it in turn (a ring of {len(ring.modules)})"
            hint = "move what both need into a third module, or hand it over as an argument"
            yield from findings("IMPORT-CYCLE", message, edge.evidence, hint)
            for call in calls.get((edge.source, edge.target), ()):
                used = f"{call.caller} calls {call.callee} over an import that closes a ring"
                yield from findings("IMPORT-CYCLE", used, call.evidence, hint)


def late_imports(view: View) -> Iterator[Finding]:
    """``IMPORT-LATE``: an import inside a function hides a dependency on another seam."""
    for edge in view.analysis.edges:
        if edge.kind == "import" and "function" in edge.scope and view.crosses(edge.source, edge.target):
            sites = [site for site in edge.evidence if site.scope == "function"]
            message = f"{edge.source} imports {edge.target} of {view.home(edge.target)} inside a function"
            yield from findings("IMPORT-LATE", message, sites, "call the client of the other side instead")


def constants(view: View) -> Iterator[Finding]:
    """``CONSTANT-SHARED``: a value that another seam defines."""
    for use in view.analysis.uses:
        if use.kind == "constant" and view.between_seams(module_of(use.user), module_of(use.target)):
            message = f"{use.user} uses {use.target} of {view.home(module_of(use.target))}"
            hint = "make it part of the contract, or of a shared library"
            yield from findings("CONSTANT-SHARED", message, use.evidence, hint)


def patches(view: View) -> Iterator[Finding]:
    """``TEST-PATCH``: tests that replace a name break, or silently pass, once the code has moved."""
    for patch in view.analysis.patches:
        home = view.home(module_of(patch.target))
        message = f"{patch.module} replaces {patch.target} of {home}"
        yield from findings("TEST-PATCH", message, patch.evidence, "patch the client, or test through the contract")

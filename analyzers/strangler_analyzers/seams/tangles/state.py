"""Knots of state: values of the process, settings read at import, contexts that no argument shows."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Finding
from strangler_analyzers.seams.tangles.view import View, findings, module_of


def module_state(view: View) -> Iterator[Finding]:
    """``STATE-MODULE``: a value of the process that code changes; two processes would have two of them."""
    for state in view.analysis.state:
        if state.writers and state.module not in view.tests:
            message = f"{state.id} is kept in the process and changed by {', '.join(state.writers[:3])}"
            hint = "keep it in a store, or make sure that every process may have its own"
            yield from findings("STATE-MODULE", message, state.evidence, hint)


def settings_at_import(view: View) -> Iterator[Finding]:
    """``SETTING-IMPORT``: a value that is fixed when the module is first imported."""
    for use in view.analysis.uses:
        if use.kind == "import" and module_of(use.user) not in view.tests:
            message = f"{use.user} is computed from {use.target} when the module is imported"
            yield from findings("SETTING-IMPORT", message, use.evidence, "read it when it is needed")


def contexts(view: View) -> Iterator[Finding]:
    """``CONTEXT-IMPLICIT``: a value that reaches a function through the request's or thread's context."""
    for use in view.analysis.uses:
        if use.kind == "context" and module_of(use.user) not in view.tests:
            message = f"{use.user} takes or leaves a value in {use.target}, which no signature shows"
            yield from findings("CONTEXT-IMPLICIT", message, use.evidence, "pass it as an argument over the border")

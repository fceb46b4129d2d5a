"""Knots of behaviour: calls in loops, objects that are changed for others, inheritance, exceptions, hidden calls."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Evidence, Function
from strangler.model import Finding
from strangler_analyzers.seams.tangles.view import View, findings, module_of


def calls_in_loops(view: View) -> Iterator[Finding]:
    """``CALL-LOOP``: one call per item becomes one request per item."""
    for call in view.analysis.calls:
        caller, callee = module_of(call.caller), module_of(call.callee)
        if call.in_loop and call.confidence != "possible" and view.between_seams(caller, callee):
            message = f"{call.caller} calls {call.callee} of {view.home(callee)} in a loop"
            yield from findings("CALL-LOOP", message, call.evidence, "add a batch operation to the contract")


def handed_objects(view: View) -> Iterator[Finding]:
    """``OBJECT-MUTATED``: an object of one seam that a function of another seam changes."""
    handed = {
        (call.callee, passed.param): call
        for call in view.analysis.calls
        for passed in call.passes
        if passed.what == "model"
    }
    for function in view.analysis.functions:
        home = module_of(function.ref)
        for param in function.mutates:
            call = handed.get((function.ref, param))
            if (call and view.between_seams(module_of(call.caller), home)) or _writes_foreign(view, function):
                yield from _mutation(view, function, param)
        if not function.mutates and _writes_foreign(view, function):
            yield from _mutation(view, function, "an object")


def _writes_foreign(view: View, function: Function) -> bool:
    owners = {table.name: table.owner for table in view.analysis.tables}
    home = module_of(function.ref)
    return any(name in owners and view.between_seams(home, owners[name]) for name in function.writes)


def _mutation(view: View, function: Function, param: str) -> Iterator[Finding]:
    tables = ", ".join(function.writes) or "what it was handed"
    message = f"{function.ref} changes {param} of another seam ({tables})"
    place = [Evidence(function.path, function.line)]
    yield from findings("OBJECT-MUTATED", message, place, "return what is to change, and let the owner change it")


def inheritance(view: View) -> Iterator[Finding]:
    """``INHERIT-CROSS``: a class whose base is in another seam."""
    for edge in view.analysis.edges:
        if edge.kind == "inherit" and view.between_seams(edge.source, edge.target):
            for site in edge.evidence:
                message = f"{edge.source} inherits {site.symbol or edge.target} of {view.home(edge.target)}"
                hint = "move the base into a shared library, or compose instead"
                yield from findings("INHERIT-CROSS", message, [site], hint)


def exceptions(view: View) -> Iterator[Finding]:
    """``EXCEPTION-CROSS``: an exception of another seam that is caught here."""
    for use in view.analysis.uses:
        if use.kind == "catch" and view.between_seams(module_of(use.user), module_of(use.target)):
            message = f"{use.user} catches {use.target} of {view.home(module_of(use.target))}"
            yield from findings("EXCEPTION-CROSS", message, use.evidence, "make the error part of the contract")


def signals(view: View) -> Iterator[Finding]:
    """``SIGNAL-HIDDEN``: a receiver that runs inside the sender's code and transaction, where nobody sees it."""
    for task in view.analysis.tasks:
        # Without a dot it is a hook of a framework, which is called for a request and not by another seam.
        if task.kind == "signal" and "." in task.name.replace(":", ".") and module_of(task.handler) not in view.tests:
            message = f"{task.handler} of {view.home(module_of(task.handler))} receives {task.name}"
            handler = view.functions.get(task.handler)
            own = [Evidence(handler.path, handler.line)] if handler else []
            yield from findings("SIGNAL-HIDDEN", message, [*task.evidence, *own], "publish an event in its place")


def tasks_by_name(view: View) -> Iterator[Finding]:
    """``TASK-STRING``: a task of another seam that is sent by its name."""
    for edge in view.analysis.edges:
        if edge.kind == "task" and view.crosses(edge.source, edge.target):
            message = f"{edge.source} sends {edge.target} of {view.home(edge.target)} a task by a string"
            yield from findings("TASK-STRING", message, edge.evidence, "send a message that the other side listens for")


def modules_by_name(view: View) -> Iterator[Finding]:
    """``NAME-STRING``: a module of another seam that is named by a string, in a setting or a loader."""
    for edge in view.analysis.edges:
        named = edge.kind == "import" and "dynamic" in edge.scope and edge.source not in view.tests
        if named and view.crosses(edge.source, edge.target):
            sites = [site for site in edge.evidence if site.scope == "dynamic"]
            message = f"{edge.source} names {edge.target} of {view.home(edge.target)} by a string"
            yield from findings("NAME-STRING", message, sites, "a string moves with no code: each side names its own")

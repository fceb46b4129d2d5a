"""Knots of data: tables that two seams write, foreign keys, transactions and SQL across borders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from strangler.analysis import Call, Model, Reference, Table
from strangler.model import Finding
from strangler_analyzers.seams.measures.effects import Effects
from strangler_analyzers.seams.tangles.view import View, findings, module_of


def shared_tables(view: View) -> Iterator[Finding]:
    """``TABLE-SHARED``: a table that is written by another seam than its owner's, or on another's behalf."""
    for table in view.analysis.tables:
        for use in table.writers:
            if view.crosses(use.module, table.owner):
                message = f"{use.module} writes {table.name}, which {view.home(table.owner)} owns"
                yield from findings("TABLE-SHARED", message, use.evidence, "send the owner a command instead")
    yield from _on_behalf(view)


def _on_behalf(view: View) -> Iterator[Finding]:
    """A function that writes inside the transaction of a caller from another seam."""
    owners = {table.name: table for table in view.analysis.tables}
    written: dict[tuple[str, str], Table] = {}
    for call in view.analysis.calls:
        if call.in_transaction and view.between_seams(module_of(call.caller), module_of(call.callee)):
            written.update(_direct_writes(view, call, owners))
    for (ref, home), table in sorted(written.items()):
        places = [
            site
            for use in table.writers
            if use.module == module_of(ref)
            for site in use.evidence
            if _is_inside(view, ref, site.line)
        ]
        message = f"{ref} writes {table.name} inside a transaction of {home}"
        yield from findings("TABLE-SHARED", message, places, "let the owner commit by itself")


def _direct_writes(view: View, call: Call, owners: dict[str, Table]) -> dict[tuple[str, str], Table]:
    callee = view.functions.get(call.callee)
    names = callee.writes if callee else ()
    return {(call.callee, view.home(module_of(call.caller))): owners[name] for name in names if name in owners}


def _is_inside(view: View, ref: str, line: int) -> bool:
    function = view.functions.get(ref)
    return function is not None and function.line <= line <= function.end_line


def foreign_keys(view: View) -> Iterator[Finding]:
    """``FK-CROSS``: a column that points into a table of another seam, or into one that no analysed code declares."""
    outside: dict[str, list[tuple[Model, Reference]]] = {}
    for model in view.analysis.models:
        for reference in model.references:
            target = module_of(reference.target or "")
            if reference.kind == "relationship" or not view.crosses(model.module, target):
                continue
            if reference.target is None:
                name = reference.outside or reference.target_table or "a model that was not resolved"
                outside.setdefault(name, []).append((model, reference))
                continue
            places = [
                site
                for edge in view.analysis.edges
                if edge.kind == "data" and (edge.source, edge.target) == (model.module, target)
                for site in edge.evidence
                if site.symbol == reference.target and _in_class(view, model.cls, site.line)
            ]
            table = reference.target_table or reference.target
            message = f"{model.cls}.{reference.field} points into {table} of {view.home(target)}"
            hint = "keep the id as a plain column, and check it through the contract"
            yield from findings("FK-CROSS", message, places or model.evidence, hint)
    for name, keys in outside.items():
        yield from _foreign_keys_outside(view, name, keys)


def _foreign_keys_outside(view: View, name: str, keys: Sequence[tuple[Model, Reference]]) -> Iterator[Finding]:
    """A library's table is no seam's: all who work on the store have it, until a service has a store of its own."""
    model, reference = keys[0]
    who = f"{model.cls}.{reference.field} points"
    if len(keys) > 1:
        homes = sorted({view.home(one.module) for one, _ in keys})
        who = f"{len(keys)} keys of {', '.join(homes)} point"
    message = f"{who} out of the analysed code, into {name}, which no seam owns"
    hint = "it holds while the store is shared; before the store is split, keep the id as a plain column"
    yield from findings("FK-CROSS", message, model.evidence, hint)


def _in_class(view: View, ref: str, line: int) -> bool:
    return ref not in view.functions or _is_inside(view, ref, line)


def transactions(view: View) -> Iterator[Finding]:
    """``TXN-SPAN``: a transaction that writes tables of several seams."""
    owners = {table.name: table.owner for table in view.analysis.tables}
    effects = Effects(view.analysis)
    for scope in view.analysis.transactions:
        if module_of(scope.function) in view.tests:
            continue
        written = sorted(table for table in effects.written_in(scope) if table in owners)
        homes = sorted({view.home(owners[table]) for table in written})
        if len(homes) > 1:
            message = f"{scope.function} commits {', '.join(written)} of {' and '.join(homes)} together"
            yield from findings("TXN-SPAN", message, scope.evidence, "split it into steps with a compensation")


def raw_sql(view: View) -> Iterator[Finding]:
    """``SQL-RAW``: SQL text that names tables of another seam."""
    for table in view.analysis.tables:
        for use in (*table.readers, *table.writers):
            if view.crosses(use.module, table.owner):
                sites = [site for site in use.evidence if site.scope == "sql"]
                message = f"{use.module} names {table.name} of {view.home(table.owner)} in SQL"
                yield from findings("SQL-RAW", message, sites, "ask the owner, or keep a copy that its events maintain")

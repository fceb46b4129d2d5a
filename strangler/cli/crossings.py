"""What ``strangler extract --check`` says: every crossing, its price, and what a service would have to share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

import strangler_analyzers as analyzers
import strangler_scaffolds as scaffolds
from strangler.analysis import Analysis
from strangler.cli.command import Session
from strangler.cli.output import columns, counted, finding_fields
from strangler_scaffolds import Added, Crossing, Library, Verdict

_SHOWN = 20
_NAMED = 6


def report_crossings(session: Session, service: str, analysis: Analysis) -> int:
    """Print every crossing of a service of the plan with its verdict; 1 if one is refused. Nothing is written."""
    plan, seen = session.plan(), scaffolds.observed(session.root)
    made = scaffolds.generated(session.root)
    crossings = [c for c in scaffolds.crossings(analysis, plan, service, seen) if c.location.path not in made]
    added = scaffolds.added_calls(analysis, plan, service)
    refused = any(crossing.verdict is Verdict.REFUSE for crossing in crossings)
    library = scaffolds.library_for(analysis, plan, service, seen) if refused else None
    session.out.findings([c.finding for c in crossings if c.verdict is not Verdict.REWRITE])
    session.out.json(_fields(service, crossings, added, library))
    session.out.show(_by_rule(service, crossings), *([_by_way(added)] if added else []))
    if library is not None:
        session.out.show(*_library_words(service, library, _shared(session, service, analysis, library)))
    return int(refused)


def _fields(service: str, crossings: list[Crossing], added: list[Added], library: Library | None) -> dict[str, object]:
    counts = Counter(crossing.verdict.value for crossing in crossings)
    findings = [{**finding_fields(c.finding), "verdict": c.verdict.value, "waived": c.waived} for c in crossings]
    ways = [{**asdict(way), "milliseconds": way.milliseconds()} for way in added]
    wanted = asdict(library) if library else None
    return {"service": service, "verdicts": dict(counts), "crossings": findings, "added": ways, "library": wanted}


def _shared(session: Session, service: str, analysis: Analysis, library: Library) -> list[str]:
    """The plan's ``shared:`` with the library's modules, in few patterns.

    A package half of which is wanted is named whole: of what may be shared, only what is needed is copied.
    """
    known = [module.name for module in analysis.modules]
    wanted = set(library.modules)
    for package in sorted(module.name for module in analysis.modules if module.package):
        below = {name for name in known if name.startswith(f"{package}.")}
        if 2 * len(below & wanted) >= len(below) > 1:
            wanted |= below
    patterns = analyzers.module_patterns(sorted(wanted), known)
    return sorted({*session.plan().services[service].shared, *patterns})


def _library_words(service: str, library: Library, shared: list[str]) -> list[str]:
    tables = f" and {counted(len(library.tables), 'table')} ({_first_of(library.tables)})" if library.tables else ""
    answered = library.refused - library.left
    return [
        f"{answered} of {counted(library.refused, 'refusal')} name code that stays and that the seam needs. "
        f"As a library of the service, with what it needs in turn, that is {counted(len(library.modules), 'module')} "
        f"({library.lines} lines){tables}; {counted(library.left, 'refusal')} would be left:",
        f"  strangler plan set services.{service}.shared '[{', '.join(shared)}]'",
    ]


def _by_rule(service: str, crossings: list[Crossing]) -> Table:
    table = columns(f"{service}: {counted(len(crossings), 'crossing')}", "rule", "verdict", "places", "what it is")
    counts = Counter((c.verdict.value, c.rule.name) for c in crossings)
    for (verdict, name), count in sorted(counts.items()):
        table.add_row(name, verdict, str(count), scaffolds.RULES[name].title)
    return table


def _by_way(added: list[Added]) -> Table:
    title = f"calls that each way in will make over the wire, at {scaffolds.ROUND_TRIP_MS:g} ms a call"
    table = columns(
        title if len(added) <= _SHOWN else f"{title} (the dearest {_SHOWN} of {len(added)})",
        "way in",
        "calls",
        "per item of a loop",
        "added",
        "functions",
    )
    for way in added[:_SHOWN]:
        looped = f" + {way.per_item * scaffolds.ROUND_TRIP_MS:g} ms per item" if way.per_item else ""
        cost = f"{way.milliseconds(0):g} ms{looped}"
        names = [entry.partition(":")[2] for entry in way.entries]
        table.add_row(way.way_in, str(way.calls), str(way.per_item), cost, _first_of(names))
    return table


def _first_of(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + ", …" * (len(names) > _NAMED)

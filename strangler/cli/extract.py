"""``strangler extract``: move a service's code out of the monolith."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session, command
from strangler.cli.document import analysis_for
from strangler.cli.options import analysis_option, service_folder_option
from strangler.cli.output import finding_fields
from strangler.model import Severity
from strangler_scaffolds import Added, Crossing, Extraction, Verdict

_SHOWN = 20


@command("extract", example="strangler extract billing -o services/billing --dry-run")
@click.argument("service")
@service_folder_option
@click.option("--check", is_flag=True, help="Judge every crossing and write nothing.")
@click.option("--dry-run", is_flag=True, help="Show the changes in the monolith as a diff, and write nothing.")
@analysis_option
def extract(
    session: Session, service: str, output: Path | None, check: bool, dry_run: bool, document: Path | None
) -> int:
    """Move the code of SERVICE into a service of its own, and call it through a client from the monolith.

    Refusals (exit 1) stop it: mend them, or waive them by name in the plan.
    """
    plan, root = session.plan(), session.root
    analysis = analysis_for(session, document)
    crossings = scaffolds.crossings(analysis, plan, service, scaffolds.observed(root))
    if check:
        return _report(session, service, crossings, scaffolds.added_calls(analysis, plan, service))
    with session.out.progress(f"extracting {service}"):
        extraction = scaffolds.extract(analysis, plan, service, root)
    session.out.findings([f for f in extraction.findings if f.severity is not Severity.NOTE])
    refused = sum(finding.severity is Severity.ERROR for finding in extraction.findings)
    target = output or root / "services" / service
    written = not (refused or dry_run)
    if dry_run and not session.out.as_json:
        session.out.raw("".join(scaffolds.diff(extraction)))
    if written:
        scaffolds.write(extraction, root, target)
    session.out.json(_fields(extraction, target, written=written))
    session.out.show(_summary(extraction, target, refused, written=written))
    return 1 if refused else 0


def _report(session: Session, service: str, crossings: list[Crossing], added: list[Added]) -> int:
    refused = [crossing for crossing in crossings if crossing.verdict is Verdict.REFUSE]
    session.out.findings([c.finding for c in crossings if c.verdict is not Verdict.REWRITE])
    counts = Counter(crossing.verdict.value for crossing in crossings)
    findings = [{**finding_fields(c.finding), "verdict": c.verdict.value, "waived": c.waived} for c in crossings]
    ways = [{**asdict(way), "milliseconds": way.milliseconds()} for way in added]
    session.out.json({"service": service, "verdicts": dict(counts), "crossings": findings, "added": ways})
    session.out.show(_by_rule(service, crossings), *([_by_way(added)] if added else []))
    return 1 if refused else 0


def _by_rule(service: str, crossings: list[Crossing]) -> Table:
    table = Table(title=f"{service}: {len(crossings)} crossings")
    for column in ("rule", "verdict", "places", "what it is"):
        table.add_column(column)
    counts = Counter((c.verdict.value, c.rule.name) for c in crossings)
    for (verdict, name), count in sorted(counts.items()):
        table.add_row(name, verdict, str(count), scaffolds.RULES[name].title)
    return table


def _by_way(added: list[Added]) -> Table:
    title = f"calls that each way in will make over the wire, at {scaffolds.ROUND_TRIP_MS:g} ms a call"
    table = Table(title=title if len(added) <= _SHOWN else f"{title} (the dearest {_SHOWN} of {len(added)})")
    for column in ("way in", "calls", "per item of a loop", "added", "functions"):
        table.add_column(column)
    for way in added[:_SHOWN]:
        looped = f" + {way.per_item * scaffolds.ROUND_TRIP_MS:g} ms per item" if way.per_item else ""
        cost = f"{way.milliseconds(0):g} ms{looped}"
        names = ", ".join(entry.partition(":")[2] for entry in way.entries)
        table.add_row(way.way_in, str(way.calls), str(way.per_item), cost, names)
    return table


def _fields(extraction: Extraction, target: Path, *, written: bool) -> dict[str, object]:
    return {
        "service": extraction.service,
        "directory": str(target),
        "written": written,
        "files": len(extraction.tree),
        "domain": extraction.origin,
        "changed": [edit.path for edit in extraction.edits if edit.before is not None],
        "added": [edit.path for edit in extraction.edits if edit.before is None],
        "entries": {entry.ref: entry.kind for entry in extraction.entries},
        "tests": list(extraction.tests.paths),
        "tests_that_stay": [asdict(stayed) for stayed in extraction.tests.stayed],
        "findings": [finding_fields(finding) for finding in extraction.findings],
    }


def _summary(extraction: Extraction, target: Path, refused: int, *, written: bool) -> str:
    origins = Counter(extraction.origin.values())
    changed = sum(edit.before is not None for edit in extraction.edits)
    what = (
        f"{extraction.service}: {origins['moved']} files moved unchanged, {origins['shared']} shared, "
        f"{origins['cut']} in part; "
        f"{len(extraction.entries)} functions behind the client, {changed} files of the monolith changed"
        f"{_tests(extraction)}"
    )
    if refused:
        return f"{what}\nnothing was written: {refused} refusals"
    return f"{what}\nwritten to {target}; next: strangler prove {extraction.service}" if written else what


def _tests(extraction: Extraction) -> str:
    going, staying = len(extraction.tests.paths), len(extraction.tests.stayed)
    return f"\ntests of the moved code: {going} files go with it, {staying} stay" if going or staying else ""


command = extract

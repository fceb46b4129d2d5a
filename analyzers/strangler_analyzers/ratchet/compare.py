"""Today against the last accepted state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from strangler.analysis import Evidence
from strangler.model import Finding, Location
from strangler_analyzers.ratchet.baseline import Baseline, Stock, counts, key
from strangler_analyzers.seams.measures.costs import REMEDIES
from strangler_analyzers.seams.measures.ledger import Entry


def compare(stock: Stock, baseline: Baseline) -> list[Finding]:
    """A finding for every place at which a service's border got worse; a service the baseline lacks is not judged."""
    found = [
        finding
        for name, entries in stock.services.items()
        if name in baseline.services
        for finding in _worse(name, entries, baseline.services[name])
    ]
    return sorted(found, key=lambda finding: finding.order)


def _worse(name: str, entries: Sequence[Entry], before: Mapping[str, int]) -> Iterator[Finding]:
    now = counts(entries)
    for entry in entries:
        known, current = before.get(key(entry), 0), now[key(entry)]
        if current <= known:
            continue
        grew = "is new" if not known else f"grew from {known} to {current} places"
        for site in entry.evidence or (Evidence("", 0),):
            what = f" {entry.what}" if entry.what else ""
            message = f"service '{name}': {entry.kind} {entry.source} → {entry.target}{what} {grew}"
            place = Location(site.path, site.line) if site.path else None
            yield Finding("RATCHET", message, place, REMEDIES[entry.kind])


def improved(stock: Stock, baseline: Baseline) -> bool:
    """Whether some crossing became fewer, or a service is not in the baseline yet: time to write it anew."""
    for name, entries in stock.services.items():
        now = counts(entries)
        before = baseline.services.get(name)
        if before is None or any(now.get(crossing, 0) < count for crossing, count in before.items()):
            return True
    return False

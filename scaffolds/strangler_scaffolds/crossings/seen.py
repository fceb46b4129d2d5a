"""What an observation adds to what the code says: values that could not cross, chatty calls, open transactions."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.model import Location
from strangler_scaffolds.crossings.batch import batch
from strangler_scaffolds.crossings.rules import Crossing
from strangler_scaffolds.crossings.table import crossing
from strangler_scaffolds.entries import Entry

# As many calls of one function within one test say that somebody calls it once per item.
_CHATTY = 20


def seen_crossings(entry: Entry) -> Iterator[Crossing]:
    """Crossings of one function that were seen while the monolith ran."""
    seen = entry.seen
    if seen is None:
        return
    place = Location(entry.function.path, entry.function.line)
    for reason, count in seen.stuck.items():
        yield crossing("SEEN-STUCK", f"{count} calls of {entry.ref} could not have crossed: {reason}", place)
    if seen.most_calls >= _CHATTY:
        message = f"{entry.ref} was called {seen.most_calls} times in one test"
        hint = f"one round trip for all of them: {batch(entry.function, entry.name)}"
        yield crossing("SEEN-CHATTY", message, place, hint)
    if seen.uncommitted:
        message = f"{seen.uncommitted} of {seen.calls} calls of {entry.ref} were made while work was uncommitted"
        yield crossing("SEEN-OPEN", message, place)

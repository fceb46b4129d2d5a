"""Gathers what is known beside the source, from wherever it lies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from strangler.analysis import Analysis
from strangler_analyzers.seams.history import read_commits, read_head, read_owners
from strangler_analyzers.seams.surroundings import Surroundings
from strangler_analyzers.seams.traces import read_contexts, read_traces


def look_around(
    root: Path,
    analysis: Analysis,
    *,
    store: Path | None = None,
    traces: Sequence[Path] = (),
    contexts: Sequence[Path] = (),
) -> Surroundings:
    """History and owners of ``root``, and the runtime evidence in the files named.

    Args:
        root: the analysed folder.
        analysis: whose modules spans are matched to.
        store: a file in which the history is remembered (None: nowhere).
        traces: OTLP/JSON files of spans.
        contexts: reports of ``coverage json --show-contexts``.

    Raises:
        StranglerError: a trace or report cannot be read.
    """
    calls: dict[tuple[str, str], int] = {}
    for path in traces:
        for pair, count in read_traces(path, analysis).items():
            calls[pair] = calls.get(pair, 0) + count
    covered: dict[str, tuple[str, ...]] = {}
    for path in contexts:
        for name, tests in read_contexts(path).items():
            covered[name] = tuple(sorted({*covered.get(name, ()), *tests}))
    return Surroundings(read_commits(root, store=store), read_owners(root), calls, covered)


def beside(root: Path, files: Iterable[Path] = ()) -> tuple[str, ...]:
    """What stands for all that :func:`look_around` looks at beside the analysis: equal while nothing has changed.

    ``files`` are those named by the user: traces, reports, a plan.
    """
    owners = "\n".join(f"{rule.path} {rule.line} {rule.pattern} {rule.owners}" for rule in read_owners(root))
    return (read_head(root), owners, *(f"{path} {_digest(path)}" for path in files))


def _digest(path: Path) -> str:
    try:
        return hashlib.blake2b(path.read_bytes()).hexdigest()
    except OSError:
        return ""

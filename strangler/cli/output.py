"""The only module that prints: rich text for people, JSON for machines, errors as a compiler would."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from strangler.errors import PlanError, StranglerError
from strangler.model import Finding, Location, Severity

_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}


@dataclass(frozen=True)
class Output:
    """Where a command's words go: results to stdout, everything else to stderr.

    With ``as_json`` exactly one JSON object is printed, and nothing else on stdout.
    """

    as_json: bool = False
    quiet: bool = False

    def json(self, value: Any) -> None:
        """Print the result for machines; does nothing unless ``--json`` was given."""
        if self.as_json:
            self.raw(json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n")

    def show(self, *parts: RenderableType) -> None:
        """Print the result for people; does nothing if ``--json`` was given."""
        if not self.as_json:
            for part in parts:
                Console(soft_wrap=isinstance(part, str), highlight=False, markup=False).print(part)

    def raw(self, text: str) -> None:
        """Print ``text`` as it is, a document the user asked for: in UTF-8 if the terminal lacks a letter of it."""
        try:
            text.encode(sys.stdout.encoding or "utf-8")
            sys.stdout.write(text)
        except UnicodeEncodeError:
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Say what is going on, on stderr; silent with ``--quiet`` or ``--json``."""
        if not (self.quiet or self.as_json):
            Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(text)

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print findings on stderr in the order of their places; with ``--json`` the result has them."""
        if not self.as_json:
            for alike in _alike(findings):
                _compiler_style(alike[0], len(alike) - 1)

    def error(self, error: StranglerError) -> None:
        """Print why the command cannot go on."""
        if self.as_json:
            self.json({"error": _error_fields(error)})
            return
        if isinstance(error, PlanError):
            self.findings(error.findings)
        _compiler_style(Finding("", error.message, error.location, error.hint))

    @contextmanager
    def progress(self, doing: str) -> Iterator[Progress | None]:
        """Show that something is going on, on a terminal only."""
        if self.quiet or self.as_json or not sys.stderr.isatty():
            yield None
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            progress.add_task(doing, total=None)
            yield progress


def be_readable() -> None:
    """Let a terminal whose encoding lacks a letter show a question mark for it, where Python would give up."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def counted(count: int, thing: str) -> str:
    """``1 service``, ``2 services``: how many there are, in words whose plural is an s."""
    return f"{count} {thing}{'s' * (count != 1)}"


def columns(title: str, *names: str) -> Table:
    """An empty table; what does not fit into a narrow terminal goes on in the next line, nothing is cut off."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False, collapse_padding=True)
    table.pad_edge = False
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def finding_fields(finding: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "location": _location_fields(finding.location),
    }


def _location_fields(location: Location | None) -> dict[str, Any] | None:
    return {"path": location.path, "line": location.line} if location else None


def _error_fields(error: StranglerError) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "message": error.message,
        "hint": error.hint,
        "location": _location_fields(error.location),
    }
    if isinstance(error, PlanError):
        fields["findings"] = [finding_fields(finding) for finding in error.findings]
    return fields


def _alike(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Findings in the order of their places; those of one rule at one line with one hint are read once, together."""
    ordered = sorted(findings, key=lambda finding: finding.order)
    for _, alike in groupby(ordered, key=lambda finding: (finding.location, finding.rule, finding.hint)):
        found = list(alike)
        yield from [found] if found[0].location else ([one] for one in found)


def _compiler_style(finding: Finding, more: int = 0) -> None:
    text = Text()
    text.append(str(finding.severity), _STYLE[finding.severity])
    if finding.rule:
        text.append(f"[{finding.rule}]", "bold")
    text.append(f": {finding.message}\n")
    if finding.location:
        text.append("  --> ", "blue").append(f"{finding.location}{f' ({more} more like it here)' if more else ''}\n")
    if finding.hint:
        text.append("  hint: ", "green").append(f"{finding.hint}\n")
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, end="")

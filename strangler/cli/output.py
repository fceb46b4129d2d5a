"""The only module that prints: rich text for people, JSON for machines, errors as a compiler would."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from strangler.errors import PlanError, StranglerError
from strangler.model import Finding, Location, Severity

# How many places of one finding are shown, and how wide a table may be that no terminal shows.
_PLACES, _UNFOLDED = 3, 10_000
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
                text = part if isinstance(part, str) or _has_a_width() else _unfolded(part)
                Console(soft_wrap=isinstance(text, str), highlight=False, markup=False).print(text)

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
        """Print findings on stderr by their places, those alike once; with ``--json`` the result has them."""
        if not self.as_json:
            for finding, places in _alike(findings):
                _compiler_style(finding, places)

    def error(self, error: StranglerError) -> None:
        """Print why the command cannot go on."""
        if self.as_json:
            self.json({"error": _error_fields(error)})
            return
        if isinstance(error, PlanError):
            self.findings(error.findings)
        self.findings([Finding("", error.message, error.location, error.hint)])

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


def _has_a_width() -> bool:
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def _unfolded(part: RenderableType) -> str:
    """A table as it is where a file or a program reads it: a line a row, and no blanks at the end of one."""
    console = Console(width=_UNFOLDED, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _alike(findings: Iterable[Finding]) -> Iterator[tuple[Finding, list[str]]]:
    """Findings in the order of their places, each with where it is; what is said twice of one line is read once."""
    together: dict[object, tuple[tuple[Location, ...], list[Finding]]] = {}
    for finding, places in _repeated(findings):
        # Without a place nothing says that two findings are alike.
        key = (finding.rule, finding.hint, places or finding.message)
        together.setdefault(key, (places, []))[1].append(finding)
    for places, (first, *others) in together.values():
        more = f" ({len(others)} more like it here)" if others else ""
        yield first, [f"{place}{more}" for place in places]


def _repeated(findings: Iterable[Finding]) -> Iterator[tuple[Finding, tuple[Location, ...]]]:
    """Each finding once, with every place at which the same is said."""
    said: dict[tuple[str, ...], list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.order):
        said.setdefault((finding.rule, finding.severity, finding.message, finding.hint), []).append(finding)
    for found in said.values():
        yield found[0], tuple(dict.fromkeys(one.location for one in found if one.location))


def _compiler_style(finding: Finding, places: Sequence[str]) -> None:
    text = Text()
    text.append(str(finding.severity), _STYLE[finding.severity])
    if finding.rule:
        text.append(f"[{finding.rule}]", "bold")
    text.append(f": {finding.message}\n")
    for place in places[:_PLACES]:
        text.append("  --> ", "blue").append(f"{place}\n")
    if len(places) > _PLACES:
        text.append("  --> ", "blue").append(f"and {counted(len(places) - _PLACES, 'more place')} (--json has all)\n")
    if finding.hint:
        text.append("  hint: ", "green").append(f"{finding.hint}\n")
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, end="")

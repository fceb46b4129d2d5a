"""``strangler plan accept``: a proposed seam becomes a service of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import strangler_analyzers as analyzers
from strangler.analysis import Seam
from strangler.cli.command import Session
from strangler.cli.document import analysis_for
from strangler.cli.output import finding_fields
from strangler.errors import PlanError, StranglerError
from strangler.files import write_file
from strangler.model import Finding
from strangler.plan import add_service, loads, read_text


def accept(session: Session, seam_id: str, name: str | None, document: Path | None) -> None:
    """Add the seam to the plan; the plan is only written if it is still without mistakes."""
    analysis = analysis_for(session, document)
    seam = analyzers.find_seam(analysis, seam_id)
    service = name or seam.id
    text = read_text(session.plan_path)
    verdicts, left_out = analyzers.verdicts(analysis, seam), analyzers.left_out(analysis, seam)
    edited = _annotated(text, add_service(text, service, analyzers.draft_service(analysis, seam.id)), verdicts)
    _still_valid(edited, session.plan_path, seam)
    write_file(session.plan_path, edited)
    session.out.json(
        {
            "written": str(session.plan_path),
            "service": service,
            "seam": seam.id,
            "left_out": left_out,
            "crossings": [finding_fields(finding) for finding in verdicts],
        }
    )
    session.out.findings(verdicts)
    if left_out:
        names = ", ".join(left_out)
        session.out.show(f"left out, since it is the whole program's (name it under modules: to take it): {names}")
    session.out.show(f"added service '{service}' to {session.plan_path}; next: strangler extract {service} --check")


def _annotated(before: str, after: str, verdicts: Sequence[Finding]) -> str:
    """The plan with a comment under the new entry: the crossings that need a verdict."""
    if not verdicts:
        return after
    end = _end_of_insertion(before, after)
    head, tail = after[:end], after[end:]
    indent = " " * 4
    lines = [f"{indent}# These need a verdict before `strangler extract`: mend them, or waive them with a reason."]
    lines += [f"{indent}# {finding.rule} {finding.location or ''} {finding.message}".rstrip() for finding in verdicts]
    newline = "" if head.endswith("\n") else "\n"
    return head + newline + "\n".join(lines) + "\n" + tail


def _end_of_insertion(before: str, after: str) -> int:
    """Where the inserted text ends: what follows it stood in the plan already."""
    same = 0
    while same < min(len(before), len(after)) and before[-1 - same] == after[-1 - same]:
        same += 1
    end = len(after) - same
    line = after.find("\n", end - 1) + 1
    return line or len(after)


def _still_valid(text: str, path: Path, seam: Seam) -> None:
    try:
        loads(text, name=str(path))
    except PlanError as error:
        hint = f"nothing was written; {'; '.join(finding.message for finding in error.findings)}"
        raise StranglerError(f"with seam '{seam.id}' the plan would have mistakes", hint=hint) from error

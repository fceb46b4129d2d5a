"""``strangler observe``: run the monolith's tests or traffic and record what crosses a seam."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

import strangler_scaffolds as scaffolds
from strangler.cli.command import Session
from strangler.cli.command import command as define
from strangler.cli.document import analysis_for
from strangler.cli.options import analysis_option
from strangler.cli.output import columns, counted
from strangler.errors import StranglerError
from strangler.files import write_file

_COLUMNS = (
    "function",
    "calls",
    "most in one test",
    "with uncommitted work",
    "returns",
    "raises",
    "changes",
    "examples",
    "cannot cross",
)


@define("observe", example="strangler observe -- python -m pytest -q")
@click.argument("words", nargs=-1, metavar="-- COMMAND", type=click.UNPROCESSED)
@click.option("--no-samples", is_flag=True, help="Keep no examples of calls, types only.")
@analysis_option
def observe(session: Session, words: tuple[str, ...], no_samples: bool, document: Path | None) -> int:
    """Run COMMAND in the monolith's folder and note types, changed arguments and open transactions at the seams.

    A few calls are kept as examples, without what looks private. `extract` makes wire types and contract tests of all
    this. It runs the monolith's code. The exit status is 1 if the command failed.
    """
    if not words:
        raise StranglerError("no command was given", hint="strangler observe -- python -m pytest -q")
    plan, root = session.plan(), session.root
    status, seen = scaffolds.observe(analysis_for(session, document), plan, root, words, samples=not no_samples)
    fields = [dataclasses.asdict(function) for function in seen]
    target = root / scaffolds.OBSERVED
    target.parent.mkdir(exist_ok=True)
    write_file(target, scaffolds.dump_observed(seen))
    session.out.json({"status": status, "functions": fields, "written": str(target)})
    table = columns(f"{counted(len(seen), 'function')} of seams called from outside", *_COLUMNS)
    for function in seen:
        counts = (str(function.calls), str(function.most_calls), str(function.uncommitted))
        texts = (", ".join(function.returns), ", ".join(function.raises), ", ".join(function.changed))
        table.add_row(function.ref, *counts, *texts, str(len(function.samples)), "; ".join(function.stuck))
    session.out.show(table, f"written to {target}")
    return 1 if status else 0


command = observe

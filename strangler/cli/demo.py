"""``strangler demo``: the whole story on the sample monolith."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.table import Table

from strangler.cli.command import Session, command
from strangler.demo import Facts, tell


@command("demo", example="strangler demo --keep")
@click.option("--keep", is_flag=True, help="Leave everything running, and its files, until ctrl-C.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Keep the files here.")
def demo(session: Session, keep: bool, output: Path | None) -> None:
    """Run the whole story on the sample monolith, with real processes and real traffic, in under 90 seconds.

    Analyse it, take the best seam out, put the facade in front, shadow, shift customers' traffic step by step, kill
    the service at half of the users, watch the traffic go back, mend it, go to 100 %, render and check the platform,
    onboard tenants through the control plane.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us wants no process left either
    with _folder(output) as directory, session.out.progress("the story begins") as progress:

        def say(text: str) -> None:
            if progress is not None:
                progress.update(progress.task_ids[0], description=text)
            session.out.note(text)

        facts = tell(directory, say, on_ready=_waiting(session) if keep else None)
    if not keep:
        _show(session, facts, kept=output is not None)


@contextmanager
def _folder(output: Path | None) -> Iterator[Path]:
    """A folder of our own, deleted at the end, unless the user named one."""
    if output is not None:
        yield output.resolve()
        return
    scratch = Path(tempfile.mkdtemp(prefix="strangler-demo-"))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _waiting(session: Session) -> Callable[[Facts], None]:
    def wait(facts: Facts) -> None:
        _show(session, facts, kept=True)
        session.out.note("everything runs on; press ctrl-C to stop it and delete its files")
        while True:
            time.sleep(3600)

    return wait


def _show(session: Session, facts: Facts, *, kept: bool) -> None:
    fields = facts.to_json()
    if not kept:
        del fields["look_at"]
    session.out.json(fields)
    session.out.show(_table(facts))
    if kept:
        for name, place in facts.look_at.items():
            session.out.show(f"{name:>13}: {place}")
    else:
        session.out.show("Look closer: strangler demo --keep leaves it running and prints where.")


def _table(facts: Facts) -> Table:
    table = Table(title="measured in this run", show_header=False)
    added, manifests, tenants = facts.added_latency_ms, facts.manifests, facts.onboarding
    rows = {
        "seams proposed": f"{facts.seams}; '{facts.service}' taken out, {facts.files_written} files written",
        "customers' requests": f"{facts.requests}, of them {facts.writes} writes",
        "failed": f"{facts.failed}, and {facts.indeterminate} unkeyed writes indeterminate",
        "answered by": ", ".join(f"{name} {share} %" for name, share in sorted(facts.share.items())),
        "shadowed": f"{facts.shadow['compared']} answers compared, {facts.shadow['different']} differed",
        "after the crash": f"back at the monolith in {facts.rollback_seconds} s: {facts.rolled_back_because}",
        "in the end": f"{facts.final_weight:g} % at the service",
        "added latency": f"p50 {added.p50} ms, p99 {added.p99} ms",
        "platform": f"{manifests.documents} documents, {manifests.findings} findings",
        "tenants": f"{tenants.tenants} onboarded by {tenants.commits} commits, {tenants.findings} findings",
        "third tenant": f"refused: {tenants.refused_because}",
        "time": f"{facts.seconds} s",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


command = demo

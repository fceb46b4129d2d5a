"""``strangler deploy diff | apply | status``: one tree against one live cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.table import Table

import strangler_deploy as deploy
from strangler.cli.command import Session, command
from strangler.cli.output import columns

_DIRECTORY = click.argument("directory", required=False, type=click.Path(path_type=Path))


@dataclass(frozen=True)
class _Target:
    """The objects of one cluster, and the way to it."""

    name: str
    product: str
    documents: Sequence[Any]
    cluster: Any


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What the three commands have in common."""
    for option in (
        _DIRECTORY,
        click.option("--cluster", metavar="NAME", help="The plan's cluster (default: the only one)."),
        click.option("--context", metavar="NAME", help="The kubeconfig's context (default: the cluster's name)."),
        click.option("--only", "kinds", multiple=True, metavar="KIND", help="Objects of this kind only; repeatable."),
    ):
        function = option(function)
    return function


@contextmanager
def _target(
    session: Session, directory: Path | None, cluster: str | None, context: str | None, kinds: Sequence[str]
) -> Iterator[_Target]:
    plan, tenants = session.plan(), session.tenants()
    tree = deploy.read_tree(directory) if directory else deploy.render(plan, tenants)
    name, documents = deploy.objects_of(tree, plan, tenants, cluster, kinds)
    with deploy.connect(context or cluster) as server:
        yield _Target(name, plan.monolith.name, documents, server)


def add_to(group: click.Group) -> None:
    """Give ``strangler deploy`` the commands for live clusters."""

    @command("diff", parent=group, example="strangler deploy diff gitops --cluster main --context main")
    @_options
    @click.option("--prune", is_flag=True, help="Show what apply --prune would delete, too.")
    def diff(session: Session, prune: bool, **where: Any) -> int:
        """Show what an apply would change, field by field; asked of the server, nothing is written."""
        with _target(session, **where) as target, session.out.progress(f"asking cluster {target.name}"):
            found = list(deploy.changes(target.cluster, target.documents, target.product, prune=prune))
        shown = [change for change in found if change.action != "keep"]
        session.out.json({"cluster": target.name, "changes": [_change_fields(change) for change in shown]})
        session.out.show(_changes_table(target.name, shown), _told(Counter(str(c.action) for c in found)))
        return 1 if shown else 0

    @command("apply", parent=group, example="strangler deploy apply gitops --cluster main --context main")
    @_options
    @click.option("--prune", is_flag=True, help="Delete what we brought once and is gone from the tree; never data.")
    @click.option("--force-conflicts", "force", is_flag=True, help="Take over fields that others own.")
    @click.option(
        "--timeout", default=600.0, show_default=True, metavar="SECONDS", help="What one wave may take to be ready."
    )
    def apply(session: Session, prune: bool, force: bool, timeout: float, **where: Any) -> None:
        """Bring the tree in: tried dry as a whole, then wave by wave, each waited for."""
        done: Counter[str] = Counter()
        with _target(session, **where) as target, session.out.progress(f"applying to {target.name}") as progress:
            bring_in = partial(deploy.apply, target.cluster, target.documents, target.product)
            for step in bring_in(prune=prune, force=force, timeout=timeout):
                done[step.what.partition(":")[0]] += 1
                line = f"wave {step.wave}/{step.of}  {step.key}  {step.what}"
                if progress is not None:
                    progress.update(progress.task_ids[0], description=line)
                elif step.what != "applied":
                    session.out.note(line)
        session.out.json({"cluster": target.name, **done})
        session.out.show(f"cluster {target.name}: {_told(done)}")

    @command("status", parent=group, example="strangler deploy status gitops --cluster main")
    @_options
    def status(session: Session, **where: Any) -> int:
        """Show how every object of the tree stands in the cluster."""
        with _target(session, **where) as target, session.out.progress(f"asking cluster {target.name}"):
            found = deploy.status(target.cluster, target.documents)
        objects = [{"object": str(key), "health": str(state.health), "reason": state.reason} for key, state in found]
        session.out.json({"cluster": target.name, "objects": objects})
        unwell = [item for item in objects if item["health"] != "ready"]
        session.out.show(_status_table(target.name, unwell), _told(Counter(item["health"] for item in objects)))
        return 1 if unwell else 0


def add_evidence(group: click.Group) -> None:
    """Give ``strangler deploy`` the map for auditors."""

    @command("evidence", parent=group, example="strangler deploy evidence > evidence.md")
    def evidence(session: Session) -> None:
        """Print which control is held by what, where it is logged and how it is found, as Markdown."""
        plan = session.plan()
        session.out.json({"controls": [asdict(item) for item in deploy.evidence(plan)]})
        if not session.out.as_json:
            session.out.raw(deploy.evidence_document(plan))


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items())) or "nothing to do"


def _change_fields(change: Any) -> dict[str, Any]:
    fields = [{"field": field, "from": before, "to": after} for field, before, after in change.fields]
    return {"object": str(change.key), "action": str(change.action), "fields": fields, "reason": change.reason}


def _changes_table(name: str, shown: Sequence[Any]) -> Table:
    table = columns(f"cluster {name}: {len(shown)} objects differ", "action", "object", "field", "from", "to")
    for change in shown:
        table.add_row(str(change.action), str(change.key), change.reason, "", "")
        for field, before, after in change.fields:
            table.add_row("", "", field, _short(before), _short(after))
    return table


def _short(value: Any) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= 200 else f"{text[:197]}..."


def _status_table(name: str, unwell: Sequence[dict[str, str]]) -> Table:
    table = columns(f"cluster {name}: {len(unwell)} objects are not ready", "health", "object", "reason")
    for item in unwell:
        table.add_row(item["health"], item["object"], item["reason"])
    return table

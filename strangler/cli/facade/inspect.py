"""The commands that show what the facade does and did."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from strangler.cli.command import Session
from strangler.cli.facade.group import facade_command
from strangler.cli.output import columns, counted
from strangler.errors import StranglerError
from strangler_facade import AdminClient


@facade_command("status", example="strangler facade status")
def status(session: Session, client: AdminClient) -> None:
    """Show each service's stage, live split, errors and latency."""
    answer = client.status()
    session.out.json(answer)
    session.out.show(*status_lines(answer))


def status_lines(answer: dict[str, Any]) -> Iterator[RenderableType]:
    """A paragraph per service; figures since its position last changed."""
    workers = len(answer["workers"])
    yield f"version {answer['version']}, {workers} worker{'s' * (workers != 1)}, monolith {answer['monolith']}"
    for service in answer["services"]:
        mirrored = ", mirrored" if service["mirrored"] else ""
        yield f"{service['name']}: {service['stage']}, {service['weight']:g} % of its users{mirrored}"
        for name, text in _facts(service):
            yield Padding(Text(f"{name:9} {text}"), (0, 0, 0, 2))
    for warning in answer["warnings"]:
        yield f"warning: {warning}"


def _facts(service: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for target in ("service", "monolith"):
        figures = service[target]
        if figures["requests"]:
            p99 = f", p99 {figures['p99_ms']:g} ms" if figures["p99_ms"] is not None else ""
            yield target, f"{counted(figures['requests'], 'request')}, {figures['failures']} failed{p99}"
    if service["unanswered"]:
        yield "shadow", f"{service['unanswered']} of {service['shadowed']} got no answer"
    if service["compared"]:
        yield "shadow", f"{service['differing']} of {service['compared']} answers {_beyond_noise(service)}"
    if service["rollout"]:
        progress = service["rollout"]
        why = f": {progress['reason']}" if progress["reason"] else ""
        yield "rollout", f"{progress['status']}, step {progress['step'] + 1} of {len(progress['steps'])}{why}"
    moved = service["moved"]
    if moved:
        back = "sent back" if moved["action"] == "retreat" else moved["action"]
        yield "moved", f"{_moment(moved['at'])} {back} by {moved['actor']}: {moved['reason']}"
    for warning in service["warnings"]:
        yield "warning", warning


@facade_command("routes", example="strangler facade routes --json")
def routes(session: Session, client: AdminClient) -> None:
    """Print the route table in force, in the order in which routes are tried."""
    answer = client.routes()
    session.out.json(answer)
    table = columns(
        f"version {answer['version']}, everything else: {answer['default']}",
        "route",
        "methods",
        "paths",
        "split",
        "mirror",
    )
    for route in answer.get("routes", []):
        match, split = route["match"], route["split"]
        shares = [f"{share['target']} {share['percent']:g} %" for share in split.get("shares", [])]
        mirrored = route.get("mirror", {}).get("target", "-")
        methods, paths = " ".join(match.get("methods", [])) or "all", " ".join(match.get("paths", []))
        table.add_row(route["name"], methods, paths, ", ".join([*shares, f"rest {split['rest']}"]), mirrored)
    session.out.show(table)


@facade_command("history", example="strangler facade history --service billing")
@click.option("--service", metavar="NAME", help="Only what happened to this one.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many lines.")
def history(session: Session, client: AdminClient, service: str | None, limit: int) -> None:
    """Show who changed what, and why; newest first."""
    lines = client.history(service=service, limit=limit)
    session.out.json({"history": lines})
    for line in lines:
        session.out.show(*_entry_lines(line))


def _entry_lines(line: dict[str, Any]) -> Iterator[RenderableType]:
    when = _moment(line["at"])
    version = f", version {line['version']}" if line["version"] else ""
    changes = _changes(line["detail"].get("changes", {}))
    what = " ".join(part for part in (line["action"], line["service"]) if part)
    yield f"{when}  {what} by {line['actor']}{version}"
    for text in (changes, line["reason"]):
        if text:
            yield Padding(Text(text), (0, 0, 0, 10))


def _moment(at: float) -> str:
    """A time of today without its date."""
    moment = datetime.datetime.fromtimestamp(at)
    today = moment.date() == datetime.datetime.now().date()
    return f"{moment:%H:%M:%S}" if today else f"{moment:%Y-%m-%d %H:%M:%S}"


def _changes(changes: dict[str, Any]) -> str:
    """The changed positions in short; rules only by number."""
    moves = {path.split(".", 2)[2]: pair for path, pair in changes.items() if path.startswith("positions.")}
    parts = [f"{name} {_short(old)} → {_short(new)}" for name, (old, new) in moves.items() if old is not None]
    rules = sum(not path.startswith("positions.") for path in changes)
    return ", ".join(parts + ([f"{rules} values of the plan's rules"] if rules else []))


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


@facade_command("differences", example="strangler facade differences --service billing")
@click.option("--service", metavar="NAME", help="Only this one's routes.")
@click.option("--noise", is_flag=True, help="Also the fields in which the monolith contradicts itself as often.")
def differences(session: Session, client: AdminClient, service: str | None, noise: bool) -> None:
    """Show in which fields the shadowed answers differ; values are redacted, the last sample of each field is shown."""
    found = client.differences(service=service)
    session.out.json(found)
    if not found:
        session.out.show("nothing has been compared yet")
    for name, route in found.items():
        session.out.show(*_route_lines(name, route, noise))


def _beyond_noise(counts: dict[str, Any]) -> str:
    moved_on = f", {counts['moved_on']} only as the monolith moved on" if counts["moved_on"] else ""
    return f"differ beyond noise{moved_on}"


def _route_lines(name: str, route: dict[str, Any], noise: bool) -> Iterator[RenderableType]:
    learning = f", {route['learning']} wait until its noise is known" if route["learning"] else ""
    silent = f", {route['unanswered']} of {route['pairs']} got no answer" if route["unanswered"] else ""
    found = f"{route['differing']} of {route['compared']} compared answers {_beyond_noise(route)}"
    yield f"{name}: {found}{silent}{learning}"
    for field in route["fields"]:
        if noise or not field["is_noise"]:
            yield from _field_lines(field, route)
    hidden = sum(field["is_noise"] for field in route["fields"])
    if hidden and not noise:
        text = f"{hidden} more fields differ only as the monolith differs from itself; --noise shows them"
        yield Padding(Text(text), (0, 0, 0, 2))


def _field_lines(field: dict[str, Any], route: dict[str, Any]) -> Iterator[RenderableType]:
    own = f"; the monolith from itself in {field['noise']} of {route['asked_twice']}" if route["asked_twice"] else ""
    text = f"{field['field']}: {', '.join(field['kinds'])}, in {field['differed']} of {route['pairs']}{own}"
    yield Padding(Text(text + (" (noise)" if field["is_noise"] else "")), (0, 0, 0, 2))
    for side in ("monolith", "service") if field["samples"] else ():
        yield Padding(Text(f"{side:9} {field['samples'][-1][side]}"), (0, 0, 0, 6))


@facade_command("explain", example="strangler facade explain GET /api/invoices/7 -H 'Cookie: session=ada'")
@click.argument("request", nargs=-1, required=True)
@click.option("-H", "--header", "headers", multiple=True, metavar="NAME:VALUE", help="A header of the request.")
@click.option("--client", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address it comes from.")
def explain(
    session: Session, client_: AdminClient, request: tuple[str, ...], headers: tuple[str, ...], client: str
) -> None:
    """Say where REQUEST (a path, or a method and a path) would go, by which rule, and why."""
    method, _, path = " ".join(request).strip().rpartition(" ")
    answer = client_.explain(method or "GET", path, _fields(headers), client)
    session.out.json(answer)
    session.out.show(*_explanation(answer))


def _fields(headers: tuple[str, ...]) -> dict[str, str]:
    pairs = [header.partition(":") for header in headers]
    for name, colon, _ in pairs:
        if not colon:
            raise StranglerError(f"'{name}' is no header", hint="NAME:VALUE, such as -H 'Cookie: session=ada'")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _explanation(answer: dict[str, Any]) -> list[str]:
    shares = ", ".join(f"{share['target']} {share['percent']:g} %" for share in answer["shares"])
    lines = [
        f"→ {answer['target']}   by route {answer['route']}, version {answer['version']}: {answer['reason']}",
        f"  user: {answer['key_kind'] or 'no sticky key'}"
        + (f", bucket {answer['bucket']} of 65536" if answer["bucket"] is not None else "")
        + (f"; split: {shares}" if shares else ""),
    ]
    lines += [f"  asked for {answer['path']}" + (f"; tenant {answer['tenant']}" if answer["tenant"] else "")]
    lines += [f"  session: {', '.join(f'{k} {v}' for k, v in answer['claims'].items())}"] if answer["claims"] else []
    lines += [f"  if it fails where that is safe: {answer['fallback']}"] if answer["fallback"] else []
    lines += [f"  mirrored to {answer['mirrored_to']}"] if answer["mirrored_to"] else []
    return lines + [f"  not {name}: {why}" for name, why in answer["passed_over"]]

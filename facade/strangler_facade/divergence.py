"""What a running facade does otherwise than the plan says: pure, from the plan and the admin's answers.

The plan is compiled with every service where it stands, so what differs from the table in force is the plan's doing.
How sessions are verified is in no table: of it only what it makes of the sticky keys is seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from strangler.model import Finding, Severity
from strangler.plan import Places, Plan, Service
from strangler_facade.replays.simulate import planned_table
from strangler_facade.serialize import from_json
from strangler_facade.table import Route, RouteTable

_RELOAD = "strangler facade run --watch takes the plan as it changes; otherwise start the facade again"
_OF_SERVICE = ("name", "match", "service", "split", "mirror", "fallback")
"""What routes are told apart by, and what all of a service's have in common."""


def drift(plan: Plan, status: Mapping[str, Any], table: Mapping[str, Any], places: Places) -> Iterator[Finding]:
    """A finding for each difference, at the plan's line.

    ``TRAFFIC-MISSING``: a service with an upstream that the facade does not know. ``TRAFFIC-UNKNOWN``: one that only
    the facade knows. ``TRAFFIC-RULES``: it routes otherwise. ``TRAFFIC-ABORTED``: its rollout went back.

    Args:
        plan: the plan as it is on the disk.
        status: what the admin's ``/v1/status`` says.
        table: what its ``/v1/routes`` says, of the same version.
        places: finds the plan's lines.

    Raises:
        StranglerError: the plan makes no table, or the facade's is of a release that has others.
    """
    live = {service["name"]: service for service in status["services"]}
    tables = from_json(table), from_json(planned_table(plan, status, {}))
    for path, old, new in _common(*tables):
        yield _rules(path, f"{path} {_both(old, new)}", places)
    for name, service in plan.services.items():
        if name in live:
            yield from _service(name, service, live[name], places)
            yield from _routed(name, tables, places)
        elif service.upstream:
            at = places.location(f"strangler.yaml services.{name}")
            yield Finding("TRAFFIC-MISSING", f"the facade does not know service '{name}'", at, _RELOAD)
    for name in sorted(live.keys() - plan.services.keys()):
        message = f"the facade routes to service '{name}', which the plan does not have"
        hint = "roll it back to the monolith first, or put it into the plan again"
        yield Finding("TRAFFIC-UNKNOWN", message, places.location("strangler.yaml services"), hint)


def _rules(path: str, message: str, places: Places) -> Finding:
    return Finding("TRAFFIC-RULES", message, places.location(f"strangler.yaml {path}"), _RELOAD)


Difference = tuple[str, Any, Any]


def _common(live: RouteTable, planned: RouteTable) -> Iterator[Difference]:
    """What holds for all services, by its place in the plan."""
    for part in ("forwarding", "tenant", "budget"):
        yield from _parts(f"facade.{part}", _plain(getattr(live, part)), _plain(getattr(planned, part)))
    yield from _target(live, planned, live.default, "monolith")
    old, new = (next(iter(table.routes), None) for table in (live, planned))
    if old and new:
        yield from _parts("facade.salt", old.split.salt, new.split.salt)
        yield from _parts("facade.sticky", _plain(old.split)["sticky"], _plain(new.split)["sticky"])


def _target(live: RouteTable, planned: RouteTable, name: str, at: str) -> Iterator[Difference]:
    old, new = ({target.name: _plain(target) for target in table.targets}.get(name) for table in (live, planned))
    for path, was, wanted in _parts("", old, new) if old and new else ():
        yield (f"{at}.upstream" if path == "url" else f"{at}.serving.{path}"), was, wanted


def _routed(name: str, tables: tuple[RouteTable, RouteTable], places: Places) -> Iterator[Finding]:
    """How a service's requests are routed otherwise."""
    live, planned = ({_asked(route): route for route in reversed(_of(table, name))} for table in tables)
    if any(name not in {target.name for target in table.targets} for table in tables):
        return  # it has no upstream on one side, which the status tells
    at = f"services.{name}"
    odd = sorted(_line(route) for asked, route in (live | planned).items() if (asked in live) != (asked in planned))
    if odd:
        yield _rules(f"{at}.routes", f"routes of '{name}' differ between plan and facade: {', '.join(odd)}", places)
    for asked in (asked for asked in planned if asked in live):
        for path, old, new in _otherwise(live[asked], planned[asked]):
            place = f"{at}.routes.{planned[asked].name.rpartition('.')[2]}"
            what = f"{path} of '{name}' for {_line(planned[asked])}"
            yield _rules(place, f"{what} {_both(old, new)}", places)
    for path, old, new in _shared(*tables, name) if live and planned else ():
        yield _rules(f"{at}.{path}", f"{path} of '{name}' {_both(old, new)}", places)


def _of(table: RouteTable, service: str) -> list[Route]:
    return [route for route in table.routes if route.service == service]


def _asked(route: Route) -> str:
    """All that a route asks of a request, as one text."""
    return json.dumps(asdict(route.match), sort_keys=True)


def _line(route: Route) -> str:
    """A route in one line: methods, paths, and what else it asks."""
    match = asdict(route.match)
    methods, paths = match.pop("methods"), match.pop("paths")
    more = (f"{name}: {_text(_listed(asked))}" for name, asked in match.items() if asked)
    return f"{' '.join(methods)} {' '.join(paths)} {'; '.join(more)}".strip()


def _otherwise(old: Route, new: Route) -> Iterator[Difference]:
    """What two routes for the same requests do differently."""
    left, right = _plain(old), _plain(new)
    for key in (key for key in left if key not in _OF_SERVICE):
        yield from _parts(key, left[key], right[key])


def _shared(live: RouteTable, planned: RouteTable, name: str) -> Iterator[Difference]:
    """What holds for all routes of a service, by its place below the service."""
    old, new = _of(live, name)[0], _of(planned, name)[0]
    yield from _parts("shadow", _plain(old.mirror), _plain(new.mirror))
    yield from _parts("pinned", list(old.split.pinned), list(new.split.pinned))
    for path, was, wanted in _target(live, planned, name, ""):
        if path != ".upstream":  # told by the status, where the facade has none too
            yield path.removeprefix("."), was, wanted


def _plain(value: Any) -> Any:
    return None if value is None else _listed(asdict(value))


def _listed(value: Any) -> Any:
    """Tuples as lists: what is only written differently is no difference."""
    return json.loads(json.dumps(value))


def _parts(path: str, old: Any, new: Any) -> Iterator[Difference]:
    """The leaves in which two values differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old:
            yield from _parts(f"{path}.{key}".lstrip("."), old[key], new[key])
    elif old != new:
        yield path, old, new


def _both(live: Any, planned: Any) -> str:
    return f"is {_text(live)} at the facade, {_text(planned)} in the plan"


def _text(value: Any) -> str:
    return "not set" if value in (None, []) else value if isinstance(value, str) else json.dumps(value)


def _service(name: str, planned: Service, live: Mapping[str, Any], places: Places) -> Iterator[Finding]:
    at = f"strangler.yaml services.{name}"
    if planned.upstream != live["upstream"]:
        message = f"the facade sends '{name}' to {live['upstream'] or 'nobody'}, the plan to {planned.upstream}"
        yield Finding("TRAFFIC-RULES", message, places.location(f"{at}.upstream"), _RELOAD)
    rollout = live["rollout"]
    if rollout and rollout["status"] == "rolled-back":
        message = f"the rollout of '{name}' went back: {rollout['reason'] or rollout['status']}"
        hint = f"strangler facade history --service {name}"
        yield Finding("TRAFFIC-ABORTED", message, places.location(f"{at}.rollout"), hint, Severity.WARNING)

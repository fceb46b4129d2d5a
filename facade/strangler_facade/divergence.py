"""What a running facade does otherwise than the plan says: pure, from the plan and the admin's status answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from strangler.model import Finding, Severity
from strangler.plan import Places, Plan, Service

_RELOAD = "strangler facade run --watch takes the plan as it changes; otherwise start the facade again"


def drift(plan: Plan, status: Mapping[str, Any], places: Places) -> Iterator[Finding]:
    """A finding for each difference, at the plan's line.

    ``TRAFFIC-MISSING``: a service with an upstream that the facade does not know. ``TRAFFIC-UNKNOWN``: one that only
    the facade knows. ``TRAFFIC-RULES``: other routes or another upstream. ``TRAFFIC-ABORTED``: its rollout went back.
    """
    live = {service["name"]: service for service in status["services"]}
    for name, service in plan.services.items():
        if name in live:
            yield from _service(name, service, live[name], places)
        elif service.upstream:
            at = places.location(f"strangler.yaml services.{name}")
            yield Finding("TRAFFIC-MISSING", f"the facade does not know service '{name}'", at, _RELOAD)
    for name in sorted(live.keys() - plan.services.keys()):
        message = f"the facade routes to service '{name}', which the plan does not have"
        hint = "roll it back to the monolith first, or put it into the plan again"
        yield Finding("TRAFFIC-UNKNOWN", message, places.location("strangler.yaml services"), hint)


def _service(name: str, planned: Service, live: Mapping[str, Any], places: Places) -> Iterator[Finding]:
    at = f"strangler.yaml services.{name}"
    if planned.upstream != live["upstream"]:
        message = f"the facade sends '{name}' to {live['upstream'] or 'nobody'}, the plan to {planned.upstream}"
        yield Finding("TRAFFIC-RULES", message, places.location(f"{at}.upstream"), _RELOAD)
    routes = [f"{' '.join(route.methods or ())} {route.path}".strip() for route in planned.routes]
    odd = sorted(set(routes) ^ set(live["routes"]))
    if odd:
        message = f"routes of '{name}' differ between plan and facade: {', '.join(odd)}"
        yield Finding("TRAFFIC-RULES", message, places.location(f"{at}.routes"), _RELOAD)
    rollout = live["rollout"]
    if rollout and rollout["status"] == "rolled-back":
        message = f"the rollout of '{name}' went back: {rollout['reason'] or rollout['status']}"
        hint = f"strangler facade history --service {name}"
        yield Finding("TRAFFIC-ABORTED", message, places.location(f"{at}.rollout"), hint, Severity.WARNING)

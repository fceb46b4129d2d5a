"""What the plan itself shows, before any object is looked at."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from strangler.model import Finding, Severity
from strangler_deploy.checks.objects import Locate
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.network.route import is_pattern


def declared(estate: Estate, locate: Locate) -> Iterator[Finding]:
    """Findings about what every render of this plan would carry."""
    yield from _images(estate, locate)
    yield from _monolith(estate, locate)
    yield from _prefixes(estate, locate)
    yield from _conditions(estate, locate)


def _images(estate: Estate, locate: Locate) -> Iterator[Finding]:
    for unit in estate.units.values():
        if "@sha256:" not in unit.image:
            hint = f"set platform.workloads.{unit.name}.digest to what strangler build {unit.name} printed"
            message = f"service '{unit.name}' runs an image without a digest: {unit.image}"
            yield Finding("DEPLOY-IMAGE", message, locate(f"strangler.yaml {unit.origin}"), hint, Severity.NOTE)


def _monolith(estate: Estate, locate: Locate) -> Iterator[Finding]:
    hint = "set platform.monolith: {host: ADDRESS, port: PORT} to where pods reach it"
    place = locate("strangler.yaml monolith.upstream")
    if estate.monolith is None:
        message = "nothing says where pods reach the monolith, so that no route can fall back to it"
        yield Finding("DEPLOY-MONOLITH", message, place, hint, Severity.NOTE)
    elif _is_loopback(estate.monolith.host):
        message = f"pods cannot reach the monolith at {estate.monolith.host}: that is the pod itself"
        yield Finding("DEPLOY-MONOLITH", message, place, hint, Severity.WARNING)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _prefixes(estate: Estate, locate: Locate) -> Iterator[Finding]:
    by_path = sorted(name for name, gateway in estate.platform.gateways.items() if gateway.tenants_by == "path")
    if not by_path:
        return
    for unit in estate.units.values():
        for index, route in enumerate(unit.service.routes):
            if is_pattern(route.path):
                message = (
                    f"route {route.path} of '{unit.name}' cannot lose the tenant's prefix at gateway '{by_path[0]}'"
                )
                place = locate(f"strangler.yaml services.{unit.name}.routes.{index}")
                yield Finding("DEPLOY-ROUTE", message, place, "end it with /**, or set tenants_by: host")


def _conditions(estate: Estate, locate: Locate) -> Iterator[Finding]:
    """What a gateway's route leaves out, and would thereby take from the monolith or let through."""
    if estate.platform.facade.mode == "facade":
        return
    for unit in estate.units.values():
        for index, route in enumerate(unit.service.routes):
            left_out = sorted(route.model_dump(exclude_defaults=True).keys() - {"path", "methods", "safety"})
            if left_out:
                message = (
                    f"route {route.path} of '{unit.name}' also says {', '.join(left_out)}, and a gateway's route "
                    "goes by path and method alone"
                )
                place = locate(f"strangler.yaml services.{unit.name}.routes.{index}")
                yield Finding("DEPLOY-ROUTE", message, place, "set platform.facade.mode: facade")

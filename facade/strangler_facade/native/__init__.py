"""Compiled twins of the modules that every request passes through (``strangler.twins``; built by ``build``)."""

from __future__ import annotations

from pathlib import Path

from strangler.twins import Group, use

_MODULES = (
    "strangler_facade.decide",
    "strangler_facade.match",
    "strangler_facade.memo",
    "strangler_facade.plane.connections.answer",
    "strangler_facade.plane.connections.client",
    "strangler_facade.plane.connections.exchange",
    "strangler_facade.plane.core",
    "strangler_facade.plane.forward",
    "strangler_facade.plane.lanes",
    "strangler_facade.plane.records.capture",
    "strangler_facade.plane.records.metrics",
    "strangler_facade.plane.upstreams.breaker",
    "strangler_facade.plane.upstreams.budget",
    "strangler_facade.plane.upstreams.connection",
    "strangler_facade.plane.upstreams.pool",
)
GROUP = Group("strangler_native", Path(__file__).parent.parent, _MODULES, Path(__file__).with_name("built"))

in_use = use(GROUP)
"""Whether this process runs the twins."""

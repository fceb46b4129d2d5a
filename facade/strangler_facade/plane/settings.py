"""What a worker is started with: everything that is not in the route table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and deadlines of a worker's client side, in bytes and seconds.

    ``head_timeout`` is for a whole head, from its first byte. A request body must come at ``slowest_body`` bytes a
    second on average once ``body_grace`` is over. ``replay`` is how much of a body is kept for a second target. A worker that leaves
    waits ``drain`` for what is under way, and ``drain_idle`` for a request on an idle connection.
    """

    connections: int = 20_000
    connections_per_address: int = 2_000
    head_timeout: float = 10.0
    keep_alive: float = 75.0
    slowest_body: int = 512
    body_grace: float = 20.0
    write_timeout: float = 60.0
    tunnel_idle: float = 3600.0
    high_water: int = 256 * 1024
    replay: int = 64 * 1024
    drain: float = 30.0
    drain_idle: float = 1.0

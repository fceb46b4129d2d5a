"""Customers taking turns on a few connections."""

import ipaddress
import queue
import secrets
import threading
import time
from urllib.parse import urlsplit

from traffic.client import Budget, Connection, JourneyBroken, OutOfBudget
from traffic.customers import make_customers
from traffic.journeys import next_journey
from traffic.tally import Report, Tally

MAX_CONNECTIONS = 256


def _address(base_url: str, allow_remote: bool) -> tuple[str, int]:
    parts = urlsplit(base_url)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"not an http URL: {base_url!r}")
    if not allow_remote and not _is_loopback(parts.hostname):
        raise ValueError(f"{parts.hostname} is not this machine (see --allow-remote)")
    return parts.hostname, parts.port or 80


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def run(
    base_url: str,
    *,
    customers: int = 50,
    requests: int | None = None,
    seconds: float = 30.0,
    seed: int = 1,
    rate: float | None = None,
    connections: int = 8,
    allow_remote: bool = False,
    on_tick=None,
    run_id: str | None = None,
    stop: threading.Event | None = None,
) -> Report:
    """Play customers until `requests` are made or `seconds` are over, whichever is first.

    `on_tick` gets a Report of the running totals once a second. Setting `stop` ends the
    run early. The journeys follow from `seed`; `run_id` only keeps the idempotency keys of
    several runs apart.
    """
    host, port = _address(base_url, allow_remote)
    if customers < 1 or not 1 <= connections <= MAX_CONNECTIONS:
        raise ValueError(f"customers from 1, connections from 1 to {MAX_CONNECTIONS}")
    tally = Tally()
    budget = Budget(requests, seconds, rate)
    waiting = queue.SimpleQueue()
    for customer in make_customers(customers, seed, run_id or secrets.token_hex(4)):
        waiting.put(customer)

    began = time.monotonic()
    threads = [
        threading.Thread(target=_play, args=(host, port, budget, tally, waiting), daemon=True)
        for _ in range(min(connections, customers))
    ]
    for thread in threads:
        thread.start()
    tick = began
    for thread in threads:
        while thread.is_alive():
            thread.join(0.05)
            if stop is not None and stop.is_set():
                budget.stop()
            if on_tick is not None and time.monotonic() - tick >= 1:
                tick += 1
                on_tick(tally.report(time.monotonic() - began, done=False))
    return tally.report(time.monotonic() - began, done=True)


def _play(host, port, budget, tally, waiting) -> None:
    connection = Connection(host, port, budget, tally)
    try:
        while not budget.over:
            customer = waiting.get()
            customer.browser.via = connection
            try:
                next_journey(customer)(customer)
                tally.journey()
            except JourneyBroken:
                pass
            finally:
                waiting.put(customer)
    except OutOfBudget:
        pass
    finally:
        connection.close()

"""Work in parts: the tenants of some clusters at a time, several parts at once."""

from __future__ import annotations

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from strangler.plan.platform import Tenant
from strangler_deploy.estate import Estate
from strangler_deploy.placement import site_of

_SIZE = 1000
"""Tenants of a part: memory grows with it, and no cluster is cut in two."""

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


def forked(work: Callable[[_Part], _Result], parts: Sequence[_Part], processes: int) -> list[_Result]:
    """The results of all parts in their order; several at once where the system can fork."""
    if processes < 2 or len(parts) < 2 or not hasattr(os, "fork"):
        return [work(part) for part in parts]
    _WORK.append((work, parts))  # the workers are forks: what is here is there, and nothing is sent but a number
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(min(processes, len(parts)), mp_context=context) as pool:
            return list(pool.map(_run, range(len(parts))))
    finally:
        _WORK.pop()


_WORK: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []


def _run(number: int) -> Any:
    work, parts = _WORK[-1]
    return work(parts[number])


def divided(estate: Estate, tenants: Mapping[str, Tenant]) -> Iterator[list[str]]:
    """The tenants by part: all of a cluster together, small clusters together; one part even without tenants."""
    by_site: dict[str, list[str]] = defaultdict(list)
    for tenant in tenants.values():
        by_site[site_of(estate, tenant)[0].name].append(tenant.id)
    part: list[str] = []
    for _, members in sorted(by_site.items()):
        if part and len(part) + len(members) > _SIZE:
            yield part
            part = []
        part += members
    if part or not by_site:
        yield part

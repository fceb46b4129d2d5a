"""A large estate in parts: the tenants of some clusters at a time, several parts at once."""

from __future__ import annotations

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from strangler.model import Finding
from strangler.plan import Plan
from strangler.plan.platform import Tenant
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.placement import place

_SIZE = 1000
"""Tenants of a part: memory grows with it, and no cluster is cut in two."""

Result = tuple[list[Finding], list[Document]]


@dataclass(frozen=True)
class Job:
    """A tree with its plan and tenants, and the check of one part of it."""

    tree: Mapping[str, str]
    plan: Plan
    tenants: Mapping[str, Tenant]
    check: Callable[[Mapping[str, str], Mapping[str, Tenant]], Result]


def in_parts(job: Job, processes: int) -> Result:
    """The findings and documents of all parts; those of what is shared come once from each part."""
    parts = list(divided(job))
    if processes < 2 or len(parts) < 2 or not hasattr(os, "fork"):
        return _joined(_run(job, part) for part in parts)
    _JOBS.append(job)  # the workers are forks: what is here is there, and no text is sent
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(min(processes, len(parts)), mp_context=context) as pool:
            return _joined(pool.map(_forked, parts))
    finally:
        _JOBS.pop()


_JOBS: list[Job] = []


def _forked(part: list[str]) -> Result:
    return _run(_JOBS[-1], part)


def _run(job: Job, part: list[str]) -> Result:
    wanted = set(part)
    tree = {path: text for path, text in job.tree.items() if _tenant_of(path) in wanted or not _tenant_of(path)}
    return job.check(tree, {name: job.tenants[name] for name in part})


def _joined(results: Iterator[Result]) -> Result:
    findings: dict[Finding, None] = {}
    documents: dict[str, Document] = {}
    for number, (found, own) in enumerate(results):
        # How many objects had no schema is counted in each part: the kinds are the same, once is enough.
        findings.update(dict.fromkeys(f for f in found if not number or f.rule != "DEPLOY-UNCHECKED"))
        documents.update((document.path, document) for document in own)
    return list(findings), list(documents.values())


def divided(job: Job) -> Iterator[list[str]]:
    """The tenants by part: all of a cluster together, small clusters together; one part even without tenants."""
    estate = Estate(job.plan)
    by_site: dict[str, list[str]] = defaultdict(list)
    for tenant in job.tenants.values():
        by_site[place(estate, tenant).site.name].append(tenant.id)
    part: list[str] = []
    for _, members in sorted(by_site.items()):
        if part and len(part) + len(members) > _SIZE:
            yield part
            part = []
        part += members
    if part or not by_site:
        yield part


def _tenant_of(path: str) -> str:
    """The tenant whose folder a file is in; "" for what is shared."""
    parts = path.split("/", 2)
    return parts[1] if parts[0] == "tenants" and len(parts) > 1 else ""

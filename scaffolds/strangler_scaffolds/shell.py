"""A service without moved code: the same shell, to be filled by hand."""

from __future__ import annotations

from strangler.plan import Plan
from strangler_scaffolds.services import Blueprint, Needs, service_files

_OPENAPI = {"openapi": "3.1.0", "info": {"title": "", "version": "1"}, "paths": {}}


def shell(plan: Plan, name: str) -> dict[str, bytes]:
    """The files of an empty service named ``name`` in the plan.

    Raises:
        StranglerError: the plan has no such service.
    """
    contract = {"service": name, "store": plan.service(name).store, "packages": [], "entries": {}}
    openapi = {**_OPENAPI, "info": {"title": name, "version": "1"}}
    blueprint = Blueprint(name, contract, {}, {}, None, Needs(), (), openapi, monolith=plan.monolith.name)
    return service_files(blueprint)

"""One request and what git holds → the change that meets it, rendered and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strangler.plan.platform import Tenant
from strangler.plan.source import parse
from strangler_deploy.check import check_tree
from strangler_deploy.control_plane.provisioning.declaration import (
    PLAN_FILE,
    Declaration,
    Refused,
    refuse_errors,
    tenant_path,
)
from strangler_deploy.control_plane.provisioning.git import TRAILER, Change
from strangler_deploy.control_plane.provisioning.wishes import abandoned, unfit
from strangler_deploy.control_plane.tenants.requests import Asked
from strangler_deploy.control_plane.tenants.stages import Kind
from strangler_deploy.control_plane.tenants.wish import document_of, merged, tenant_of
from strangler_deploy.folder import tenant_files
from strangler_deploy.tenants import tenant_text


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change that may be committed, and what the tenant's file says then."""

    change: Change
    document: Mapping[str, Any]


def prepare(asked: Asked, declaration: Declaration, present: str | None, *, instance: str) -> Prepared:
    """What meets the request.

    Args:
        asked: the request.
        declaration: the plan at the commit that is built upon.
        present: the tenant's file at that commit, None if there is none.
        instance: this installation, for the trailer by which the commit is found again.

    Raises:
        Refused: the platform's rules forbid it.
        InvalidWish: with the request the tenant's file would have mistakes.
    """
    tenant = _wished(asked, present)
    if asked.kind is Kind.CHANGE and present is not None and not asked.leave_data:
        _refuse_abandoning(declaration, tenant_of(declared(present, asked.tenant)), tenant)
    rendered = {} if asked.kind is Kind.OFFBOARD else _rendered(declaration, tenant)
    root = declaration.root
    files = {f"{root}{path}": text for path, text in rendered.items()}
    removed = [f"{root}tenants/{asked.tenant}"]
    document = document_of(tenant)
    if asked.kind is Kind.OFFBOARD:
        removed.append(tenant_path(asked.tenant))
    else:
        files[tenant_path(asked.tenant)] = tenant_text(tenant)
    seconds = int(datetime.fromisoformat(asked.created).timestamp())
    change = Change(_message(asked, instance), f"{seconds} +0000", tuple(removed), files)
    return Prepared(change, document)


def _refuse_abandoning(declaration: Declaration, before: Tenant, after: Tenant) -> None:
    """Data stays where it is when a tenant is declared elsewhere: nobody is to find that out afterwards."""
    if not any(unfit(declaration, before)) and not any(unfit(declaration, after)):
        refuse_errors(list(abandoned(declaration, before, after)))


def _wished(asked: Asked, present: str | None) -> Tenant:
    if asked.kind is Kind.ONBOARD:
        if present is not None:
            raise Refused(f"{tenant_path(asked.tenant)} is in the repository already", hint="choose another id")
        return tenant_of(asked.wish)
    if present is None:
        raise Refused(f"{tenant_path(asked.tenant)} is not in the repository any more", hint="restore it in git first")
    return tenant_of(merged(declared(present, asked.tenant), asked.wish))


def declared(text: str, tenant: str) -> dict[str, Any]:
    """What a tenant's file says, as data."""
    data = parse(text, tenant_path(tenant)).data
    return dict(data) if isinstance(data, Mapping) else {}


def trailer(instance: str, request: int) -> str:
    """By which a request's commit is found again."""
    return f"{instance}/{request}"


def _rendered(declaration: Declaration, tenant: Tenant) -> dict[str, str]:
    """The tenant's folder, once it is known to break no rule."""
    refuse_errors(list(unfit(declaration, tenant)))
    files = dict(tenant_files(declaration.estate, tenant))
    found = check_tree({**declaration.shared, **files}, declaration.plan, {tenant.id: tenant})
    refuse_errors([finding for finding in found if finding not in declaration.known])
    return files


def _message(asked: Asked, instance: str) -> str:
    actor = " ".join(asked.actor.split())
    said = f"{asked.kind.capitalize()} tenant {asked.tenant}\n\nAsked for by {actor}."
    return f"{said}\n\n{TRAILER}: {trailer(instance, asked.id)}\n"


def first_change(declaration: Declaration, moment: str) -> Change:
    """What a repository without any commit begins with: the plan, and what all tenants share."""
    files = {f"{declaration.root}{path}": text for path, text in declaration.shared.items()}
    return Change("Declare the platform\n", moment, (), {**files, PLAN_FILE: declaration.text})

"""What the objects of all tenants are held against each other by, without reading a file of each.

The objects of a class are built once with the tenant left open. Of those that only all tenants together can be judged
by (what AWS lets whom do, what a load balancer leads to) the plain data is filled in for each tenant; of the others,
what they are called and what they name outside the tenant's own folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from strangler.model import Location
from strangler.plan.platform import Tenant
from strangler_deploy.blanks import Form
from strangler_deploy.bundle import CALLS
from strangler_deploy.checks.links import Link, Links, provided
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.folder import placed_objects
from strangler_deploy.manifest import Data, Identity
from strangler_deploy.mould import BLANKS, opened
from strangler_deploy.placement import Placement
from strangler_deploy.references import references
from strangler_deploy.verify import of_all

_Object = tuple[str, str, str, Data]
"""Path, cluster, origin, and the object as plain data."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """One tenant's part in what all are judged by together."""

    documents: list[Document]
    links: Links


class Outline:
    """The outline of a class of tenants, to be filled in for each."""

    def __init__(self, estate: Estate, example: Tenant) -> None:
        """``example`` is any tenant of the class."""
        placement = opened(estate, example)
        objects = [
            (path, _cluster(estate, placement, path), manifest.origin, data)
            for path, manifest, data in placed_objects(estate, placement)
        ]
        own = {(cluster, identity) for _, cluster, _, data in objects for identity in provided(data)}
        homes = {(cluster, identity.name) for cluster, identity in own if identity.kind == "Namespace"}
        plain = {
            "documents": [item for item in objects if of_all(item[3])],
            "have": [item for item in _have(objects) if (item[0], item[1].namespace) not in homes],
            "made": [item for item in own if (item[0], item[1].namespace) not in homes],
            "named": [link for link in _named(objects) if (link[0], link[2]) not in own],
        }
        self._form = Form(json.dumps(plain, ensure_ascii=False), BLANKS, CALLS)

    def of(self, tenant: Tenant) -> Outlined:
        """The outline of a tenant of the class; places are those of the plan, without lines."""
        found = json.loads(self._form.fill(tenant.id, json.dumps(tenant.name, ensure_ascii=False)[1:-1]))
        links = Links(
            [(cluster, Identity(*identity), origin, path) for cluster, identity, origin, path in found["have"]],
            {(cluster, Identity(*identity)) for cluster, identity in found["made"]},
            [Link(at, Identity(*source), Identity(*to), *rest) for at, source, to, *rest in found["named"]],
        )
        documents = [
            Document(path, data, origin, at, Location(origin)) for path, at, origin, data in found["documents"]
        ]
        return Outlined(documents, links)


def _document(path: str, cluster: str, origin: str, data: Data) -> Document:
    return Document(path, data, origin, cluster, Location(origin))


def _have(objects: Sequence[_Object]) -> Iterator[tuple[str, Identity, str, str]]:
    for path, cluster, origin, data in objects:
        yield cluster, _identity(data), origin, path


def _named(objects: Sequence[_Object]) -> Iterator[tuple[str, Identity, Identity, str, str, str]]:
    """What objects name: cluster, who, whom, in which field, origin and path."""
    for path, cluster, origin, data in objects:
        for reference in references(data):
            yield cluster, _identity(data), reference.target, reference.field, origin, path


def _identity(data: Data) -> Identity:
    return next(iter(provided(data)))


def _cluster(estate: Estate, placement: Placement, path: str) -> str:
    folder = path.rpartition("/")[0].rpartition("/")[2]
    return estate.control.name if folder == "control" else placement.site.name

"""What answers look like, so that the OpenAPI document can say it, and rows in that form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from strangler_deploy.control_plane.tenants.stages import Kind, Standing, State

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some of many; `next` is the `cursor` of the page after this one, null on the last."""

    items: list[Item]
    next: str | None


class TenantView(BaseModel):
    """A tenant: where it stands, and what its file in git says (`document`)."""

    id: str
    standing: Standing
    document: dict[str, Any]
    price_list: str
    version: int
    created: str
    updated: str


class FindingView(BaseModel):
    """A rule that was broken, where, and what to do."""

    rule: str
    severity: str
    message: str
    hint: str
    place: str


class RequestView(BaseModel):
    """A request: how far it is, in which commit, and why it is stuck or was refused."""

    id: int
    tenant: str
    kind: Kind
    wish: dict[str, Any]
    state: State
    reason: str
    findings: list[FindingView]
    commit: str
    branch: str
    actor: str
    created: str
    updated: str


class EventView(BaseModel):
    """Something that happened, in the words of the SaaS Builder Toolkit."""

    id: int
    type: str
    tenant: str
    detail: dict[str, Any]
    at: str


class UserView(BaseModel):
    """A user of a tenant, or somebody who is invited."""

    id: int
    tenant: str
    email: str
    role: Literal["administrator", "member"]
    state: Literal["invited", "active", "removed"]
    subject: str
    expires: str
    created: str


class InvitationView(BaseModel):
    """An invitation; `secret` is shown this once."""

    user: int
    secret: str


class TakenView(BaseModel):
    """What became of a batch of usage events."""

    accepted: int
    duplicates: int
    conflicts: list[str]


class UseView(BaseModel):
    """One metric of one service on one day."""

    day: str
    service: str
    metric: str
    quantity: int
    events: int


class UsageView(BaseModel):
    """What a tenant used."""

    tenant: str
    items: list[UseView]


class LineView(BaseModel):
    """A line of an invoice; `amount` is a decimal text."""

    text: str
    period: str
    service: str
    metric: str
    quantity: int
    amount: str


class InvoiceView(BaseModel):
    """An invoice; `total` is the sum of its lines' amounts."""

    id: int
    tenant: str
    period: str
    price_list: str
    price_version: int
    currency: str
    lines: list[LineView]
    total: str
    created: str


class ChargesView(BaseModel):
    """What an invoice of a month would say by now; it becomes one when the month has ended."""

    tenant: str
    period: str
    currency: str
    lines: list[LineView]
    total: str


class ProofView(BaseModel):
    """Whether an invoice comes out of the events again, to the last digit."""

    invoice: int
    reproduces: bool


class BilledView(BaseModel):
    """The invoices that a run made, and how many there were already."""

    made: list[int]
    already: int


class PriceListView(BaseModel):
    """A price list in its newest version."""

    id: str
    version: int
    content: dict[str, Any]


class AuditView(BaseModel):
    """One request and its answer; each entry holds the digest of the one before it."""

    id: int
    at: str
    actor: str
    tenant: str
    method: str
    path: str
    status: int
    reason: str
    previous: str
    digest: str


class ChainView(BaseModel):
    """Whether the audit is whole; if not, the first entry that was tampered with."""

    holds: bool
    first_broken: int | None


class CallerView(BaseModel):
    """Whom the token stands for."""

    subject: str
    role: str
    tenant: str


class HealthView(BaseModel):
    """Whether the service works."""

    status: Literal["ok"]


def shown(row: Mapping[Any, Any], view: type[BaseModel]) -> dict[str, Any]:
    """Of a row, what the view shows."""
    return {name: row[name] for name in view.model_fields}

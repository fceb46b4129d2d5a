"""The bodies of the admin interface's requests and answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from strangler.model import Stage

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Form(BaseModel):
    """A request's body: without room for keys that mean nothing."""

    model_config = ConfigDict(extra="forbid", strict=True)
    reason: Reason


class ShiftForm(Form):
    """How many percent of its users a service serves from now on."""

    percent: float = Field(ge=0, le=100, allow_inf_nan=False)


class ShadowForm(Form):
    """Whether requests are mirrored to the service."""

    on: bool


class StageForm(Form):
    """The stage a service goes to."""

    stage: Literal["extracted", "shadow", "canary", "live", "split", "retired"]


class EvidenceForm(Form):
    """What a person has verified; left out: unchanged."""

    backfill_verified: bool | None = None
    reverse_replication: bool | None = None
    code_restored: bool | None = None


class RolloutForm(Form):
    """What happens to the service's rollout."""

    action: Literal["start", "pause", "resume", "approve", "abort"]


class RestoreForm(Form):
    """The version that is put in force again."""

    version: int = Field(ge=1, lt=2**53)


class ExplainForm(BaseModel):
    """A request to decide about, without sending it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    method: str = "GET"
    path: str = "/"
    headers: dict[str, str] = Field(default_factory=dict)
    client: str = "127.0.0.1"


class TargetView(BaseModel):
    """What one target did for a service's routes since the position last changed: seconds, requests, milliseconds."""

    requests: int
    failures: int
    p50_ms: float | None
    p99_ms: float | None


class RolloutView(BaseModel):
    """A rollout; ``step`` is the index in ``steps``, -1 while requests are only mirrored."""

    status: str
    step: int
    steps: list[int]
    baked: float
    bake: float
    reason: str


class MoveView(BaseModel):
    """How a service came to stand where it stands."""

    at: float
    actor: str
    action: str
    reason: str


class ServiceView(BaseModel):
    """Where a service stands and how it does.

    Of ``shadowed`` requests ``unanswered`` got no answer; of ``compared`` ones, ``differing`` differ beyond noise, and
    ``moved_on`` differed only in what the monolith itself answered otherwise when it was asked again.
    """

    name: str
    stage: Stage
    weight: float
    mirrored: bool
    calls: str
    data: str
    upstream: str | None
    routes: list[str]
    revision: int
    seconds: float
    service: TargetView
    monolith: TargetView
    shadowed: int
    unanswered: int
    compared: int
    differing: int
    moved_on: int
    rollout: RolloutView | None
    evidence: dict[str, bool]
    moved: MoveView | None
    warnings: list[str]


class HolderView(BaseModel):
    """Whose token a request came with."""

    name: str
    role: Literal["viewer", "operator", "approver"]


class StatusView(BaseModel):
    """The whole facade at one moment, and who asks."""

    you: HolderView
    version: int
    monolith: str
    services: list[ServiceView]
    workers: list[dict[str, Any]]
    owed_entries: int
    warnings: list[str]


class StateView(BaseModel):
    """What a client of a service needs to know; ``version`` is the cursor for the next question."""

    service: str
    version: int
    stage: Stage
    weight: float
    mirrored: bool
    calls: Literal["local", "shadow", "canary", "remote"]
    salt: str
    sticky: dict[str, Any]


class ClientState(BaseModel):
    """A service's stage, the percentage of its users it has, and where it answers ("": nowhere yet)."""

    stage: Stage
    percent: float
    url: str


class StatesView(BaseModel):
    """Where all services stand, for their clients."""

    version: int
    services: dict[str, ClientState]


class EntryView(BaseModel):
    """One line of the audit log."""

    seq: int
    at: float
    actor: str
    action: str
    service: str | None
    reason: str
    version: int | None
    detail: dict[str, Any]


class ErrorDetail(BaseModel):
    """Why a request was refused."""

    code: str
    message: str
    hint: str


class ErrorView(BaseModel):
    """The body of every refusal."""

    error: ErrorDetail

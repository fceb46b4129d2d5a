"""The endpoints that show services and move them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from strangler.model import Stage
from strangler_facade.admin import views
from strangler_facade.admin.forms import (
    ErrorView,
    EvidenceForm,
    Form,
    RolloutForm,
    ServiceView,
    ShadowForm,
    ShiftForm,
    StageForm,
    StatesView,
    StateView,
    StatusView,
)
from strangler_facade.admin.guardian import Approver, Operator, Seen, Viewer, author, require
from strangler_facade.admin.tokens import Holder, Role
from strangler_facade.control import reach
from strangler_facade.control.controller import Author
from strangler_facade.control.plane import ControlPlane
from strangler_facade.control.stages import Position

REFUSALS = {status: {"model": ErrorView} for status in (400, 401, 403, 404, 409, 412, 422, 507)}
router = APIRouter(prefix="/v1", responses=REFUSALS)  # type: ignore[arg-type]

After = Annotated[int, Query(ge=-1, lt=2**53)]
Wait = Annotated[float, Query(ge=0, le=60)]
_BY_APPROVERS = (Stage.SPLIT, Stage.RETIRED)
_LEAST_WEIGHT = {Stage.CANARY: 1.0, Stage.LIVE: 100.0}


def plane(request: Request) -> ControlPlane:
    """The control plane behind the app."""
    control: ControlPlane = request.app.state.control
    return control


def _view(request: Request, response: Response, name: str) -> ServiceView:
    shown = views.service(plane(request), name)
    response.headers["etag"] = f'"r{shown.revision}"'
    return shown


@router.get("/status")
async def status(request: Request, who: Viewer) -> StatusView:
    """Version, services and workers."""
    return views.status(plane(request), who)


@router.get("/state")
async def all_states(request: Request, who: Viewer, after: After = -1, wait: Wait = 0) -> StatesView:
    """Where every service stands, in the form that their clients read; waits as a single service's state does."""
    control = plane(request)
    if after >= 0:
        await control.controller.wait_beyond(after, wait)
    return StatesView.model_validate(control.controller.states())


@router.get("/services/{name}")
async def show(request: Request, response: Response, name: str, who: Viewer) -> ServiceView:
    """One service; its ETag guards edits."""
    return _view(request, response, name)


@router.post("/services/{name}/shift")
async def shift(
    request: Request, response: Response, name: str, form: ShiftForm, who: Operator, seen: Seen
) -> ServiceView:
    """Give the service a percentage of its users; at 0 it is mirrored to, at 100 it is live."""
    control = plane(request)
    require_for_rise(control, who, name, form.percent)
    by, before = author(who, form.reason, seen), control.controller.position(name)
    await control.controller.shift(name, form.percent, by)
    return await _warned(_moved(request, response, name, by), before)


@router.post("/services/{name}/shadow")
async def shadow(
    request: Request, response: Response, name: str, form: ShadowForm, who: Operator, seen: Seen
) -> ServiceView:
    """Switch mirroring on or off."""
    controller = plane(request).controller
    by, before = author(who, form.reason, seen), controller.position(name)
    await controller.mirror(name, form.on, by)
    return await _warned(_view(request, response, name), before)


@router.post("/services/{name}/stage")
async def stage(
    request: Request, response: Response, name: str, form: StageForm, who: Operator, seen: Seen
) -> ServiceView:
    """Move the service to a stage; to ``split`` and ``retired``, and back from them, as an approver."""
    control, wanted = plane(request), Stage(form.stage)
    if wanted in _BY_APPROVERS or control.controller.position(name).stage in _BY_APPROVERS:
        require(who, Role.APPROVER)
    require_for_rise(control, who, name, _LEAST_WEIGHT.get(wanted, 0.0))
    by, before = author(who, form.reason, seen), control.controller.position(name)
    await control.controller.walk(name, wanted, by)
    return await _warned(_moved(request, response, name, by), before)


@router.post("/services/{name}/rollback")
async def rollback(
    request: Request, response: Response, name: str, form: Form, who: Operator, seen: Seen
) -> ServiceView:
    """Send every user back to the monolith, at once."""
    by = author(who, form.reason, seen)
    await plane(request).controller.roll_back(name, by)
    return _moved(request, response, name, by)


def require_for_rise(control: ControlPlane, who: Holder, name: str, weight: float) -> None:
    """Only an approver raises a weight where the plan asks for approval, by whatever way.

    Raises:
        Refused: 403.
    """
    if weight > control.controller.position(name).weight and control.pilot.policy(name).approval:
        require(who, Role.APPROVER)


async def _warned(shown: ServiceView, before: Position) -> ServiceView:
    """The view, with a warning if the service got more to do and nothing listens where it should be."""
    rose = (shown.weight, shown.mirrored) > (before.weight, before.mirrored)
    obstacle = await reach.obstacle(shown.upstream) if rose and shown.upstream else None
    if shown.upstream and obstacle:
        known = [warning for warning in shown.warnings if shown.upstream not in warning]  # seen by mirroring
        shown.warnings = [*known, reach.unanswering(shown.name, shown.upstream, obstacle)]
    return shown


def _moved(request: Request, response: Response, name: str, by: Author) -> ServiceView:
    plane(request).pilot.by_hand(name, by)
    return _view(request, response, name)


@router.post("/services/{name}/rollout")
async def rollout(request: Request, response: Response, name: str, form: RolloutForm, who: Operator) -> ServiceView:
    """Start, pause, resume, approve or abort the service's rollout."""
    if form.action == "approve":
        require(who, Role.APPROVER)
    pilot = plane(request).pilot
    act = {
        "start": pilot.start,
        "pause": pilot.pause,
        "resume": pilot.resume,
        "approve": pilot.approve,
        "abort": pilot.abort,
    }[form.action]
    await act(name, author(who, form.reason))
    return _view(request, response, name)


@router.post("/services/{name}/evidence")
async def evidence(
    request: Request, response: Response, name: str, form: EvidenceForm, who: Approver, seen: Seen
) -> ServiceView:
    """Record what has been verified about the service's data and code; moves depend on it."""
    said = form.model_dump(exclude={"reason"}, exclude_none=True)
    await plane(request).controller.attest(name, said, author(who, form.reason, seen))
    return _view(request, response, name)


@router.get("/services/{name}/state")
async def state(
    request: Request,
    name: str,
    who: Viewer,
    after: After = -1,
    wait: Wait = 0,
) -> StateView:
    """What a client of the service needs to know; with ``after`` and ``wait`` it answers when the version is another.

    Ask with ``after`` = the version of the last answer and ``wait`` = 25: a change is known within milliseconds.
    """
    control = plane(request)
    control.controller.position(name)
    if after >= 0:
        await control.controller.wait_beyond(after, wait)
    return views.state(control, name)

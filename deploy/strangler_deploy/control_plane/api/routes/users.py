"""The users of a tenant, and invitations."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection, select

from strangler_deploy.control_plane.api.access import (
    After,
    Answer,
    Key,
    Limit,
    Number,
    TenantId,
    TheCaller,
    ThePlane,
    once,
    page,
)
from strangler_deploy.control_plane.api.forms import Acceptance, Invitation
from strangler_deploy.control_plane.api.trouble import declared
from strangler_deploy.control_plane.api.views import CallerView, InvitationView, Page, UserView, shown
from strangler_deploy.control_plane.identity.caller import Hidden, Role
from strangler_deploy.control_plane.store.tables import users
from strangler_deploy.control_plane.tenants.requests import tenant_row
from strangler_deploy.control_plane.users import accept, invite, remove

router = APIRouter(prefix="/v1", tags=["users"])


@router.get("/me", response_model=CallerView, responses=declared(401, 503))
def read_me(caller: TheCaller) -> JSONResponse:
    """Whom the token stands for."""
    return JSONResponse({"subject": caller.subject, "role": caller.role, "tenant": caller.tenant})


@router.post(
    "/tenants/{tenant}/invitations",
    status_code=201,
    response_model=InvitationView,
    responses=declared(400, 401, 403, 404, 409, 413, 422, 503),
)
def invite_user(
    tenant: TenantId, form: Invitation, caller: TheCaller, plane: ThePlane, key: Key = None
) -> JSONResponse:
    """Invite somebody to the tenant. The secret is shown this once; it is theirs to accept within seven days."""
    caller.require_tenant(tenant, Role.ADMINISTRATOR)

    def act(connection: Connection) -> Answer:
        tenant_row(connection, tenant)
        user, secret = invite(connection, tenant, form.email, form.role, plane.now())
        return Answer(201, {"user": user, "secret": secret})

    asked = {"path": f"invitations/{tenant}", **form.model_dump()}
    return once(plane, caller, key, asked, act).response()


@router.post("/invitations/accept", response_model=UserView, responses=declared(400, 401, 403, 404, 413, 422, 503))
def accept_invitation(form: Acceptance, caller: TheCaller, plane: ThePlane) -> JSONResponse:
    """Take an invitation; it works once, and only into the tenant that the token belongs to."""
    caller.require(Role.ADMINISTRATOR, Role.MEMBER)
    with plane.store.write() as connection:
        row = accept(connection, form.secret, caller.subject, plane.now())
        if caller.tenant not in ("", row["tenant"]):
            raise Hidden("there is no open invitation with this secret")
    return JSONResponse(shown(row, UserView))


@router.get("/tenants/{tenant}/users", response_model=Page[UserView], responses=declared(401, 403, 404, 422, 503))
def list_users(
    tenant: TenantId, caller: TheCaller, plane: ThePlane, limit: Limit = 50, cursor: After = None
) -> JSONResponse:
    """The tenant's users and invitations."""
    caller.require_tenant(tenant)
    query = select(users).where(users.c.tenant == tenant, users.c.id > (cursor or 0)).order_by(users.c.id)
    with plane.store.read() as connection:
        tenant_row(connection, tenant)
        rows = [shown(row, UserView) for row in connection.execute(query.limit(limit + 1)).mappings()]
    return JSONResponse(page(rows, limit))


@router.delete("/tenants/{tenant}/users/{user}", status_code=204, responses=declared(401, 403, 404, 422, 503))
def remove_user(tenant: TenantId, user: Number, caller: TheCaller, plane: ThePlane) -> Response:
    """Take a user or an invitation away; tokens of that user do not count here any more."""
    caller.require_tenant(tenant, Role.ADMINISTRATOR)
    with plane.store.write() as connection:
        remove(connection, tenant, user, plane.now())
    return Response(status_code=204)

from flask import Blueprint, jsonify
from flask import session as cookie

from shop import payload
from shop.idempotency import idempotent
from shop.identity import service
from shop.identity.guards import current_user, login_required, owner_required

bp = Blueprint("identity", __name__, url_prefix="/api/identity")


def user_dict(user):
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "active": user.is_active,
        "account": {"id": user.account_id, "name": user.account.name},
    }


@bp.post("/login")
def login():
    body = payload.read_json()
    user = service.authenticate(payload.text(body, "email"), payload.text(body, "password"))
    service.start_session(user)
    return jsonify(user=user_dict(user), csrf=cookie["csrf"])


@bp.post("/logout")
def logout():
    service.end_session()
    return "", 204


@bp.post("/register")
@idempotent
def register():
    body = payload.read_json()
    user = service.register(
        company=payload.text(body, "company"),
        name=payload.text(body, "name"),
        email=payload.text(body, "email"),
        password=payload.text(body, "password"),
        country=body.get("country"),
        vat_id=body.get("vat_id"),
    )
    return jsonify(user=user_dict(user)), 201


@bp.get("/me")
@login_required
def me():
    return jsonify(user=user_dict(current_user()))


@bp.patch("/me")
@login_required
def update_me():
    body = payload.read_json()
    user = current_user()
    if "name" in body:
        service.rename(user, payload.text(body, "name", max_length=120))
    if "password" in body:
        service.change_password(
            user, payload.text(body, "old_password"), payload.text(body, "password")
        )
    return jsonify(user=user_dict(user))


@bp.get("/users")
@owner_required
def users():
    found = service.users_of(current_user().account_id)
    return jsonify(users=[user_dict(user) for user in found])


@bp.post("/users")
@owner_required
@idempotent
def invite():
    body = payload.read_json()
    user, password = service.invite(
        current_user().account,
        payload.text(body, "name"),
        payload.text(body, "email"),
        payload.text(body, "role", default="member"),
    )
    return jsonify(user=user_dict(user), one_time_password=password), 201


@bp.post("/users/<int:user_id>/deactivate")
@owner_required
def deactivate(user_id):
    return jsonify(user=user_dict(service.deactivate(user_id, by=current_user())))

from flask import Blueprint, jsonify

from shop import payload
from shop.idempotency import idempotent
from shop.identity.guards import current_user, login_required
from shop.notifications import service

bp = Blueprint("notifications", __name__, url_prefix="/api/notifications")


def notification_dict(notification):
    return {
        "id": notification.id,
        "topic": notification.topic,
        "subject": notification.subject,
        "body": notification.body,
        "read": notification.read_at is not None,
        "created_at": notification.created_at.isoformat(),
    }


@bp.get("/preferences")
@login_required
def preferences():
    return jsonify(preferences=service.preferences_of(current_user().id))


@bp.put("/preferences")
@login_required
def set_preferences():
    wanted = payload.read_json()
    return jsonify(preferences=service.set_preferences(current_user(), wanted))


@bp.get("/inbox")
@login_required
def inbox():
    limit, offset = payload.query_page()
    user = current_user()
    found = service.inbox(user.id, limit, offset)
    return jsonify(
        unread=service.unread_count(user.id),
        messages=[notification_dict(notification) for notification in found],
    )


@bp.post("/inbox/<int:notification_id>/read")
@login_required
@idempotent
def mark_read(notification_id):
    notification = service.mark_read(current_user().id, notification_id)
    return jsonify(message=notification_dict(notification))

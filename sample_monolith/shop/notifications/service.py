import logging

from sqlalchemy import func, select

from shop import clock
from shop.db import session, transaction
from shop.errors import NotFound, ValidationFailed
from shop.notifications import messages, transports
from shop.notifications.models import Notification, Preference

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3


def notify(user, message: str, **values) -> Notification:
    """Put a message into a user's inbox and queue the mail, if the user wants it."""
    topic, subject, body = messages.compose(message, **values)
    wanted = topic in messages.MANDATORY or preferences_of(user.id)[topic]
    with transaction():
        notification = Notification(
            tenant_id=user.tenant_id,
            user_id=user.id,
            topic=topic,
            subject=subject,
            body=body,
            mail_status="pending" if wanted else "unwanted",
            attempts=0,
            created_at=clock.now(),
        )
        session.add(notification)
        session.flush()
    return notification


def preferences_of(user_id: int) -> dict[str, bool]:
    rows = session.execute(
        select(Preference.topic, Preference.wants_mail).where(Preference.user_id == user_id)
    )
    return {**dict.fromkeys(messages.TOPICS, True), **{topic: wants for topic, wants in rows}}


def set_preferences(user, wanted: dict) -> dict[str, bool]:
    for topic, wants in wanted.items():
        if topic not in messages.TOPICS:
            raise ValidationFailed(f"There is no topic {topic!r}.", field=topic)
        if not isinstance(wants, bool):
            raise ValidationFailed(f"{topic} must be true or false.", field=topic)
        if topic in messages.MANDATORY and not wants:
            raise ValidationFailed(f"Mail about {topic!r} cannot be turned off.", field=topic)
    with transaction():
        known = {
            p.topic: p
            for p in session.scalars(select(Preference).where(Preference.user_id == user.id))
        }
        for topic, wants in wanted.items():
            if topic in known:
                known[topic].wants_mail = wants
            else:
                session.add(
                    Preference(
                        tenant_id=user.tenant_id,
                        user_id=user.id,
                        topic=topic,
                        wants_mail=wants,
                    )
                )
        session.flush()
        return preferences_of(user.id)


def inbox(user_id: int, limit: int = 50, offset: int = 0) -> list[Notification]:
    return list(
        session.scalars(
            select(Notification)
            .where(Notification.user_id == user_id)
            .order_by(Notification.id.desc())
            .limit(limit)
            .offset(offset)
        )
    )


def unread_count(user_id: int) -> int:
    return session.scalar(
        select(func.count())
        .select_from(Notification)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None))
    )


def mark_read(user_id: int, notification_id: int) -> Notification:
    with transaction():
        notification = session.get(Notification, notification_id)
        if notification is None or notification.user_id != user_id:
            raise NotFound("There is no such message.")
        if notification.read_at is None:
            notification.read_at = clock.now()
    return notification


def deliver(limit: int = 100) -> int:
    """Send waiting mail, oldest first. Each is marked before the next is tried."""
    waiting = session.scalars(
        select(Notification.id)
        .where(Notification.mail_status == "pending")
        .order_by(Notification.id)
        .limit(limit)
    ).all()
    return sum(_deliver_one(notification_id) for notification_id in waiting)


def _deliver_one(notification_id: int) -> bool:
    with transaction():
        notification = session.get(Notification, notification_id, with_for_update=True)
        if notification.mail_status != "pending":
            return False
        notification.attempts += 1
        try:
            transports.send(
                notification.user.email,
                notification.subject,
                notification.body,
                f"notification-{notification.id}",
            )
        except OSError as error:
            log.warning("mail %s failed: %s", notification.id, error)
            if notification.attempts >= MAX_ATTEMPTS:
                notification.mail_status = "failed"
            return False
        notification.mail_status = "sent"
        notification.sent_at = clock.now()
        return True

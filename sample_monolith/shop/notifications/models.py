from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.db import Base, UtcDateTime
from shop.identity.models import User


class Notification(Base):
    """A message to one user: in the inbox at once, by mail when the worker gets to it."""

    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_pending", "mail_status", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    topic: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    mail_status: Mapped[str] = mapped_column(String(10))  # pending, sent, failed, unwanted
    attempts: Mapped[int] = mapped_column(default=0)
    created_at = mapped_column(UtcDateTime)
    sent_at = mapped_column(UtcDateTime, nullable=True)
    read_at = mapped_column(UtcDateTime, nullable=True)

    user: Mapped[User] = relationship()


class Preference(Base):
    """Whether a user wants mail on a topic. No row means yes."""

    __tablename__ = "notification_preferences"
    __table_args__ = (UniqueConstraint("user_id", "topic"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    topic: Mapped[str] = mapped_column(String(20))
    wants_mail: Mapped[bool]

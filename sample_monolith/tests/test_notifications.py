from unittest.mock import patch

import pytest
from sqlalchemy import select

from shop import jobs
from shop.billing.models import Invoice
from shop.db import session
from shop.errors import NotFound, ValidationFailed
from shop.identity import service as identity
from shop.metering import quotas
from shop.metering import service as metering
from shop.notifications import messages, service, tasks, transports
from shop.notifications.models import Notification
from shop.orders import service as orders
from shop.payments import service as payments


def _only_invoice():
    return session.scalars(select(Invoice.id)).one()


def subjects(user_id):
    return [n.subject for n in service.inbox(user_id)]


def test_everybody_wants_everything_at_first(world):
    assert service.preferences_of(world.owner_id) == dict.fromkeys(messages.TOPICS, True)


def test_preferences_decide_about_mail_not_about_the_inbox(world):
    service.set_preferences(world.owner, {"invoices": False})
    orders.place_order(world.owner, [("team", 1)])
    notification = service.inbox(world.owner_id)[0]
    assert notification.topic == "invoices" and notification.mail_status == "unwanted"
    assert service.deliver() == 0


@pytest.mark.parametrize("wanted", [{"gossip": True}, {"orders": "no"}, {"account": False}])
def test_odd_preferences(world, wanted):
    with pytest.raises(ValidationFailed):
        service.set_preferences(world.owner, wanted)


def test_an_order_and_its_payment_are_told(world, card):
    orders.place_and_pay(world.owner, [("team", 1)])
    assert jobs.run_pending() == 1
    assert subjects(world.owner_id) == [
        "Your order ORD-000001",
        "We received €11.90",
        "Invoice INV-000001",
    ]


def test_failed_payment_is_told(world):
    payments.add_method(world.account_id, "tok_declined")
    orders.place_and_pay(world.owner, [("team", 1)])
    assert "Your payment for invoice INV-000001 failed" in subjects(world.owner_id)


def test_welcome(world):
    user = identity.register("New", "Nia", "nia@new.example", "long-enough")
    assert subjects(user.id) == ["Welcome, Nia"]


def test_deliver_sends_once(world):
    service.notify(world.owner, "welcome", name="O", company="B", email="o@b.example")
    assert (tasks.deliver_pending(), tasks.deliver_pending()) == (1, 0)
    assert [m["To"] for m in transports.sent_messages] == ["owner@buyer.example"]


def test_mail_is_given_up_after_three_attempts(world):
    service.notify(world.owner, "welcome", name="O", company="B", email="o@b.example")
    with patch("shop.notifications.transports.send", side_effect=OSError("no route")):
        for _ in range(4):
            assert service.deliver() == 0
    assert session.scalars(select(Notification)).one().mail_status == "failed"
    assert session.scalars(select(Notification)).one().attempts == 3


def test_directory_transport(tmp_path):
    message = transports.build("a@b.example", "Hello", "Text")
    with patch("shop.notifications.transports.settings") as settings:
        settings.mail_directory = str(tmp_path / "out")
        transports._to_directory(message, "n-1")
    assert b"Subject: Hello" in (tmp_path / "out" / "n-1.eml").read_bytes()


def test_mark_read(world):
    notification = service.notify(world.owner, "welcome", name="O", company="B", email="x")
    assert service.unread_count(world.owner_id) == 1
    service.mark_read(world.owner_id, notification.id)
    assert service.unread_count(world.owner_id) == 0
    with pytest.raises(NotFound):
        service.mark_read(world.member_id, notification.id)


def test_near_quota_is_told_once(world):
    quotas.set_quota(world.tenant_id, world.account_id, "api_calls", 100)
    metering.record_usage(world.tenant_id, world.account_id, "api_calls", 85)
    assert (tasks.warn_near_quota(), tasks.warn_near_quota()) == (1, 0)
    assert subjects(world.owner_id) == ["85 of 100 API calls used"]


def test_reminder_task(world):
    order = orders.place_order(world.owner, [("team", 1)])
    jobs.run_pending()
    tasks.payment_reminder(world.tenant_id, invoice_id=_only_invoice())
    assert subjects(world.owner_id)[0] == f"Reminder: invoice {order.invoice_number}"
    orders.cancel(order.number, world.account_id)
    tasks.payment_reminder(world.tenant_id, invoice_id=_only_invoice())
    assert len([s for s in subjects(world.owner_id) if s.startswith("Reminder")]) == 1


def test_over_http(owner):
    answer = owner.put("/api/notifications/preferences", {"usage": False})
    assert answer.json["preferences"]["usage"] is False
    owner.post("/api/orders", {"lines": [{"plan": "team"}]})
    inbox = owner.get("/api/notifications/inbox").json
    assert inbox["unread"] == 1
    path = f"/api/notifications/inbox/{inbox['messages'][0]['id']}/read"
    assert owner.post(path).json["message"]["read"]
    assert owner.get("/api/notifications/inbox").json["unread"] == 0

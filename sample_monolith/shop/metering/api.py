from flask import Blueprint, jsonify, request

from shop import clock, payload
from shop.errors import ValidationFailed
from shop.idempotency import idempotent
from shop.identity.principal import current_principal, principal_required, staff_required
from shop.metering import meters, quotas, rollups, service

bp = Blueprint("metering", __name__, url_prefix="/api/metering")


def _event_from(body):
    return {
        "meter": payload.text(body, "meter", max_length=40),
        "quantity": payload.integer(body, "quantity", default=1, minimum=1),
        "occurred_at": payload.instant(body, "occurred_at"),
        "event_id": payload.text(body, "event_id", max_length=80) if "event_id" in body else None,
    }


def _meter_argument():
    meter = request.args.get("meter", "")
    if meter not in meters.METERS:
        raise ValidationFailed(f"There is no meter {meter!r}.", field="meter")
    return meter


def _this_month():
    return clock.month_bounds(clock.today())


def quota_dict(status):
    return {
        "meter": status.meter,
        "used": status.used,
        "limit": status.limit,
        "remaining": status.remaining,
        "hard": status.hard,
        "exceeded": status.exceeded,
    }


@bp.get("/meters")
def list_meters():
    return jsonify(meters=[{"meter": m, "label": label} for m, label in meters.METERS.items()])


@bp.post("/events")
@principal_required
@idempotent
def record_event():
    who = current_principal()
    event = service.record_usage(who.tenant_id, who.account_id, **_event_from(payload.read_json()))
    answer = {
        "id": event.id,
        "meter": event.meter,
        "quantity": event.quantity,
        "occurred_at": event.occurred_at.isoformat(),
        "event_id": event.event_id,
        "duplicate": event.duplicate,
    }
    return jsonify(event=answer), 200 if event.duplicate else 201


@bp.post("/events/batch")
@principal_required
@idempotent
def record_batch():
    who = current_principal()
    events = payload.read_json().get("events")
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise ValidationFailed("events must be a list of objects.", field="events")
    result = service.record_batch(
        who.tenant_id, who.account_id, [_event_from(event) for event in events]
    )
    return jsonify(accepted=result.accepted, duplicates=result.duplicates), 201


@bp.get("/usage")
@principal_required
def usage():
    """One meter's total over a period (default: this month)."""
    who, meter = current_principal(), _meter_argument()
    start, end = payload.query_period(*_this_month())
    quantity = service.usage_between(who.tenant_id, who.account_id, meter, start, end)
    return jsonify(
        {"meter": meter, "from": start.isoformat(), "to": end.isoformat(), "quantity": quantity}
    )


@bp.get("/summary")
@principal_required
def summary():
    who = current_principal()
    start, end = payload.query_period(*_this_month())
    usage = service.usage_summary(who.tenant_id, who.account_id, start, end)
    return jsonify(
        {
            "from": start.isoformat(),
            "to": end.isoformat(),
            "meters": [
                {"meter": m.meter, "quantity": m.quantity, "events": m.events} for m in usage
            ],
        }
    )


@bp.get("/rollups")
@principal_required
def daily():
    """One meter's use day by day."""
    who, meter = current_principal(), _meter_argument()
    start, end = payload.query_period(*_this_month())
    days = service.daily_usage(who.tenant_id, who.account_id, meter, start, end)
    return jsonify(
        meter=meter,
        days=[{"day": d.day.isoformat(), "quantity": d.quantity, "events": d.events} for d in days],
        total=sum(d.quantity for d in days),
    )


@bp.post("/rollups/run")
@staff_required
def run_rollups():
    return jsonify(folded=rollups.roll_up())


@bp.get("/quotas")
@principal_required
def list_quotas():
    who = current_principal()
    statuses = quotas.all_statuses(who.tenant_id, who.account_id)
    return jsonify(quotas=[quota_dict(status) for status in statuses])


@bp.put("/accounts/<int:account_id>/quotas/<meter>")
@staff_required
def set_quota(account_id, meter):
    body = payload.read_json()
    tenant_id = current_principal().tenant_id
    quotas.set_quota(
        tenant_id, account_id, meter, payload.integer(body, "limit"), body.get("hard") is True
    )
    return jsonify(quota=quota_dict(quotas.quota_status(tenant_id, account_id, meter)))

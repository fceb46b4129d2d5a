from flask import render_template

from shop import clock
from shop.billing import service as billing
from shop.identity.guards import current_user
from shop.metering import meters, quotas
from shop.metering import service as metering
from shop.notifications import service as notifications
from shop.orders import subscriptions
from shop.web import blueprint
from shop.web.forms import page_login_required

CHART_DAYS = 28


@blueprint.get("/dashboard")
@page_login_required
def dashboard():
    user = current_user()
    statuses = quotas.all_statuses(user.tenant_id, user.account_id)
    return render_template(
        "dashboard.html",
        user=user,
        subscriptions=subscriptions.subscriptions_of(user.account_id, live_only=True, limit=10),
        balance=billing.balance_of(user.account_id),
        statuses=[status for status in statuses if status.used or status.limit],
        labels=meters.METERS,
        bars=_bars(user, "api_calls"),
        messages=notifications.inbox(user.id, limit=5),
        unread=notifications.unread_count(user.id),
    )


def _bars(user, meter):
    """(day, quantity, height in percent) for the last four weeks, without gaps."""
    end = clock.add_days(clock.today(), 1)
    start = clock.add_days(end, -CHART_DAYS)
    days = metering.daily_usage(user.tenant_id, user.account_id, meter, start, end)
    by_day = {d.day: d.quantity for d in days}
    most = max(by_day.values(), default=0)
    bars = []
    for offset in range(CHART_DAYS):
        day = clock.add_days(start, offset)
        quantity = by_day.get(day, 0)
        bars.append((day, quantity, 100 * quantity // most if most else 0))
    return bars

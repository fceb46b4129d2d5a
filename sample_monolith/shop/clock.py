"""Time. Everything that needs "now" asks here, so that tests can hold the clock still."""

import calendar
from datetime import date, datetime, timedelta, timezone

UTC = timezone.utc


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().date()


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day when it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def month_bounds(day: date) -> tuple[date, date]:
    """First day of the month `day` is in, and first day of the next."""
    first = day.replace(day=1)
    return first, add_months(first, 1)


def parse_day(value: str) -> date:
    return date.fromisoformat(value)


def parse_instant(value: str) -> datetime:
    """An ISO 8601 instant. One without an offset is taken to be UTC."""
    instant = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def days_ago(days: int) -> datetime:
    return now() - timedelta(days=days)


def add_days(day: date, days: int) -> date:
    return day + timedelta(days=days)

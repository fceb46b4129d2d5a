from datetime import date, datetime, timezone

import pytest

from shop import clock


@pytest.mark.parametrize(
    "day, months, expected",
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 11, 15), 2, date(2026, 1, 15)),
        (date(2025, 3, 10), 12, date(2026, 3, 10)),
    ],
)
def test_add_months(day, months, expected):
    assert clock.add_months(day, months) == expected


def test_month_bounds():
    assert clock.month_bounds(date(2025, 12, 9)) == (date(2025, 12, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    "text", ["2025-03-10T12:00:00Z", "2025-03-10T13:00:00+01:00", "2025-03-10T12:00:00"]
)
def test_instants_end_up_in_utc(text):
    assert clock.parse_instant(text) == datetime(2025, 3, 10, 12, tzinfo=timezone.utc)

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from apps.eligibility.rules.hours import is_working_day, working_hours_after, working_hours_before

ZONE = ZoneInfo("America/Chicago")


def at(day: int, hour: int, minute: int = 0, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 9, 16), True), (date(2026, 9, 19), False), (date(2026, 9, 7), False), (date(2026, 11, 27), True)],
)
def test_weekends_and_federal_holidays_are_closed(day: date, expected: bool):
    assert is_working_day(day) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(17, 15), at(17, 11)),
        (at(17, 9, 30), at(16, 14, 30)),
        (at(21, 8), at(18, 13)),
        (at(8, 10), at(4, 15)),
        (at(17, 19), at(17, 13)),
        (at(19, 10), at(18, 13)),
    ],
    ids=["same day", "evening before", "over a weekend", "over Labor Day", "after closing", "a Saturday"],
)
def test_four_working_hours_before(moment: datetime, expected: datetime):
    assert working_hours_before(moment, 4, ZONE) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(at(17, 15), at(17, 16)), (at(17, 19), at(18, 9)), (at(18, 16, 30), at(21, 8, 30)), (at(19, 12), at(21, 9))],
)
def test_one_working_hour_after(moment: datetime, expected: datetime):
    assert working_hours_after(moment, 1, ZONE) == expected

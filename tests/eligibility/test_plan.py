"""Which visits are asked about when: a table of moments (DOMAIN 3, "When")."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.eligibility.rules.plan import DueCheck, PastCheck, Round, Visit, plan

ZONE = ZoneInfo("America/Chicago")
COVERAGE = 7
# Thursday, September 17, 2026.
DAY = date(2026, 9, 17)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def visit(day: date = DAY, hour: int = 9, **facts: object) -> Visit:
    return Visit(**{"appointment": 1, "starts_at": at(day, hour), "coverage": COVERAGE} | facts)


def past(round_: Round, day: date = DAY, **facts: object) -> PastCheck:
    usual = {"coverage": COVERAGE, "round": round_, "visit_day": day, "about": day}
    return PastCheck(**usual | facts)


def rounds(visits: list[Visit], now: datetime) -> list[Round]:
    return [due.round for due in plan(visits, now=now, zone=ZONE)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(date(2026, 9, 14), 19), []),
        (at(date(2026, 9, 15), 15, 59), []),
        (at(date(2026, 9, 15), 19), [Round.AHEAD]),
        (at(date(2026, 9, 16), 12), [Round.AHEAD]),
        (at(date(2026, 9, 16), 19), [Round.EVENING]),
        (at(DAY, 6), [Round.MORNING]),
        (at(DAY, 9), []),
        (at(DAY, 12), []),
    ],
)
def test_a_visit_never_asked_about_is_due_in_the_newest_open_round(now: datetime, expected: list[Round]):
    assert rounds([visit()], now) == expected


@pytest.mark.parametrize(
    ("day", "now", "expected"),
    [
        # Monday's visits on Friday evening, and again on Saturday evening, 24 to 48 hours ahead.
        (date(2026, 9, 21), at(date(2026, 9, 18), 19), [Round.CLOSING]),
        (date(2026, 9, 21), at(date(2026, 9, 19), 19), [Round.AHEAD]),
        # Labor Day is September 7: Tuesday's visits on the Friday before.
        (date(2026, 9, 8), at(date(2026, 9, 4), 19), [Round.CLOSING]),
        (date(2026, 9, 8), at(date(2026, 9, 3), 19), []),
        # Thanksgiving 2026 is November 26; the Friday after it is no federal holiday.
        (date(2026, 11, 27), at(date(2026, 11, 25), 19), [Round.AHEAD]),
    ],
)
def test_before_closed_days_the_last_working_evening_asks_too(day: date, now: datetime, expected: list[Round]):
    assert rounds([visit(day)], now) == expected


def test_the_closing_check_does_not_stand_for_the_one_24_to_48_hours_ahead():
    monday = date(2026, 9, 21)
    asked = past(Round.CLOSING, monday, answered_at=at(date(2026, 9, 18), 19))
    assert rounds([visit(monday, checks=(asked,))], at(date(2026, 9, 19), 19)) == [Round.AHEAD]


def test_each_round_asks_once():
    asked = past(Round.AHEAD, answered_at=at(date(2026, 9, 15), 19))
    assert rounds([visit(checks=(asked,))], at(date(2026, 9, 15), 20)) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"answered_at": at(date(2026, 9, 15), 19)}, []),
        ({"answered_at": at(date(2026, 9, 15), 19), "failed": True}, [Round.EVENING]),
        ({"answered_at": at(date(2026, 9, 15), 19), "failed": True, "settled": True}, []),
        ({"answered_at": None, "failed": True}, [Round.EVENING]),
        ({"answered_at": None, "in_progress": True}, []),
        ({"answered_at": at(date(2026, 9, 10), 19)}, [Round.EVENING]),
        ({"answered_at": at(date(2026, 9, 15), 19), "coverage": 8}, [Round.EVENING]),
        ({"answered_at": at(date(2026, 9, 15), 19), "visit_day": date(2026, 9, 16)}, [Round.EVENING]),
        ({"answered_at": at(date(2026, 9, 15), 19), "self_pay": True, "settled": True}, []),
    ],
    ids=[
        "covered",
        "failed",
        "settled",
        "unanswered",
        "being asked",
        "too old",
        "new coverage",
        "moved",
        "self-pay agreed",
    ],
)
def test_the_evening_before_asks_again_only_where_something_is_open(facts: dict[str, object], expected: list[Round]):
    asked = past(Round.AHEAD, **facts)
    assert rounds([visit(checks=(asked,))], at(date(2026, 9, 16), 19)) == expected


@pytest.mark.parametrize(
    ("day", "facts", "expected"),
    [
        (DAY, {}, []),
        (date(2026, 10, 1), {}, [Round.MORNING]),
        (date(2026, 10, 2), {"failed": True}, [Round.MORNING]),
        (DAY, {"failed": True}, []),
        # The payer would not answer for a day to come: asked about the day before, so ask about the day itself.
        (DAY, {"about": date(2026, 9, 16)}, [Round.MORNING]),
    ],
)
def test_the_morning_asks_in_a_months_first_days_and_where_the_day_itself_was_refused(
    day: date, facts: dict[str, object], expected: list[Round]
):
    asked = past(Round.AHEAD, day, answered_at=at(day - timedelta(days=1), 19), **facts)
    assert rounds([visit(day, 11, checks=(asked,))], at(day, 7)) == expected


@pytest.mark.parametrize("facts", [{"coverage": None}, {"cancelled": True}])
def test_self_pay_and_cancelled_visits_are_left_alone(facts: dict[str, object]):
    assert rounds([visit(**facts)], at(date(2026, 9, 15), 19)) == []


def test_a_payer_without_electronic_eligibility_is_due_once_by_phone():
    manual = visit(electronic=False)
    evening = at(date(2026, 9, 15), 19)
    assert list(plan([manual], now=evening, zone=ZONE)) == [DueCheck(1, COVERAGE, DAY, Round.PHONE)]
    called = visit(electronic=False, checks=(past(Round.PHONE),))
    assert rounds([called], at(date(2026, 9, 16), 19)) == []


def test_a_visit_booked_at_midday_for_tomorrow_morning_is_asked_about_at_once():
    assert rounds([visit(hour=8)], at(date(2026, 9, 16), 12)) == [Round.AHEAD]

"""Which visits to ask about now.

Each visit has rounds that open at fixed moments, practice-local; the newest open round is the one that counts. So a run that comes
late, comes twice, or meets a visit booked an hour ago does the right thing by itself:

    closing   the evening of the last working day, where closed days lie between it and the visit
    ahead     the evening two days before: the check 24 to 48 hours ahead
    evening   the evening before, for what is new, changed, failed or unanswered
    morning   the visit's own day: what is new or changed, and everything on days 1 to 3 of a month
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from apps.eligibility.rules.hours import last_working_day_before

# From here on an evening's round may run. When it does run is the schedule's business (19:00 by default).
EVENING = time(16)
MORNING = time(5)
# No closing is longer: Thanksgiving, its Friday worked, reaches four days.
LOOK_AHEAD = timedelta(days=6)
# A pre-visit check is an answer at most this old when the visit starts (DOMAIN 3).
FRESH = timedelta(hours=48)
# Coverage ends with the month, so a month's first days are asked again on the day itself.
MONTH_START_DAYS = 3


class Round(StrEnum):
    CLOSING = "closing"
    AHEAD = "ahead"
    EVENING = "evening"
    MORNING = "morning"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class PastCheck:
    """A check that exists. `about` is the day that the payer was asked about; `failed` includes an answer that never came;
    `self_pay`: the patient pays that day's visit, and no plan of theirs is to hear of it.
    """

    coverage: int
    round: str
    visit_day: date
    in_progress: bool = False
    answered_at: datetime | None = None
    about: date | None = None
    failed: bool = False
    settled: bool = False
    self_pay: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """`coverage` is the one that pays first on that day, None for self-pay. `electronic`: its payer can be asked by 270."""

    appointment: int
    starts_at: datetime
    coverage: int | None
    electronic: bool = True
    cancelled: bool = False
    checks: tuple[PastCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class DueCheck:
    appointment: int
    coverage: int
    visit_day: date
    round: Round


def plan(visits: Iterable[Visit], *, now: datetime, zone: tzinfo) -> Iterator[DueCheck]:
    """The checks to make now, each at most once a round. A payer without electronic eligibility is due once, by phone."""
    for visit in visits:
        if visit.coverage is None or visit.cancelled or visit.starts_at <= now:
            continue
        day = visit.starts_at.astimezone(zone).date()
        current = _open_round(day, now=now, zone=zone)
        of_that_day = [check for check in visit.checks if check.visit_day == day]
        history = [check for check in of_that_day if check.coverage == visit.coverage]
        if (
            current is None
            or any(check.self_pay for check in of_that_day)
            or any(check.in_progress for check in history)
        ):
            continue
        if not visit.electronic:
            current = Round.PHONE
        if _is_due(visit, current, day, history):
            yield DueCheck(visit.appointment, visit.coverage, day, current)


def _open_round(day: date, *, now: datetime, zone: tzinfo) -> Round | None:
    def opened(on: date, at: time) -> bool:
        return now >= datetime.combine(on, at, zone)

    if opened(day, MORNING):
        return Round.MORNING
    if opened(day - timedelta(days=1), EVENING):
        return Round.EVENING
    if opened(day - timedelta(days=2), EVENING):
        return Round.AHEAD
    return Round.CLOSING if opened(last_working_day_before(day), EVENING) else None


def _is_due(visit: Visit, current: Round, day: date, history: list[PastCheck]) -> bool:
    if any(check.round == current for check in history):
        return False
    if not history:
        return True
    latest = history[-1]
    if current is Round.PHONE or latest.settled:
        return False
    if current in {Round.CLOSING, Round.AHEAD}:
        return True
    stale = latest.answered_at is None or visit.starts_at - latest.answered_at > FRESH
    if current is Round.EVENING:
        return latest.failed or stale
    return stale or latest.about != day or day.day <= MONTH_START_DAYS

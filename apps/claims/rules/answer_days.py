"""On what day an answer was given that does not name the file that it answers, and since what day a sending can have been answered."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from apps.x12.guides.x277ca import ClaimStatus

# No state's calendar is further behind. A payer's clock is not told in its files, so the sending is dated as early as any can have it.
_WESTERNMOST = ZoneInfo("Pacific/Honolulu")


def earliest_day(moment: datetime) -> date:
    """The earliest day that a US payer's calendar can have shown at `moment`: what is dated before it was said before it."""
    return moment.astimezone(_WESTERNMOST).date()


def answer_day(claim: ClaimStatus, created_on: date | None, *, first_sent: date) -> date | None:
    """The earlier of STC02, the day of the payer's decision, which stays when the file is made anew, and BHT04, the day of the file.

    Some write something else into STC02: a day before the claim was sent for the first time (`first_sent`) is no day of a decision
    about it. Where both are, the file's own day counts. None: neither is told.
    """
    decided_on = max((status.effective_on for status in claim.statuses if status.effective_on), default=None)
    told = [day for day in (created_on, decided_on) if day]
    possible = [day for day in told if day >= first_sent]
    return min(possible) if possible else next(iter(told), None)

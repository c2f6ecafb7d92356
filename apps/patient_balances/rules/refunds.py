"""By when a payer's credit is to be back with it."""

from datetime import date, timedelta

# SBR09 of Original Medicare (parts A and B) and Medicaid.
BY_LAW = frozenset({"MA", "MB", "MC"})
# 42 CFR 401.305(b), Medicare; section 1128J(d) of the Social Security Act, both: 60 days after the overpayment was identified.
DAYS_BY_LAW = 60
# Days before the last one on which whoever owes the refund is told again.
ALERTS = (14, 7, 1, 0)


def refund_due(filing_indicator: str, identified_on: date, usual_days: int) -> date:
    """The last day to pay it back; `usual_days` is the practice's setting for all other payers."""
    return identified_on + timedelta(days=DAYS_BY_LAW if filing_indicator in BY_LAW else usual_days)


def alert_of(due_on: date, today: date) -> int | None:
    """The nearest of ALERTS that was reached; 0 also once the day has passed. None while more than 14 days are left."""
    left = max((due_on - today).days, 0)
    return min((days for days in ALERTS if left <= days), default=None)

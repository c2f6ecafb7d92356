"""By when a payer's money that is not ours to keep is to be back with it."""

from datetime import date, timedelta

# SBR09 of Original Medicare (parts A and B) and Medicaid.
BY_LAW = frozenset({"MA", "MB", "MC"})
# 42 CFR 401.305(b), Medicare; section 1128J(d) of the Social Security Act, both: 60 days after the overpayment was identified.
DAYS_BY_LAW = 60


def refund_due(filing_indicator: str, identified_on: date, usual_days: int) -> date:
    """The last day to pay it back; `usual_days` is the practice's setting for all other payers."""
    return identified_on + timedelta(days=DAYS_BY_LAW if filing_indicator in BY_LAW else usual_days)

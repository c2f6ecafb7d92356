"""What each of a payer's clocks may be counted from (names of practice.PayerDeadline), and when its source is old."""

from collections.abc import Mapping
from datetime import date, timedelta

STARTS: Mapping[str, tuple[str, ...]] = {
    "filing": ("service",),
    "corrected_filing": ("service", "remittance", "receipt"),
    "further_filing": ("service", "remittance", "receipt"),
    "reopening": ("service", "remittance", "receipt"),
    "records": ("request",),
    "appeal_1": ("service", "remittance", "receipt"),
    "appeal_2": ("decision",),
    "appeal_3": ("decision",),
}
# Payers publish their guides anew every year.
GOOD_FOR = timedelta(days=365)


def is_stale(verified_on: date, today: date) -> bool:
    """Nobody has looked at the source for more than a year."""
    return verified_on < today - GOOD_FOR

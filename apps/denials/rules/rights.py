"""Whether a payer may still be asked to think again (DOMAIN 5)."""

from collections.abc import Iterable
from datetime import date

from apps.denials.rules.prepare import NO_APPEAL_REMARKS


def appeal_rights(deadline: date | None, remarks: Iterable[str], today: date) -> str:
    """A sentence where appeal rights remain or may remain, else nothing. `deadline`: None where none is configured."""
    if NO_APPEAL_REMARKS.intersection(remarks):
        return ""
    if deadline is None:
        return "No appeal deadline is on record for this payer: it may still be appealed."
    return f"It may still be appealed until {deadline:%B} {deadline.day}, {deadline.year}." if deadline >= today else ""

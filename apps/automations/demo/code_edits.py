"""A handful of code pairs and limits of units, so that the demo practice's scrubber has something to say. Made by us for the codes that it
bills: not CMS's tables, which a practice takes in each quarter (docs/operations.md).
"""

from datetime import date

from apps.claims.models import CodePair, PairReason, UnitEdition, UnitLimit

SOURCE = "Sample of the demo practice"
# Column 1, column 2, indicator.
PAIRS = (
    ("93000", "93005", "0"),
    ("93000", "93010", "0"),
    ("20610", "20600", "1"),
    ("17110", "11102", "1"),
    ("17110", "99212", "1"),
    ("17110", "99213", "1"),
    ("17110", "99214", "1"),
    ("12001", "99213", "1"),
    ("12001", "99214", "1"),
)
# Code, most units, CMS's adjudication indicator.
LIMITS = (
    ("69210", 1, "2"),
    ("90471", 1, "2"),
    ("G0008", 1, "2"),
    ("20610", 2, "3"),
    ("36415", 2, "3"),
    ("93000", 3, "3"),
    ("J1100", 120, "1"),
)


def create(*, begins: date) -> None:
    """Once, and only where nobody has taken in tables."""
    if CodePair.objects.exists() or UnitEdition.objects.exists():
        return
    reason, _ = PairReason.objects.get_or_create(text=SOURCE)
    CodePair.objects.bulk_create(
        CodePair(column_1=one, column_2=two, effective_on=begins, indicator=indicator, reason=reason)
        for one, two, indicator in PAIRS
    )
    edition = UnitEdition.objects.create(effective_on=begins)
    UnitLimit.objects.bulk_create(
        UnitLimit(edition=edition, code=code, most=most, adjudication=adjudication, reason=SOURCE)
        for code, most, adjudication in LIMITS
    )

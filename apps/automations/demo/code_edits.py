"""A handful of code pairs, limits of units and facts of codes, so that the demo practice's scrubber has something to say. Made by us for
the codes that it bills: not CMS's tables, which a practice takes in each quarter (docs/operations.md).
"""

from datetime import date

from apps.claims.models import CodeFact, CodePair, PairReason, UnitEdition, UnitLimit
from apps.claims.rules.code_facts import Kind

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
# Kind, code, value (docs/operations.md says what they mean).
FACTS = (
    (Kind.DRUG, "J0696", "single"),
    (Kind.DRUG, "J1100", "multi"),
    (Kind.DRUG, "J1885", "single"),
    (Kind.DRUG, "J3301", "multi"),
    (Kind.DRUG, "J3420", "multi"),
    (Kind.GLOBAL, "11102", "000"),
    (Kind.GLOBAL, "11200", "010"),
    (Kind.GLOBAL, "11750", "010"),
    (Kind.GLOBAL, "12001", "000"),
    (Kind.GLOBAL, "20610", "000"),
    (Kind.GLOBAL, "69210", "000"),
    (Kind.PARTS, "71046", "1"),
    (Kind.PARTS, "93000", "4"),
    (Kind.LAB, "81002", "waived"),
    (Kind.LAB, "81003", "qw"),
    (Kind.LAB, "81015", "ppm"),
    (Kind.LAB, "81025", "waived"),
    (Kind.LAB, "82270", "waived"),
    (Kind.LAB, "82962", "waived"),
    (Kind.LAB, "83036", "qw"),
    (Kind.LAB, "87804", "qw"),
    (Kind.LAB, "87880", "qw"),
    (Kind.PREVENTIVE, "80061", "33"),
    (Kind.PREVENTIVE, "83036", "33"),
)


def create(*, begins: date) -> None:
    """Once, and only where nobody has taken in tables."""
    if CodePair.objects.exists() or UnitEdition.objects.exists():
        return
    CodeFact.objects.bulk_create(
        CodeFact(kind=kind, code=code, value=value, effective_on=begins, source=SOURCE) for kind, code, value in FACTS
    )
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

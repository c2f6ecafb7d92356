"""Add-on codes of primary care and the codes of which one must stand beside them.

Sources: CMS, add-on code edits, type 1; of 99417 beside visits at a distance (98003, 98007, 98011, 98015), of which Medicare takes none,
the American College of Rheumatology, Key Telemedicine Updates for 2025 (The Rheumatologist, January 7, 2025). Codes of type 2 and 3, whose
services the payer chooses, are not here: about what is not in this table the scrubber says nothing.
"""

from apps.claims.rules.visits import HOME_VISITS, OFFICE_VISITS


def _codes(*spans: str) -> frozenset[str]:
    """ "99202-99205" is all of them."""
    found: set[str] = set()
    for span in spans:
        first, _, last = span.partition("-")
        found.update(str(code) for code in range(int(first), int(last or first) + 1))
    return frozenset(found)


_FIRST_INFUSIONS = _codes("96360", "96365", "96374", "96409", "96413", "96416")

# The one add-on that a colleague of the same specialty bills to what another began: the first hour of critical care is one's, the further
# half hours are whoever's gives them. Source: CMS, add-on code edits, type 1 (the one exception); Medicare Claims Processing Manual,
# chapter 12, 30.6.12.
CRITICAL_CARE, CRITICAL_CARE_FURTHER = "99291", "99292"

PRIMARIES: dict[str, frozenset[str]] = {
    "11103": _codes("11102", "11104", "11106"),
    "11105": _codes("11104", "11106"),
    "11107": _codes("11106"),
    "11201": _codes("11200"),
    "11732": _codes("11730"),
    "17003": _codes("17000"),
    "90461": _codes("90460"),
    "90472": _codes("90460", "90471", "90473"),
    "90474": _codes("90460", "90471", "90473"),
    "96361": _FIRST_INFUSIONS,
    "96366": _FIRST_INFUSIONS | _codes("96367"),
    "96367": _FIRST_INFUSIONS,
    "96368": _FIRST_INFUSIONS,
    "96375": _FIRST_INFUSIONS,
    "99292": _codes("99291"),
    "99417": _codes("98003", "98007", "98011", "98015", "99205", "99215", "99245", "99345", "99350", "99483"),
    "99425": _codes("99424"),
    "99427": _codes("99426"),
    "99437": _codes("99491"),
    "99439": _codes("99490"),
    "99458": _codes("99457"),
    "99489": _codes("99487"),
    "G2211": OFFICE_VISITS | HOME_VISITS,
    "G2212": _codes("99205", "99215", "99483"),
}

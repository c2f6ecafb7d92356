"""Modifiers that there are: CPT's of two digits and HCPCS's of level II, codes and days alone. No descriptor of any code.

The list is kept by hand from CMS's alpha-numeric HCPCS file and CPT, appendix A. What came later, and what a payer has of its own, is a row
of the code facts (`modifier`), so that no release is waited for.
"""

from collections.abc import Iterator
from datetime import date

from apps.claims.rules.code_facts import Kind
from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.shapes import is_modifier
from apps.claims.rules.snapshot import ClaimView

_CPT = "22 23 24 25 26 27 32 33 47 50 51 52 53 54 55 56 57 58 59 62 63 66 73 74 76 77 78 79 80 81 82 90 91 92 93 95 96 97 99"
_PERFORMANCE = "1P 2P 3P 8P"
# By their first sign, the second signs.
_HCPCS = {
    "A": "123456789ABDEFGHIJKMOPQRSTUVWXYZ",
    "B": "ALOPRU",
    "C": "ABCDEFGHIJKLMNOQRST",
    "D": "A",
    "E": "1234ABCDEJMPRTXY",
    "F": "123456789ABCPQRSTXY",
    "G": "01234567ABCEFGHJKLMNOPQRSTUVWXYZ",
    "H": "9ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "J": "12345ABCDEGKLWZ",
    "K": "01234ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "L": "1CDLMRSTU",
    "M": "2ABCDEFGHS",
    "N": "123BRU",
    "P": "123456ABCDILMNOST",
    "Q": "0123456789ABCDEFGHJKLMNPQRSTWXYZ",
    "R": "ABCDEIRT",
    "S": "ABCDEFGHJKLMNQSTUVWYZ",
    "T": "123456789ABCDEFGHJKLMNPQRSTUVW",
    "U": "123456789ABCDEFGHJKNPQRS",
    "V": "1235678MP",
    "X": "12345EPSU",
    "Z": "ABC",
}
# From where to where an ambulance went, each by a letter.
_AMBULANCE = "DEGHIJNPRSX"
CODES = (
    frozenset(_CPT.split())
    | frozenset(_PERFORMANCE.split())
    | {first + second for first, seconds in _HCPCS.items() for second in seconds}
    | {first + second for first in _AMBULANCE for second in _AMBULANCE}
)
# First and last days, of those that began or ended within the years that claims are still of.
_BEGAN = {
    "93": date(2022, 1, 1),
    "FQ": date(2022, 1, 1),
    "FR": date(2022, 1, 1),
    "FS": date(2022, 1, 1),
    "FT": date(2022, 1, 1),
    "AB": date(2023, 1, 1),
    "JZ": date(2023, 1, 1),
}
_ENDED = {"SZ": date(2017, 12, 31), "ZA": date(2018, 3, 31), "ZB": date(2018, 3, 31), "ZC": date(2018, 3, 31)}


def is_in_use(modifier: str, day: date) -> bool:
    return modifier in CODES and _BEGAN.get(modifier, day) <= day <= _ENDED.get(modifier, day)


def unknown_modifier(claim: ClaimView) -> Iterator[Issue]:
    """X222A1 SV101-3 to 6: a modifier of the code set in force on the date of service (45 CFR 162.1000)."""
    day = claim.service_date
    for line in claim.lines:
        for modifier in line.modifiers:
            known = is_in_use(modifier, day) or claim.around.known.of(Kind.MODIFIER, modifier)
            if known or not is_modifier(modifier):
                continue
            yield Issue(
                f"{modifier} on line {line.number} is no modifier of CPT or HCPCS on {day:%m/%d/%Y}. A coder corrects it; one that the "
                "payer has of its own is entered in the back office, Code facts.",
                "line.modifiers",
                line.number,
            )


RULES = (Rule("MOD-UNKNOWN", "Unknown modifier", Severity.BLOCK, unknown_modifier, overridable=True, clinical=True),)

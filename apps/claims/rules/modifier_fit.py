"""Modifiers that do not fit their line, or each other. What would be right is for whoever knows the visit to say (DOMAIN 2)."""

from collections.abc import Iterator

from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.shapes import code_number
from apps.claims.rules.snapshot import ClaimView, LineView

_OF_VISITS = frozenset({"24", "25", "57"})
DISTINCT = frozenset({"59", "XE", "XP", "XS", "XU"})
# Office, hospital, consultation, emergency, nursing facility, home, preventive. Counseling and other services of the section may be
# distinct from each other.
_VISITS = tuple(
    range(first, last + 1)
    for first, last in (
        (98000, 98016),
        (99202, 99255),
        (99281, 99285),
        (99304, 99316),
        (99341, 99350),
        (99381, 99397),
    )
)
# Surgery, radiology, laboratory. Codes of medicine and of HCPCS are left alone: some of them are visits to some payers.
_NO_VISITS = range(10004, 89399)
_FACILITIES = frozenset({"19", "21", "22", "23", "24", "26", "51", "61"})


def of_visits_only(claim: ClaimView) -> Iterator[Issue]:
    """CPT appendix A and the NCCI policy manual, chapter I, E: 24, 25 and 57 stand on a visit, 59 and X{EPSU} never do."""
    for line in claim.lines:
        number = code_number(line.procedure)
        if any(number in visits for visits in _VISITS):
            yield from _refused(line, DISTINCT, "a visit: 25 or 24 says that a visit was separate")
        elif number in _NO_VISITS:
            yield from _refused(line, _OF_VISITS, "no visit, and only a visit carries it")


def _refused(line: LineView, refused: frozenset[str], why: str) -> Iterator[Issue]:
    for modifier in line.modifiers:
        if modifier in refused:
            yield Issue(
                f"Line {line.number} carries modifier {modifier}, but {line.procedure} is {why}.",
                "line.modifiers",
                line.number,
            )


def notice_of_noncoverage(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 30 and chapter 1, 60: GA says that a signed notice is on file, GZ that there is
    none, GX that it was voluntary, which stands beside what Medicare never covers (GY).
    """
    for line in claim.lines:
        said = set(line.modifiers)
        if {"GA", "GZ"} <= said:
            yield _of_notice(
                line, "GA and GZ contradict each other: either a signed notice (ABN) is on file or none is"
            )
        for other in ("GA", "GZ"):
            if {"GX", other} <= said:
                yield _of_notice(line, f"GX is for a voluntary notice and never stands with {other}")
        if {"GY", "GZ"} <= said:
            yield _of_notice(
                line, "GY (never covered) and GZ (expected to be denied as not necessary) exclude each other"
            )


def _of_notice(line: LineView, why: str) -> Issue:
    return Issue(f"Line {line.number}: {why}.", "line.modifiers", line.number)


def technical_part(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 13, 20.2: in a hospital or surgical center the facility bills the technical part.
    26 and TC are the two halves of one service, so that one line never carries both.
    """
    for line in claim.lines:
        if {"26", "TC"} <= set(line.modifiers):
            yield Issue(
                f"Line {line.number} carries 26 and TC: together they are the whole service, which carries neither.",
                "line.modifiers",
                line.number,
            )
        elif "TC" in line.modifiers and claim.place_of_service in _FACILITIES:
            yield Issue(
                f"Line {line.number} bills the technical part (TC) in place of service {claim.place_of_service}, "
                "where the facility bills it.",
                "line.modifiers",
                line.number,
            )


RULES = (
    Rule("MOD-VISIT", "Modifier of a visit", Severity.BLOCK, of_visits_only, overridable=True, clinical=True),
    Rule("MOD-ABN", "Notice of noncoverage", Severity.BLOCK, notice_of_noncoverage, overridable=True),
    Rule("MOD-TC", "Technical part", Severity.BLOCK, technical_part, overridable=True, clinical=True),
)

"""Modifiers that do not fit their line, or each other. What would be right is for whoever knows the visit to say (DOMAIN 2)."""

from collections.abc import Iterator

from apps.claims.rules.code_facts import DIVIDED, PROFESSIONAL, TECHNICAL, UNDIVIDED, WHOLE, Kind
from apps.claims.rules.findings import Issue, Rule, Severity, modifiers_fix
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
# Of these codes neither half is billed by a modifier (CMS, PC/TC indicators 0, 2, 3 and 4).
_WITHOUT_MODIFIER = {
    UNDIVIDED: "has no professional and technical part",
    PROFESSIONAL: "is the professional part already",
    TECHNICAL: "is the technical part already",
    WHOLE: "is the whole: its parts have codes of their own",
}
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
    """Medicare Claims Processing Manual, chapter 13, 20.2: in a hospital or surgical center the facility bills the technical part, so that
    the physician's claim bears the professional one only: by 26 where one code has both parts, by a code of its own elsewhere.

    Which codes have parts is data: the PC/TC indicator of CMS's relative value file (manual, chapter 23, record layout of the fee
    schedule), which commercial payers follow as well. Of a code without it nothing is said but of TC. 26 and TC are the two halves of one
    service, so that one line never carries both.
    """
    in_facility = claim.place_of_service in _FACILITIES
    for line in claim.lines:
        parts = claim.around.known.of(Kind.PARTS, line.procedure)
        said = {"26", "TC"}.intersection(line.modifiers)
        if len(said) == 2:
            yield _of_part(
                line,
                f"Line {line.number} carries 26 and TC: together they are the whole service, which carries neither.",
            )
        elif said and parts in _WITHOUT_MODIFIER:
            yield _of_part(
                line,
                f"Line {line.number} carries {min(said)}, and {line.procedure} {_WITHOUT_MODIFIER[parts]}.",
                [modifier for modifier in line.modifiers if modifier not in said],
                f"Take {min(said)} away",
            )
        elif said == {"TC"} and in_facility:
            yield _of_part(
                line,
                f"Line {line.number} bills the technical part (TC) in place of service {claim.place_of_service}, "
                "where the facility bills it.",
            )
        elif not said and in_facility:
            yield from _whole_in_facility(claim, line, parts)


def _whole_in_facility(claim: ClaimView, line: LineView, parts: str) -> Iterator[Issue]:
    where = f"in place of service {claim.place_of_service}, where the facility bills the technical part"
    if parts == DIVIDED:
        yield _of_part(
            line,
            f"Line {line.number} bills the whole of {line.procedure} {where}. The reading alone carries 26.",
            ["26", *line.modifiers],
            "Add modifier 26",
        )
    elif parts == WHOLE:
        yield _of_part(
            line,
            f"Line {line.number} bills the whole of {line.procedure} {where}. The reading alone has a code of its own.",
        )
    elif parts == TECHNICAL:
        yield _of_part(
            line,
            f"Line {line.number}: {line.procedure} is a technical part {where.replace('the technical part', 'it')}.",
        )


def _of_part(line: LineView, sentence: str, fixed: list[str] | None = None, label: str = "") -> Issue:
    fix = modifiers_fix(line, fixed, label) if fixed is not None else None
    return Issue(sentence, "line.modifiers", line.number, fix)


RULES = (
    Rule("MOD-VISIT", "Modifier of a visit", Severity.BLOCK, of_visits_only, overridable=True, clinical=True),
    Rule("MOD-ABN", "Notice of noncoverage", Severity.BLOCK, notice_of_noncoverage, overridable=True),
    Rule("MOD-TC", "Professional and technical part", Severity.BLOCK, technical_part, overridable=True, clinical=True),
)

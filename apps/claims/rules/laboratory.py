"""Tests done in the office: the laboratory's certificate under CLIA, and QW on those that it may do because they are waived."""

import re
from collections.abc import Iterator

from apps.claims.rules.code_facts import CERTIFIED, MICROSCOPY, NO_CLIA, WAIVED, WAIVED_QW, Kind
from apps.claims.rules.coordination import MEDICARE
from apps.claims.rules.findings import Issue, Rule, Severity, modifiers_fix
from apps.claims.rules.snapshot import PPM_CERTIFICATE, WAIVER, ClaimView, LineView
from apps.claims.rules.visits import is_laboratory

# Two digits of the state, D, seven digits (CMS form 116).
CLIA_NUMBER = re.compile(r"\d{2}D\d{7}", re.ASCII)
# SBR09: both Medicare parts and Medicaid; 42 USC 263a and 42 CFR 493.1809 bind their payment to the certificate.
_FEDERAL = MEDICARE | {"MC"}
# Of CPT's laboratory section, and read on the patient's skin. A laboratory examines materials that were taken from a body (42 CFR 493.2,
# 42 USC 263a(a)), so that CLIA applies to none of them; of 86486 CMS says so itself (Transmittal 1471 of 2008, excluded from CLIA edits).
_SKIN_TESTS = frozenset({"86485", "86486", "86490", "86510", "86580"})
_OUTSIDE = frozenset({"90"})  # done by a reference laboratory, under its own number
_MAY = {
    WAIVER: frozenset({WAIVED, WAIVED_QW}),
    PPM_CERTIFICATE: frozenset({WAIVED, WAIVED_QW, MICROSCOPY}),
}


def in_office_tests(claim: ClaimView) -> tuple[LineView, ...]:
    """Lines of tests to which CLIA applies and which the place of the visit did itself."""
    return tuple(
        line for line in claim.lines if _is_subject(claim, line.procedure) and not _OUTSIDE.intersection(line.modifiers)
    )


def _is_subject(claim: ClaimView, code: str) -> bool:
    known = claim.around.known.of(Kind.LAB, code)
    return known != NO_CLIA and (bool(known) or code not in _SKIN_TESTS) and is_test(claim, code)


def is_test(claim: ClaimView, code: str) -> bool:
    """By its number, or because the code facts have it among the tests."""
    return is_laboratory(code) or bool(claim.around.known.of(Kind.LAB, code))


def certificate(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 16, 70; TR3 2300 REF*X4: the laboratory's CLIA number stands on the claim, and its
    certificate covers the test.
    """
    if claim.payer.filing_indicator not in _FEDERAL:
        return
    tests = in_office_tests(claim)
    number = claim.facility.clia if claim.facility else ""
    if tests and not CLIA_NUMBER.fullmatch(number):
        what = "has no CLIA number" if not number else "has a CLIA number that is not two digits, D and seven digits"
        where = claim.facility.name if claim.facility else "The visit without a place"
        yield Issue(
            f"{where} {what}, and line {tests[0].number} is a laboratory test. Enter it at the location in the back office; a test "
            "that was sent out carries 90.",
            "",
            tests[0].number,
        )
        return
    covered = _MAY.get(claim.facility.clia_certificate) if claim.facility else None
    for line in tests if covered else ():
        asks = claim.around.known.of(Kind.LAB, line.procedure)
        if covered and asks in {MICROSCOPY, CERTIFIED} and asks not in covered:
            yield Issue(
                f"Line {line.number}: the certificate of {claim.facility.name if claim.facility else 'the place'} does not cover "
                f"{line.procedure}. A test that was sent out carries 90.",
                "line.procedure",
                line.number,
            )


def waived_tests(claim: ClaimView) -> Iterator[Issue]:
    """Medicare Claims Processing Manual, chapter 16, 70.8: under a certificate of waiver QW says that the waived version was used; the
    oldest waived codes go without. Which codes are so is data (`lab` among the code facts).
    """
    held = claim.facility.clia_certificate if claim.facility else ""
    if claim.payer.filing_indicator not in _FEDERAL:
        return
    for line in in_office_tests(claim):
        asks = claim.around.known.of(Kind.LAB, line.procedure)
        says = "QW" in line.modifiers
        if asks == WAIVED_QW and not says and held in _MAY:
            yield Issue(
                f"Line {line.number}: {line.procedure} under a certificate of waiver carries QW. If the waived version of the test was "
                "used, a coder adds it.",
                "line.modifiers",
                line.number,
                modifiers_fix(line, ["QW", *line.modifiers], "Add modifier QW"),
            )
        elif says and asks in {WAIVED, MICROSCOPY, CERTIFIED}:
            without = [modifier for modifier in line.modifiers if modifier != "QW"]
            yield Issue(
                f"Line {line.number}: {line.procedure} does not carry QW.",
                "line.modifiers",
                line.number,
                modifiers_fix(line, without, "Take QW away"),
            )


RULES = (
    Rule("PX-CLIA", "Laboratory certificate", Severity.BLOCK, certificate, overridable=True),
    Rule("MOD-QW", "Waived test", Severity.BLOCK, waived_tests, overridable=True, clinical=True),
)

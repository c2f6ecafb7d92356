"""Diagnoses against the ICD-10-CM release of the date of service (45 CFR 162.1002: the code set in force on the day)."""

from collections.abc import Iterator
from datetime import date

from apps.claims.rules.diagnosis_view import DiagnosesView
from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.shapes import is_diagnosis
from apps.claims.rules.snapshot import ClaimView

FIELD = "claim.diagnoses"


def dotted(code: str) -> str:
    """As people read it: J01.90."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _table(claim: ClaimView) -> DiagnosesView | None:
    """None: the claim repeats what another payer judged, or takes back; or no release of its day is known."""
    table = claim.around.diagnoses
    return table if table and table.known else None


def release(claim: ClaimView) -> Iterator[Issue]:
    table = claim.around.diagnoses
    if table and not table.known and claim.diagnoses:
        yield Issue(
            f"No ICD-10-CM release is loaded for {_day(claim.service_date)}: the diagnoses were not compared with it. "
            "An administrator takes it in by import_icd10.",
            FIELD,
        )


def unknown(claim: ClaimView) -> Iterator[Issue]:
    table = _table(claim)
    if table is None:
        return
    for code in dict.fromkeys(claim.diagnoses):
        if is_diagnosis(code) and code not in table.codes:
            yield Issue(f"{dotted(code)} is not an ICD-10-CM code on {_day(claim.service_date)}.", FIELD)


def billable(claim: ClaimView) -> Iterator[Issue]:
    table = _table(claim)
    if table is None:
        return
    for code in dict.fromkeys(claim.diagnoses):
        found = table.codes.get(code)
        if found and not found.billable:
            yield Issue(
                f"{dotted(code)} is a heading and cannot be billed. {found.finer} more specific codes stand below it; "
                "the record says which.",
                FIELD,
            )


def manifestation(claim: ClaimView) -> Iterator[Issue]:
    """ICD-10-CM guidelines I.A.13: the underlying condition is sequenced first, the manifestation second."""
    table = _table(claim)
    first = claim.diagnoses[0] if claim.diagnoses else ""
    if table and first in table.codes and table.codes[first].manifestation:
        yield Issue(
            f"{dotted(first)} stands first and is a manifestation: the condition that underlies it comes before it.",
            FIELD,
        )


def excludes1(claim: ClaimView) -> Iterator[Issue]:
    """ICD-10-CM guidelines I.A.12.a: not coded together, unless the two conditions are unrelated; that is a coder's to say."""
    table = _table(claim)
    for one, two in table.excluded if table else ():
        yield Issue(
            f"{dotted(one)} and {dotted(two)} exclude each other (Excludes1 under {dotted(one)}), unless the two conditions are unrelated.",
            FIELD,
        )


RULES = (
    Rule("DX-RELEASE", "No ICD-10-CM release for the day", Severity.WARN, release),
    Rule("DX-UNKNOWN", "Diagnosis not in ICD-10-CM that day", Severity.BLOCK, unknown, overridable=True, clinical=True),
    Rule("DX-BILLABLE", "Diagnosis is a heading", Severity.BLOCK, billable, overridable=True, clinical=True),
    Rule("DX-MANIFESTATION", "Manifestation first", Severity.BLOCK, manifestation, overridable=True, clinical=True),
    Rule(
        "DX-EXCLUDES1", "Diagnoses that exclude each other", Severity.BLOCK, excludes1, overridable=True, clinical=True
    ),
)

"""The claim as a whole: dates, total, diagnoses, frequency, filing deadline."""

from collections.abc import Iterable, Iterator
from datetime import date

from apps.claims.rules.filing import FilingClock, earliest, filing_due
from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.shapes import PLACE_OF_SERVICE
from apps.claims.rules.snapshot import ClaimView
from apps.core.odd_days import days_after

MOST_DIAGNOSES = 12
MOST_LINES = 50
WARN_BEFORE = 14  # days


def service_date(claim: ClaimView) -> Iterator[Issue]:
    if claim.service_date > claim.today:
        yield Issue("The date of service is in the future.", "claim.service_date")
    born = claim.patient.birth_date
    if born and claim.service_date < born:
        yield Issue("The date of service is before the patient was born.", "patient.birth_date")


def total(claim: ClaimView) -> Iterator[Issue]:
    if claim.lines and claim.total != claim.line_total:
        yield Issue(
            f"The claim's total ${claim.total:,.2f} is not the sum of its lines, ${claim.line_total:,.2f}.",
            "claim.total",
            fix=Fix("claim.total", str(claim.line_total), f"Use ${claim.line_total:,.2f}"),
        )


def place_of_service(claim: ClaimView) -> Iterator[Issue]:
    if not PLACE_OF_SERVICE.fullmatch(claim.place_of_service):
        yield Issue("The place of service is not a two-digit code.", "claim.place_of_service")


def line_count(claim: ClaimView) -> Iterator[Issue]:
    if not claim.lines:
        yield Issue("The claim has no service line.")
    elif len(claim.lines) > MOST_LINES:
        yield Issue(f"The claim has {len(claim.lines)} lines; a claim carries at most {MOST_LINES}. Split the visit.")


def diagnosis_count(claim: ClaimView) -> Iterator[Issue]:
    if not claim.diagnoses:
        yield Issue("The claim has no diagnosis.", "claim.diagnoses")
    elif len(claim.diagnoses) > MOST_DIAGNOSES:
        yield Issue(
            f"The claim has {len(claim.diagnoses)} diagnoses; a claim carries at most {MOST_DIAGNOSES}.",
            "claim.diagnoses",
        )


def frequency(claim: ClaimView) -> Iterator[Issue]:
    if claim.frequency not in {"1", "7", "8"}:
        yield Issue("The claim is neither an original, a replacement nor a void.", "claim.frequency")
    elif claim.frequency in {"7", "8"} and not claim.payer_claim_number.strip():
        yield Issue(
            "A replacement or void needs the payer's own claim number. It stands on the remittance.",
            "claim.payer_claim_number",
        )


def filing_deadline(claim: ClaimView) -> Iterator[Issue]:
    """42 CFR 424.44 and the payers' manuals: what comes late is denied, and the patient owes nothing."""
    last = _last_day(claim)
    if last and claim.today > last:
        yield Issue(f"The payer's {_limit(claim, last)} was {last:%B} {last.day}, {last.year}.", "claim.service_date")


def filing_soon(claim: ClaimView) -> Iterator[Issue]:
    last = _last_day(claim)
    if last and days_after(last, -WARN_BEFORE) <= claim.today <= last:
        yield Issue(f"The payer's {_limit(claim, last)} is {last:%B} {last.day}, {last.year}.", "claim.service_date")


def _limit(claim: ClaimView, last: date) -> str:
    corrects = claim.frequency != "1" or last == _renewed_until(claim)
    return "limit for corrected claims" if corrects else "filing limit"


def _last_day(claim: ClaimView) -> date | None:
    """A correction, and what goes out after another payer's answer, have clocks of their own (DOMAIN 2.6)."""
    if claim.frequency != "1":
        return _ends(claim, claim.payer.corrected_filing, claim.answered_on)
    if renewed := _renewed_until(claim):
        return renewed
    if claim.payer_rank == 1:
        return filing_due(claim.service_date, claim.payer.filing_days, filing_indicator=claim.payer.filing_indicator)
    answered = max((each.decided_on for each in claim.others if each.decided_on), default=None)
    return _ends(claim, claim.payer.further_filing, answered)


def _renewed_until(claim: ClaimView) -> date | None:
    """Of a correction that goes as a new claim, where the payer's directory says how long it takes corrections (DOMAIN 5)."""
    if claim.frequency != "1" or not claim.was_answered:
        return None
    return _ends(claim, claim.payer.renewed_filing, claim.answered_on)


def _ends(claim: ClaimView, clocks: Iterable[FilingClock], answered: date | None) -> date | None:
    return earliest(clocks, served=claim.service_date, answered=answered, filing_indicator=claim.payer.filing_indicator)


def agreed_self_pay(claim: ClaimView) -> Iterator[Issue]:
    """The plan is not told of what the patient pays (45 CFR 164.522(a)(1)(vi)); a void takes back what it was told before."""
    if claim.agreed_self_pay and claim.frequency != "8":
        yield Issue(
            "The patient agreed with the front desk to pay this visit: nothing goes to the payer. Void the claim, "
            "or note on the coverage check that the patient takes it back."
        )


RULES = (
    Rule("COV-SELF-PAY", "Self-pay agreed", Severity.BLOCK, agreed_self_pay),
    Rule("WF-SERVICE-DATE", "Date of service", Severity.BLOCK, service_date),
    Rule("WF-TOTAL", "Total is not the sum of the lines", Severity.BLOCK, total),
    Rule("WF-PLACE", "Place of service", Severity.BLOCK, place_of_service),
    Rule("WF-LINE-COUNT", "Number of lines", Severity.BLOCK, line_count),
    Rule("WF-DIAGNOSIS-COUNT", "Number of diagnoses", Severity.BLOCK, diagnosis_count, clinical=True),
    Rule("WF-FREQUENCY", "Payer's claim number for a correction", Severity.BLOCK, frequency),
    Rule("TF-PASSED", "Filing limit passed", Severity.BLOCK, filing_deadline, overridable=True),
    Rule("TF-LIMIT", "Filing limit near", Severity.WARN, filing_soon),
)

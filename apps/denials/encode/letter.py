"""An appeal letter's merge values, from the rows."""

from datetime import date

from apps.claims.models import Adjudication, ClaimLine
from apps.denials.rules.lanes import Reason
from apps.practice.models import Practice


def _day(value: date | None) -> str:
    return f"{value:%B} {value.day}, {value.year}" if value else ""


def address_line(practice: Practice) -> str:
    return f"{practice.line1}, {practice.city}, {practice.state} {practice.postcode[:5]}".strip(", ")


def phone_number(number: str) -> str:
    digits = number.removeprefix("+1")
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else number


def _icd(code: str) -> str:
    return code if "." in code or len(code) <= 3 else f"{code[:3]}.{code[3:]}"


def letter_values(
    answer: Adjudication, line: ClaimLine | None, reason: Reason, practice: Practice | None, *, today: date
) -> dict[str, str]:
    """By merge field. A value that we do not have is "", which the letter shows as a gap to fill."""
    claim = answer.claim
    values = {
        "payer_name": answer.payer.name,
        "patient_name": claim.patient.full_name,
        "birth_date": _day(claim.patient.birth_date),
        "member_id": claim.coverage.member_id,
        "claim_number": claim.control_number,
        "payer_claim_number": claim.payer_claim_number or claim.control_number,
        "service_date": _day(claim.service_date),
        "provider_name": str(claim.provider),
        "provider_npi": claim.provider.npi,
        "procedure": f"code {'-'.join((line.procedure, *line.modifiers))}" if line else "the claim",
        "diagnoses": ", ".join(_icd(code) for code in claim.diagnoses),
        "amount": f"${answer.denied:,.2f}",
        "reason_code": f"{reason.group}-{reason.carc}",
        "remitted_on": _day(answer.remitted_on),
        "letter_date": _day(today),
    }
    if practice:
        values |= {
            "practice_name": practice.name,
            "practice_address": address_line(practice),
            "practice_phone": phone_number(practice.phone),
        }
    return values

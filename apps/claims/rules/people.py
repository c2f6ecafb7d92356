"""Patient and coverage: who was treated, who insures them, under which id."""

import re
from collections.abc import Iterator
from datetime import timedelta

from apps.claims.rules.findings import Fix, Issue, Rule, Severity
from apps.claims.rules.shapes import RELATIONSHIPS, STATES, is_postcode
from apps.claims.rules.snapshot import ClaimView
from apps.practice.rules.member_patterns import pattern_problem

NEWBORN = timedelta(days=31)


def patient_name(claim: ClaimView) -> Iterator[Issue]:
    for name, field, words in (
        (claim.patient.first_name, "patient.first_name", "first name"),
        (claim.patient.last_name, "patient.last_name", "last name"),
    ):
        if not name.strip():
            yield Issue(f"The patient's {words} is missing. Enter it as the insurance card shows it.", field)


def patient_birth_date(claim: ClaimView) -> Iterator[Issue]:
    if claim.patient.birth_date is None:
        yield Issue("The patient's birth date is missing.", "patient.birth_date")


def patient_sex(claim: ClaimView) -> Iterator[Issue]:
    if claim.patient.sex not in {"F", "M", "U"}:
        yield Issue("The patient's sex is missing. The payer needs F, M or U.", "patient.sex")


def patient_address(claim: ClaimView) -> Iterator[Issue]:
    address = claim.patient_address
    parts = (
        (address.line1, "patient.line1", "street"),
        (address.city, "patient.city", "city"),
        (address.state, "patient.state", "state"),
        (address.postcode, "patient.postcode", "ZIP"),
    )
    missing = [(field, words) for value, field, words in parts if not value.strip()]
    if missing:
        names = ", ".join(words for _, words in missing)
        yield Issue(f"The patient's address is incomplete: {names} missing.", missing[0][0])


def patient_postcode(claim: ClaimView) -> Iterator[Issue]:
    text = claim.patient_address.postcode
    if not text or is_postcode(text):
        return
    digits = re.sub(r"\D", "", text)
    fix = Fix("patient.postcode", digits, f"Use {digits}") if is_postcode(digits) else None
    yield Issue("The patient's ZIP is not 5 or 9 digits.", "patient.postcode", fix=fix)


def patient_state(claim: ClaimView) -> Iterator[Issue]:
    text = claim.patient_address.state
    if not text or text in STATES:
        return
    fix = Fix("patient.state", text.upper(), f"Use {text.upper()}") if text.upper() in STATES else None
    yield Issue(f"{text} is not a state's two letters.", "patient.state", fix=fix)


def member_id(claim: ClaimView) -> Iterator[Issue]:
    if not claim.coverage.member_id.strip():
        yield Issue("The member ID is missing. Enter it from the insurance card.", "coverage.member_id")


def member_id_pattern(claim: ClaimView) -> Iterator[Issue]:
    """With a pattern that the payer directory would not take now, no ID is compared: it might never end."""
    pattern, text = claim.payer.member_id_pattern, claim.coverage.member_id
    if not pattern or not text.strip() or pattern_problem(pattern) or re.fullmatch(pattern, text):
        return
    cleaned = re.sub(r"[\s.-]", "", text).upper()
    fix = Fix("coverage.member_id", cleaned, "Remove spaces and dashes") if re.fullmatch(pattern, cleaned) else None
    yield Issue(
        f"The member ID does not look like one of {claim.payer.name}. Compare it with the card.",
        "coverage.member_id",
        fix=fix,
    )


def relationship(claim: ClaimView) -> Iterator[Issue]:
    code = claim.coverage.relationship
    if code not in RELATIONSHIPS:
        yield Issue("How the patient is related to the subscriber is not one of X12's codes.", "coverage.relationship")


def subscriber(claim: ClaimView) -> Iterator[Issue]:
    if claim.coverage.is_self:
        return
    holder = claim.coverage.subscriber
    if not holder.last_name.strip():
        yield Issue(
            "The subscriber's last name is missing: the patient is a dependent.", "coverage.subscriber_last_name"
        )
    if not holder.first_name.strip():
        yield Issue(
            "The subscriber's first name is missing: the patient is a dependent.", "coverage.subscriber_first_name"
        )


def self_has_other_name(claim: ClaimView) -> Iterator[Issue]:
    holder, patient = claim.coverage.subscriber, claim.patient
    if not claim.coverage.is_self or not holder.last_name:
        return
    if (holder.first_name.upper(), holder.last_name.upper()) != (patient.first_name.upper(), patient.last_name.upper()):
        yield Issue(
            "The patient is marked as the subscriber, but the subscriber has another name.", "coverage.relationship"
        )


def newborn(claim: ClaimView) -> Iterator[Issue]:
    born = claim.patient.birth_date
    if born and claim.coverage.is_self and timedelta() <= claim.service_date - born < NEWBORN:
        yield Issue(
            "The patient is a newborn and marked as the subscriber. Most payers take a newborn under the parent's id.",
            "coverage.relationship",
        )


def covered_on(claim: ClaimView) -> Iterator[Issue]:
    starts, ends = claim.coverage.starts_on, claim.coverage.ends_on
    if (starts and claim.service_date < starts) or (ends and claim.service_date > ends):
        yield Issue("The coverage was not in force on the date of service.", "coverage.member_id")


def payer_id(claim: ClaimView) -> Iterator[Issue]:
    if not claim.payer.claims_id.strip():
        yield Issue(f"{claim.payer.name} has no payer ID for claims. Enter it in Settings, Payers.", "payer.claims_id")


def payer_confirmed(claim: ClaimView) -> Iterator[Issue]:
    if not claim.payer.confirmed:
        yield Issue(f"{claim.payer.name} came from an import and nobody has confirmed it.", "payer.claims_id")


RULES = (
    Rule("WF-PATIENT-NAME", "Patient's name", Severity.BLOCK, patient_name),
    Rule("WF-BIRTH-DATE", "Patient's birth date", Severity.BLOCK, patient_birth_date),
    Rule("WF-SEX", "Patient's sex", Severity.BLOCK, patient_sex),
    Rule("WF-PATIENT-ADDRESS", "Patient's address", Severity.BLOCK, patient_address),
    Rule("WF-PATIENT-ZIP", "Patient's ZIP", Severity.BLOCK, patient_postcode),
    Rule("WF-PATIENT-STATE", "Patient's state", Severity.BLOCK, patient_state),
    Rule("COV-MEMBER-ID", "Member ID missing", Severity.BLOCK, member_id),
    Rule(
        "COV-MEMBER-ID-PATTERN", "Member ID does not fit the payer", Severity.BLOCK, member_id_pattern, overridable=True
    ),
    Rule("WF-RELATIONSHIP", "Relationship to the subscriber", Severity.BLOCK, relationship),
    Rule("WF-SUBSCRIBER", "Subscriber's name", Severity.BLOCK, subscriber),
    Rule("WF-SELF-NAME", "Subscriber has another name", Severity.WARN, self_has_other_name),
    Rule("WF-NEWBORN", "Newborn as subscriber", Severity.WARN, newborn),
    Rule("COV-ON-DATE", "Coverage not in force", Severity.BLOCK, covered_on, overridable=True),
    Rule("COV-PAYER-ID", "Payer ID missing", Severity.BLOCK, payer_id),
    Rule("COV-PAYER-CONFIRMED", "Payer not confirmed", Severity.WARN, payer_confirmed),
)

"""When a visit is complete enough to come in. Pure: what the EHR told goes in, a reason or a fingerprint comes out.

Intake refuses only what no row can hold. Everything else comes in as given, for the scrubber to name: a charge must not be lost
because it is imperfect.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from apps.connectors.ports.ehr import EhrCharge, EhrCoverage, EhrEncounter, EhrPatient
from apps.core.odd_days import odd_birth_date, odd_day
from apps.core.plain_codes import is_plain_code

LONGEST_CODE = 20
LONGEST_MODIFIER = 4
MOST_DOLLARS = Decimal(9_999_999)
MOST_UNITS = Decimal(99_999)
MOST_DRUG = Decimal(9_999_999)
HALF = 32  # signs of each of a fingerprint's halves
CUT = 40  # characters that were once kept of a provider's id


def refusal(encounter: EhrEncounter, patient: EhrPatient | None = None, *, today: date) -> str:
    """Why this visit cannot come in; empty when it can. Names no patient and repeats no value."""
    if encounter.problem:
        return encounter.problem
    if not encounter.source_id or len(encounter.source_id) > 60:
        return "the visit has no usable number"
    if not encounter.charges:
        return "the visit has no charges"
    if len({charge.source_id for charge in encounter.charges}) < len(encounter.charges):
        return "two charge lines carry the same number"
    if any(len(code) > LONGEST_CODE for code in encounter.diagnoses):
        return "a diagnosis code is longer than 20 characters"
    odd = _odd_date(encounter, patient, today)
    return odd or next((reason for charge in encounter.charges if (reason := _charge_refusal(charge))), "")


def _odd_date(encounter: EhrEncounter, patient: EhrPatient | None, today: date) -> str:
    """Deadlines and ages are reckoned from these: one that nobody meant would be a deadline that nobody means."""
    days = (
        ("the date of service", encounter.service_date),
        ("the day of the accident", encounter.facts.accident_date),
        ("the day on which the notice was signed", encounter.abn_signed_on),
    )
    for what, day in days:
        if day and (odd := odd_day(day, today)):
            return f"{what} {odd}"
    plans = (*(patient.coverages if patient else ()), *(encounter.coverages or ()))
    births = [("the subscriber's birth date", plan.subscriber_birth_date) for plan in plans]
    for what, day in (("the patient's birth date", patient.birth_date if patient else None), *births):
        if day and (odd := odd_birth_date(day, today)):
            return f"{what} {odd}"
    return ""


def _charge_refusal(charge: EhrCharge) -> str:
    if not charge.procedure:
        return "a charge line has no procedure code"
    if len(charge.procedure) > LONGEST_CODE or any(len(each) > LONGEST_MODIFIER for each in charge.modifiers):
        return "a procedure code or modifier is too long"
    if not is_plain_code(charge.procedure):
        return "a procedure code has other signs than letters from A to Z and digits"
    if not 0 < charge.units <= MOST_UNITS:
        return "a charge line's units are not a number above zero"
    if not 0 <= charge.amount <= MOST_DOLLARS:
        return "a charge line's amount is negative or impossibly high"
    if charge.ndc_units is not None and not 0 < charge.ndc_units <= MOST_DRUG:
        return "a charge line's quantity of the drug is not a number above zero"
    return ""


def fingerprint(encounter: EhrEncounter, patient: EhrPatient | None = None, *, before: str = "") -> str:
    """Equal for two tellings of the same patient, provider, diagnoses, charges and first plan, whatever their order or number format.

    The first half stands for the visit, the second for its plan: the one it names itself, else the patient's. Where neither is told
    the second half is that of `before`, the last telling's fingerprint. Where that is of the time when providers' ids were cut, so is
    the first half of what is told as it was then.
    """
    plans = encounter.coverages
    if plans is None and patient is not None:
        plans = patient.coverages
    provider = encounter.provider_source_id
    visit = _half(_visit_texts(encounter, _provider_text(provider)))
    if len(provider) >= CUT and before[:HALF] == (cut := _half(_visit_texts(encounter, provider[:CUT]))):
        visit = cut
    return visit + (before[HALF:] if plans is None else _half([_plan_text(plans)]))


def _half(told: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:HALF]


def _provider_text(source_id: str) -> str:
    """Whole; with a bar behind it where it may begin as one that was cut."""
    return source_id if len(source_id) < CUT else f"{source_id}|"


def _visit_texts(encounter: EhrEncounter, provider: str) -> list[str]:
    lines = sorted(_charge_text(charge) for charge in encounter.charges)
    people = f"{encounter.patient_source_id}|{provider}"
    facts = [f"{name}={value}" for name, value in asdict(encounter.facts).items() if value]
    if encounter.abn_signed_on:
        facts.append(f"notice {encounter.abn_signed_on}")
    head = [people, str(encounter.service_date), encounter.place_of_service, "/".join(encounter.diagnoses)]
    return [*head, *lines, *facts]


def _plan_text(plans: Sequence[EhrCoverage]) -> str:
    """Who is billed first, under which number; empty for self-pay."""
    first = min(plans, key=lambda plan: plan.rank, default=None)
    return f"{first.payer_id or first.payer_name.casefold()}|{first.member_id}" if first else ""


def _charge_text(charge: EhrCharge) -> str:
    pointers = ",".join(str(pointer) for pointer in charge.diagnosis_pointers)
    units, amount = charge.units.normalize(), charge.amount.normalize()
    text = f"{charge.source_id}|{charge.procedure}|{'/'.join(charge.modifiers)}|{units:f}|{amount:f}|{pointers}"
    if not charge.ndc:
        return text
    quantity = f"{charge.ndc_units.normalize():f}" if charge.ndc_units is not None else ""
    return f"{text}|{charge.ndc}|{quantity}|{charge.ndc_unit_measure}"

"""When a visit is complete enough to come in. Pure: what the EHR told goes in, a reason or a fingerprint comes out.

Intake refuses only what no row can hold. Everything else comes in as given, for the scrubber to name: a charge must not be lost
because it is imperfect.
"""

import hashlib
from decimal import Decimal

from apps.connectors.ports.ehr import EhrCharge, EhrEncounter

LONGEST_CODE = 20
LONGEST_MODIFIER = 4
MOST_DOLLARS = Decimal(9_999_999)
MOST_UNITS = Decimal(99_999)


def refusal(encounter: EhrEncounter) -> str:
    """Why this visit cannot come in; empty when it can. Names no patient and repeats no value."""
    if not encounter.source_id or len(encounter.source_id) > 60:
        return "the visit has no usable number"
    if not encounter.charges:
        return "the visit has no charges"
    if len({charge.source_id for charge in encounter.charges}) < len(encounter.charges):
        return "two charge lines carry the same number"
    if any(len(code) > LONGEST_CODE for code in encounter.diagnoses):
        return "a diagnosis code is longer than 20 characters"
    return next((reason for charge in encounter.charges if (reason := _charge_refusal(charge))), "")


def _charge_refusal(charge: EhrCharge) -> str:
    if not charge.procedure:
        return "a charge line has no procedure code"
    if len(charge.procedure) > LONGEST_CODE or any(len(each) > LONGEST_MODIFIER for each in charge.modifiers):
        return "a procedure code or modifier is too long"
    if not 0 < charge.units <= MOST_UNITS:
        return "a charge line's units are not a number above zero"
    if not 0 <= charge.amount <= MOST_DOLLARS:
        return "a charge line's amount is negative or impossibly high"
    return ""


def fingerprint(encounter: EhrEncounter) -> str:
    """Equal for two tellings of the same diagnoses and charges, whatever their order or number format."""
    lines = sorted(_charge_text(charge) for charge in encounter.charges)
    told = [str(encounter.service_date), encounter.place_of_service, "/".join(encounter.diagnoses), *lines]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _charge_text(charge: EhrCharge) -> str:
    pointers = ",".join(str(pointer) for pointer in charge.diagnosis_pointers)
    units, amount = charge.units.normalize(), charge.amount.normalize()
    return f"{charge.source_id}|{charge.procedure}|{'/'.join(charge.modifiers)}|{units:f}|{amount:f}|{pointers}"

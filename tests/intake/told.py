"""What an EHR tells, in the port's words: short makers for tests of intake."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.connectors.ports.ehr import EhrCharge, EhrConsent, EhrCoverage, EhrEncounter, EhrPatient


def cover(payer_id: str = "LPHP1", *, rank: int = 1, **fields: Any) -> EhrCoverage:
    given = {
        "payer_name": "Lone Prairie",
        "member_id": "LP123456789",
        "relationship": "18",
        "subscriber_first_name": "Ada",
    }
    return EhrCoverage(rank=rank, payer_id=payer_id, **{**given, **fields})


def patient(source_id: str = "P1", **fields: Any) -> EhrPatient:
    given = {"first_name": "Ada", "last_name": "Thornbury", "birth_date": date(1980, 5, 1), "sex": "F"}
    return EhrPatient(source_id=source_id, **{**given, **fields})


def consent(**fields: Any) -> EhrConsent:
    given = {"channel": "sms", "address": "+15125550123", "given_on": date(2026, 1, 5), "wording": "I agree."}
    return EhrConsent(**{**given, **fields})


def charge(number: int = 1, **fields: Any) -> EhrCharge:
    given = {"procedure": "99213", "modifiers": (), "units": Decimal(1), "amount": Decimal("148.00")}
    return EhrCharge(source_id=f"L{number}", diagnosis_pointers=(1,), **{**given, **fields})


def visit(source_id: str = "V1", *, charges: tuple[EhrCharge, ...] | None = None, **fields: Any) -> EhrEncounter:
    given = {
        "patient_source_id": "P1",
        "provider_source_id": "D1",
        "location_source_id": "L1",
        "service_date": date(2026, 9, 16),
        "place_of_service": "11",
        "diagnoses": ("J0190",),
    }
    return EhrEncounter(source_id=source_id, charges=charges or (charge(),), **{**given, **fields})
